// Messages of a client, one a line, to a session over a short chain: every answer is JSON, and no pin is left.
// $0, $1 and $2 stand for the hashes of its blocks.
#include "base/invariant.hpp"
#include "rpc/hex.hpp"
#include "rpc/testing/client.hpp"

namespace {

constexpr size_t kLinesMax = 16;

void check(const rpc::Session::Messages& messages)
{
    for (const auto& message : messages)
        base::invariant(!rpc::Json::parse(message, nullptr, false).is_discarded());
}

std::string with_hashes(std::string text, std::span<const rpc::Hash> blocks)
{
    for (size_t at = text.find('$'); at != text.npos; at = text.find('$', at + 1))
        if (const size_t block = at + 1 < text.size() ? size_t(text[at + 1] - '0') : blocks.size();
            block < blocks.size())
            text.replace(at, 2, rpc::hex(blocks[block]));
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace rpc;
    testing::FakeBackend backend;
    const auto a1 = backend.make(backend.genesis(), {Bytes{1}}, {{Bytes{0xaa}, Bytes{1}}});
    const auto a2 = backend.make(a1.hash);
    backend.set_child(a1.hash, Bytes{'c'}, {{Bytes{1}, Bytes{2}}});
    const std::array blocks{backend.genesis(), a1.hash, a2.hash};
    const auto text = with_hashes({reinterpret_cast<const char*>(data), size}, blocks);
    Hub hub{backend};
    {
        Session session{hub, 1, {Session::Carrier::web_socket, true}};
        std::string_view rest{text};
        for (size_t line = 0; line != kLinesMax && !rest.empty(); ++line)
        {
            const auto end = std::min(rest.find('\n'), rest.size());
            check(session.receive(rest.substr(0, end)));
            rest.remove_prefix(std::min(end + 1, rest.size()));
            // The chain moves on between the messages.
            if (line == 1)
                hub.apply(a1.event);
            if (line == 2)
                hub.apply(a2.event);
            if (line == 3)
                hub.apply(Finalized{a1.hash});
            check(session.update());
            check(session.work());
        }
        while (session.has_work())
            check(session.work());
    }
    base::invariant(backend.pins() == 0);
    return 0;
}
