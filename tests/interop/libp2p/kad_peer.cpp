// A node with discovery, for the tests of other implementations: says where it listens, takes commands from its
// standard input, a line each, prints what comes of them, and stops when the input ends.
//
//     find PEER | get KEY | put KEY VALUE | provide HEX | providers HEX
#include "env/entropy.hpp"
#include "libp2p/discovery.hpp"
#include "network/transport.hpp"

#include "base/hex.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using libp2p::Bytes;
using libp2p::ByteView;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
std::string text_of(const Bytes& raw) { return {raw.begin(), raw.end()}; }

class KadNode
{
public:
    KadNode(boost::asio::io_context& io, std::vector<libp2p::Multiaddr> bootnodes)
        : identity_(entropy_), swarm_(identity_, entropy_, {.agent_version = "zkp-interop/1"}),
          discovery_(swarm_, entropy_, options(std::move(bootnodes))), transport_(io, swarm_, [this] { drain(); })
    {
    }

    bool listen(const char* kind)
    {
        const auto address = transport_.listen(*libp2p::address_of_text(std::string("/ip4/127.0.0.1/tcp/0") + kind));
        if (!address)
            return false;
        std::printf("listening %s/p2p/%s\n", address->text().c_str(), swarm_.peer_id().text().c_str());
        return true;
    }
    void run(const std::string& line)
    {
        std::istringstream words(line);
        std::string command, key, value;
        words >> command >> key >> value;
        const auto now = transport_.now();
        auto& kad = discovery_.kad();
        if (command == "find")
            kad.find_node(libp2p::peer_of_text(key).value_or(libp2p::PeerId{}), now);
        else if (command == "get")
            kad.get_value(bytes_of(key), 1, now);
        else if (command == "put")
            kad.put_value({.key = bytes_of(key), .value = bytes_of(value)}, now);
        else if (command == "provide")
            kad.provide(base::unhex(key).value_or(Bytes{}), now);
        else if (command == "providers")
            kad.find_providers(base::unhex(key).value_or(Bytes{}), 20, now);
        drain();
        transport_.settle();
    }
    void stop() { transport_.stop(); }

private:
    static libp2p::DiscoveryOptions options(std::vector<libp2p::Multiaddr> bootnodes)
    {
        libp2p::DiscoveryOptions out{.kad_names = {"/test/kad"}, .addresses = {.allow_local = true}};
        out.bootnodes = std::move(bootnodes);
        // A value is "v:", a version of one digit, and a text; the highest version is best.
        out.rules = {.valid = [](ByteView, ByteView value) { return value.size() > 2 && value[0] == 'v'; },
                     .best =
                         [](ByteView, std::span<const Bytes> values) {
                             return size_t(std::ranges::max_element(values) - values.begin());
                         }};
        return out;
    }

    void drain()
    {
        while (const auto event = swarm_.next_event())
        {
            if (const auto* connected = std::get_if<libp2p::swarm_event::Connected>(&*event))
                std::printf("connected %s\n", connected->peer.text().c_str());
            discovery_.on(*event, transport_.now());
        }
        discovery_.settle(transport_.now());
        while (const auto address = discovery_.next_dial())
            if (!transport_.dial(*address))
                discovery_.dial_refused(*address, transport_.now());
        if (const auto size = discovery_.kad().table().size(); std::exchange(table_, size) != size)
            std::printf("table %zu\n", size);
        while (const auto result = discovery_.next_result())
            std::visit([this](const auto& what) { print(what); }, *result);
        std::fflush(stdout);
    }
    static void print_peers(const char* word, const std::vector<libp2p::KadContact>& peers)
    {
        std::printf("%s", word);
        for (const auto& contact : peers)
            std::printf(" %s", contact.peer.text().c_str());
        std::printf("\n");
    }
    void print(const libp2p::kad_effect::Closest& found) { print_peers("closest", found.peers); }
    void print(const libp2p::kad_effect::Providers& found) { print_peers("providers", found.peers); }
    void print(const libp2p::kad_effect::Stored& stored) { std::printf("stored %zu\n", stored.peers); }
    void print(const libp2p::kad_effect::Value& found)
    {
        std::printf("value %s\n", found.best ? text_of(*found.best).c_str() : "none");
    }
    template <class Other>
    void print(const Other&)
    {
    }

    env::OsEntropy entropy_;
    libp2p::Identity identity_;
    libp2p::Swarm swarm_;
    libp2p::Discovery discovery_;
    network::Transport transport_;
    size_t table_ = 0;
};

/// Reads commands until the input ends.
void read_commands(KadNode& node, boost::asio::posix::stream_descriptor& input, boost::asio::streambuf& buffer)
{
    boost::asio::async_read_until(input, buffer, '\n', [&](boost::system::error_code error, size_t) {
        if (error)
            return node.stop();
        std::istream lines(&buffer);
        std::string line;
        std::getline(lines, line);
        node.run(line);
        read_commands(node, input, buffer);
    });
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<libp2p::Multiaddr> bootnodes;
    for (int i = 1; i < argc; ++i)
        if (auto address = libp2p::address_of_text(argv[i]))
            bootnodes.push_back(std::move(*address));
    boost::asio::io_context io;
    KadNode node(io, std::move(bootnodes));
    if (!node.listen("") || !node.listen("/ws"))
        return 1;
    std::fflush(stdout);
    boost::asio::posix::stream_descriptor input(io, ::dup(STDIN_FILENO));
    boost::asio::streambuf buffer;
    read_commands(node, input, buffer);
    node.run(""); // the first dials
    io.run();
    std::printf("stopped\n");
    return 0;
}
