#include "artifact/sealed_oracle.hpp"

#include "base/invariant.hpp"

namespace artifact {
namespace {

using base::ByteView;
using base::Digest;
using commit::K;

template <typename T>
ByteView bytes_of(std::span<const T> values)
{
    return {reinterpret_cast<const uint8_t*>(values.data()), values.size_bytes()};
}

template <typename T>
std::span<const T> values_of(ByteView bytes)
{
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

} // namespace

std::array<ByteView, kOracleSections> oracle_sections(const commit::Oracle& oracle)
{
    return {bytes_of(oracle.coefficients), bytes_of(oracle.codeword), bytes_of(oracle.nodes)};
}

std::expected<commit::Oracle, Error> oracle_from(const commit::SourceShape& shape, const Digest& root,
                                                 const Digest& salt_seed, std::span<const ByteView> sections)
{
    base::invariant(sections.size() == kOracleSections);
    if (sections[0].size() != shape.length() * shape.columns() * sizeof(K) ||
        sections[1].size() != shape.domain * shape.columns() * sizeof(K) ||
        sections[2].size() != 2 * shape.domain * sizeof(Digest))
        return failed(Fault::damaged, "damaged: the commitment has another size than its values; make it again");
    const commit::Oracle oracle{.shape = commit::shape_of(shape),
                                .width = shape.columns(),
                                .cell = commit::Cell::base,
                                .coefficients = values_of<K>(sections[0]),
                                .codeword = values_of<K>(sections[1]),
                                .nodes = values_of<Digest>(sections[2]),
                                .salt_seed = salt_seed};
    if (oracle.root() != root)
        return failed(Fault::damaged, "damaged: the commitment is not the one that the file names; make it again");
    return oracle;
}

} // namespace artifact
