// Messages of a client, one a line, to a session over a short chain: every answer is JSON, and no pin is left.
#include "base/invariant.hpp"
#include "rpc/testing/client.hpp"

namespace {

constexpr size_t kLinesMax = 16;

void check(const rpc::Session::Messages& messages)
{
    for (const auto& message : messages)
        base::invariant(!rpc::Json::parse(message, nullptr, false).is_discarded());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace rpc;
    testing::FakeBackend backend;
    const auto a1 = backend.make(backend.genesis(), {Bytes{1}}, {{Bytes{0xaa}, Bytes{1}}});
    const auto a2 = backend.make(a1.hash);
    Hub hub{backend};
    {
        Session session{hub, 1, {Session::Carrier::web_socket, true}};
        std::string_view rest{reinterpret_cast<const char*>(data), size};
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
