// A model identity and a proof about it, both from outside: u32 size of the identity, the identity, the proof. The
// identity is only decoded, so that the proof's reader meets every graph that decodes.
#include "base/invariant.hpp"
#include "proof/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    base::Reader in({data, size});
    const auto length = in.get<uint32_t>();
    const auto first = length ? in.take(*length) : std::nullopt;
    const auto identity = first ? proof::decode_identity(*first) : std::unexpected(proof::Error{});
    if (!identity)
        return 0;
    const auto file = *in.take(in.left());
    const auto verified = proof::verify(*identity, {.context = {}, .data = nullptr, .toy = true}, file);
    if (!verified)
        return 0;
    // What is accepted is what its header says, written again.
    base::Writer header;
    proof::write_header(verified->statement, header);
    base::Reader body(file);
    base::invariant(proof::read_header(body, identity->graph) == verified->statement);
    base::invariant(header.bytes().size() + body.left() == file.size());
    return 0;
}
