#include "network/node_key.hpp"
#include "network/transport.hpp"

#include "env/file.hpp"
#include "libp2p/site.hpp"
#include "libp2p/testing/pair.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <gtest/gtest.h>

namespace network {
namespace {

using namespace std::chrono_literals;
using libp2p::Bytes;
using libp2p::Multiaddr;
namespace swarm_event = libp2p::swarm_event;

/// A node that echoes requests and keeps what happened.
struct Peer
{
    Peer(boost::asio::io_context& io, uint8_t seed, libp2p::Waits waits = {})
        : entropy(seed), identity(entropy), swarm(identity, entropy, {}, {}, waits),
          echo(swarm.add({.name = "/test/echo/1", .kind = libp2p::ProtocolKind::requests, .message_max = 1 << 24})),
          transport(io, swarm, [this] { drain(); })
    {
    }
    void drain()
    {
        while (auto event = swarm.next_event())
        {
            if (auto* request = std::get_if<swarm_event::Request>(&*event))
                swarm.answer(request->id, request->message, transport.now());
            else if (auto* response = std::get_if<swarm_event::Response>(&*event))
                responses.push_back(response->result);
            else if (auto* lost = std::get_if<swarm_event::Disconnected>(&*event))
                disconnected.push_back(lost->why);
            else if (auto* failed = std::get_if<swarm_event::DialFailed>(&*event))
                dials_failed.push_back(failed->why);
        }
    }
    libp2p::testing::SeededEntropy entropy;
    libp2p::Identity identity;
    libp2p::Swarm swarm;
    libp2p::ProtocolId echo;
    std::vector<std::expected<Bytes, libp2p::RequestFailure>> responses;
    std::vector<libp2p::CloseReason> disconnected, dials_failed;
    Transport transport;
};

struct Network : ::testing::Test
{
    /// Runs until `done`, at most 10 s.
    template <class F>
    bool run_until(F done)
    {
        boost::asio::steady_timer limit(io, 10s);
        limit.async_wait([](boost::system::error_code) {});
        while (!done() && limit.expiry() > decltype(limit)::clock_type::now() && io.run_one_for(100ms) != SIZE_MAX)
            ;
        return done();
    }
    static Multiaddr local(std::string_view rest)
    {
        return *libp2p::address_of_text("/ip4/127.0.0.1" + std::string(rest));
    }

    boost::asio::io_context io;
    Peer a{io, 1}, b{io, 2};
};

TEST_F(Network, peers_echo_large_requests_over_tcp_and_websocket)
{
    for (const auto* kind : {"/tcp/0", "/tcp/0/ws"})
    {
        const auto address = b.transport.listen(local(kind));
        ASSERT_TRUE(address) << address.error();
        ASSERT_TRUE(a.transport.dial(*address));
        ASSERT_TRUE(run_until([&] { return a.swarm.peers().size() == 1; })) << kind;
        a.responses.clear();
        for (const size_t size : {0, 1, 100000, 8000000})
            a.swarm.request(b.swarm.peer_id(), a.echo, libp2p::testing::pattern(size), a.transport.now());
        a.transport.settle();
        ASSERT_TRUE(run_until([&] { return a.responses.size() == 4; })) << kind;
        EXPECT_TRUE(std::ranges::all_of(a.responses, [](const auto& response) {
            return response && *response == libp2p::testing::pattern(response->size());
        }));
        a.swarm.disconnect(b.swarm.peer_id());
        a.transport.settle();
        ASSERT_TRUE(run_until([&] { return b.swarm.connections() == 0 && a.swarm.connections() == 0; }));
    }
}

TEST_F(Network, a_dial_to_nobody_to_the_wrong_peer_or_to_no_protocol_fails)
{
    const auto free = b.transport.listen(local("/tcp/0"));
    ASSERT_TRUE(free);
    auto wrong = *free;
    wrong.parts.push_back({libp2p::AddressCode::p2p, a.swarm.peer_id().multihash()});
    ASSERT_TRUE(a.transport.dial(wrong));
    ASSERT_TRUE(run_until([&] { return a.dials_failed.size() == 1; }));
    EXPECT_EQ(a.dials_failed[0], libp2p::CloseReason::wrong_peer);
    EXPECT_TRUE(a.transport.dial(local("/tcp/1")));
    EXPECT_TRUE(a.transport.dial(local("/tcp/1/ws")));
    EXPECT_TRUE(run_until([&] { return a.dials_failed.size() == 3; }));
    EXPECT_FALSE(a.transport.dial(local("/udp/1")));
    EXPECT_EQ(a.swarm.connections(), 0U);
}

TEST_F(Network, peers_meet_over_ipv6)
{
    for (const auto* kind : {"/tcp/0", "/tcp/0/ws"})
    {
        const auto address = b.transport.listen(*libp2p::address_of_text("/ip6/::1" + std::string(kind)));
        ASSERT_TRUE(address) << address.error() << " (this machine must have an IPv6 loopback)";
        EXPECT_TRUE(address->text().starts_with("/ip6/::1/tcp/"));
        a.responses.clear();
        ASSERT_TRUE(a.transport.dial(libp2p::with_peer(*address, b.swarm.peer_id())));
        ASSERT_TRUE(run_until([&] { return a.swarm.peers().size() == 1; })) << kind;
        a.swarm.request(b.swarm.peer_id(), a.echo, libp2p::testing::pattern(1000), a.transport.now());
        a.transport.settle();
        ASSERT_TRUE(run_until([&] { return a.responses.size() == 1; })) << kind;
        EXPECT_EQ(a.responses[0], libp2p::testing::pattern(1000));
        a.swarm.disconnect(b.swarm.peer_id());
        a.transport.settle();
        ASSERT_TRUE(run_until([&] { return b.swarm.connections() == 0 && a.swarm.connections() == 0; }));
    }
}

/// A listener that accepts nobody and whose queue is full: connections to it hang as those to a silent firewall do.
TEST_F(Network, a_dial_that_nobody_answers_ends_in_time_and_leaves_no_socket)
{
    boost::asio::ip::tcp::acceptor deaf(io);
    const boost::asio::ip::tcp::endpoint any(boost::asio::ip::make_address("127.0.0.1"), 0);
    deaf.open(any.protocol());
    deaf.bind(any);
    deaf.listen(0);
    std::vector<std::unique_ptr<boost::asio::ip::tcp::socket>> queue;
    for (int i = 0; i != 4; ++i)
    {
        queue.push_back(std::make_unique<boost::asio::ip::tcp::socket>(io));
        queue.back()->async_connect(deaf.local_endpoint(), [](boost::system::error_code) {});
    }
    io.run_for(50ms);

    Peer hasty(io, 3, {.handshake = 300ms});
    const auto silent = "/tcp/" + std::to_string(deaf.local_endpoint().port());
    for (int i = 0; i != 8; ++i)
        ASSERT_TRUE(hasty.transport.dial(local(i % 2 == 0 ? silent : silent + "/ws")));
    EXPECT_EQ(hasty.swarm.connections(), 8U);
    ASSERT_TRUE(run_until([&] { return hasty.dials_failed.size() == 8; }));
    EXPECT_EQ(hasty.swarm.connections(), 0U);
    EXPECT_TRUE(std::ranges::count(hasty.dials_failed, libp2p::CloseReason::slow) >= 4);
    hasty.transport.stop();
    a.transport.stop();
    b.transport.stop();
    for (auto& socket : queue)
        socket->close();
    io.restart();
    EXPECT_LT(io.run_for(2s), 1000U); // and nothing of it is left to wait for
    EXPECT_TRUE(io.stopped());
}

TEST_F(Network, a_port_that_is_taken_or_an_address_of_another_kind_is_an_error)
{
    const auto first = b.transport.listen(local("/tcp/0"));
    ASSERT_TRUE(first);
    EXPECT_FALSE(b.transport.listen(*first));
    EXPECT_FALSE(b.transport.listen(*libp2p::address_of_text("/dns/localhost/tcp/0")));
    EXPECT_FALSE(b.transport.listen(*libp2p::address_of_text("/ip4/127.0.0.1/udp/0")));
}

TEST_F(Network, clients_that_speak_something_else_or_nothing_are_let_go)
{
    Peer hasty(io, 3, {.handshake = 200ms});
    for (const auto* kind : {"/tcp/0", "/tcp/0/ws"})
    {
        const auto address = hasty.transport.listen(local(kind));
        ASSERT_TRUE(address);
        const auto port = libp2p::endpoint_of(*address)->port;
        boost::asio::ip::tcp::endpoint end(boost::asio::ip::make_address("127.0.0.1"), port);
        boost::asio::ip::tcp::socket silent(io), noisy(io);
        silent.connect(end);
        noisy.connect(end);
        boost::asio::write(noisy, boost::asio::buffer(libp2p::testing::pattern(100000)));
        ASSERT_TRUE(run_until([&] { return hasty.swarm.connections() != 0; }));
        EXPECT_TRUE(run_until([&] { return hasty.swarm.connections() == 0; })) << kind;
    }
}

TEST_F(Network, stop_ends_all_work_and_tells_the_peers)
{
    const auto address = b.transport.listen(local("/tcp/0"));
    ASSERT_TRUE(a.transport.dial(*address));
    ASSERT_TRUE(run_until([&] { return a.swarm.peers().size() == 1 && b.swarm.peers().size() == 1; }));
    b.transport.stop();
    ASSERT_TRUE(run_until([&] { return a.disconnected.size() == 1; }));
    EXPECT_EQ(a.disconnected[0], libp2p::CloseReason::theirs);
    a.transport.stop();
    io.run(); // returns: nothing is left to wait for
    EXPECT_EQ(a.swarm.connections() + b.swarm.connections(), 0U);
}

TEST(NodeKey, it_is_made_once_for_its_owner_alone_and_read_in_both_forms)
{
    const auto folder = std::filesystem::temp_directory_path() / "zkp_node_key_test";
    std::filesystem::create_directories(folder);
    const auto path = (folder / "secret_ed25519").string();
    std::filesystem::remove(path);
    libp2p::testing::SeededEntropy entropy(1);
    const auto made = load_node_key(path, entropy);
    ASSERT_TRUE(made);
    EXPECT_EQ(load_node_key(path, entropy), made);
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));

    const auto write = [&](std::string_view text) {
        const std::array<base::ByteView, 1> parts{base::view(text)};
        ASSERT_TRUE(env::write_file(path, parts, 0600));
    };
    write("0000000000000000000000000000000000000000000000000000000000000001\n");
    const auto hexadecimal = load_node_key(path, entropy);
    ASSERT_TRUE(hexadecimal);
    EXPECT_EQ(libp2p::Identity(*hexadecimal).peer_id().text(), "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp");
    for (const auto* text : {"", "0001", "zz00000000000000000000000000000000000000000000000000000000000001"})
    {
        write(text);
        EXPECT_FALSE(load_node_key(path, entropy)) << text;
    }
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace network
