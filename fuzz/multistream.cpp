// multistream-select, both roles, with the input cut in two at a place that the input chooses: the cut changes nothing.
#include "libp2p/multistream.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace {

using libp2p::Bytes;
using libp2p::ByteView;
using libp2p::Multistream;

struct Outcome
{
    Multistream::State state;
    Bytes replies;
    size_t taken;
    bool operator==(const Outcome&) const = default;
};

Outcome run(bool listener, ByteView input, size_t cut)
{
    Outcome outcome{};
    auto machine = listener ? Multistream::listen([](std::string_view name) { return name.starts_with("/a"); })
                            : Multistream::dial({"/a", "/b"}, outcome.replies);
    for (auto piece : {input.first(cut), input.subspan(cut)})
    {
        const size_t before = piece.size();
        outcome.state = machine.receive(piece, outcome.replies);
        outcome.taken += before - piece.size();
    }
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size < 2)
        return 0;
    const ByteView input(data + 2, size - 2);
    const size_t cut = input.empty() ? 0 : data[1] % input.size();
    base::invariant(run(data[0] & 1, input, cut) == run(data[0] & 1, input, 0));

    // What is read as messages with a length before each is written back as the same bytes.
    libp2p::LengthPrefixed reader(1 << 16);
    Bytes again;
    ByteView rest = input;
    size_t whole = 0;
    while (reader.receive(rest) == libp2p::LengthPrefixed::State::message)
    {
        libp2p::append(again, libp2p::length_prefixed(reader.take()));
        whole = input.size() - rest.size();
    }
    base::invariant(std::ranges::equal(again, input.first(whole)));
    return 0;
}
