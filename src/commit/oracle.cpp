#include "commit/oracle.hpp"

#include "base/invariant.hpp"
#include "merkle/leaf.hpp"
#include "merkle/proof.hpp"
#include "merkle/tree.hpp"
#include "poly/ntt.hpp"

#include <algorithm>
#include <bit>
#include <string>

namespace commit {
namespace {

size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

/// Copies rows of one width to rows of another; what a row has more is left alone.
void copy_rows(std::span<const K> from, size_t from_width, std::span<K> to, size_t to_width)
{
    const size_t width = std::min(from_width, to_width);
    for (size_t i = 0; i != from.size() / from_width; ++i)
        std::ranges::copy(from.subspan(i * from_width, width), to.begin() + i * to_width);
}

/// poly::encode for every width: narrow rows are widened with zero columns and narrowed again.
void encode(const Shape& shape, size_t width, std::span<const K> coefficients, std::span<K> codeword)
{
    const size_t wide = round_up(width, poly::kWidthStep);
    if (wide == width)
        return poly::encode(coefficients, shape.length(), width, shape.domain, codeword);
    std::vector<K> wide_coefficients(shape.length() * wide), wide_codeword(shape.domain * wide);
    copy_rows(coefficients, width, wide_coefficients, wide);
    poly::encode(wide_coefficients, shape.length(), wide, shape.domain, wide_codeword);
    copy_rows(wide_codeword, wide, codeword, width);
}

} // namespace

Shape shape_of(const SourceShape& source)
{
    return {.rows = source.rows, .tail = source.tail, .domain = source.domain, .queries = source.queries};
}

void encode_and_hash(const Shape& shape, size_t width, std::span<const K> coefficients, const Digest& salt_seed,
                     std::span<K> codeword, std::span<Digest> nodes)
{
    base::invariant(coefficients.size() == shape.length() * width && codeword.size() == shape.domain * width);
    encode(shape, width, coefficients, codeword);
    merkle::build({.leaves = shape.domain, .value_bytes = width * sizeof(K)}, salt_seed,
                  merkle::rows_of<K>(codeword, width), nodes);
}

OracleStorage commit_matrix(const Shape& shape, size_t width, Cell cell, std::vector<K> coefficients,
                            const Digest& salt_seed)
{
    OracleStorage storage{.shape = shape,
                          .width = width,
                          .cell = cell,
                          .coefficients = std::move(coefficients),
                          .codeword = std::vector<K>(shape.domain * width),
                          .nodes = std::vector<Digest>(2 * shape.domain),
                          .salt_seed = salt_seed};
    encode_and_hash(shape, width, storage.coefficients, salt_seed, storage.codeword, storage.nodes);
    return storage;
}

OracleStorage commit_source(const SourceShape& shape, std::string_view name, std::vector<K> entries,
                            crypto::Entropy& entropy)
{
    const size_t size = shape.entries(), tail = shape.tail * shape.columns();
    base::invariant(entries.size() <= size);
    entries.resize(size + tail);
    crypto::fresh_field(entropy, "tail " + std::string(name), std::span(entries).last(tail));
    return commit_matrix(shape_of(shape), shape.columns(), Cell::base, std::move(entries),
                         crypto::fresh_seed(entropy, "salt " + std::string(name)));
}

std::span<const K> cells(std::span<const F> elements)
{
    static_assert(sizeof(F) == F::kDegree * sizeof(K));
    return {reinterpret_cast<const K*>(elements.data()), elements.size() * F::kDegree};
}

void write_opening(const Oracle& oracle, std::span<const uint32_t> positions, base::Writer& out)
{
    const merkle::Salts salts(oracle.salt_seed);
    for (const uint32_t i : positions)
    {
        for (const K value : oracle.codeword.subspan(i * oracle.width, oracle.width))
            out.put(value.value());
        out.put(salts.at(i));
    }
    for (const auto& sibling : merkle::TreeView(oracle.nodes).open(positions))
        out.put(sibling);
}

std::vector<K> opened_rows(const Oracle& oracle, std::span<const uint32_t> positions)
{
    std::vector<K> rows;
    rows.reserve(positions.size() * oracle.width);
    for (const uint32_t i : positions)
    {
        const auto row = oracle.codeword.subspan(i * oracle.width, oracle.width);
        rows.insert(rows.end(), row.begin(), row.end());
    }
    return rows;
}

std::expected<std::vector<K>, Unopened> read_opening(const Digest& root, const Shape& shape, size_t width,
                                                     std::span<const uint32_t> positions, base::Reader& in)
{
    std::vector<K> rows;
    std::vector<Digest> salts(positions.size());
    base::Bytes values;
    for (auto& salt : salts)
    {
        const auto row = in.take(width * sizeof(K));
        if (!row)
            return std::unexpected(Unopened::syntax);
        base::Reader words(*row);
        for (size_t j = 0; j != width; ++j)
        {
            const auto value = K::from_canonical(*words.get<uint32_t>());
            if (!value)
                return std::unexpected(Unopened::syntax);
            rows.push_back(*value);
        }
        values.insert(values.end(), row->begin(), row->end());
        const auto raw = in.take(salt.size());
        if (!raw)
            return std::unexpected(Unopened::syntax);
        std::ranges::copy(*raw, salt.begin());
    }
    const uint32_t log_leaves = uint32_t(std::countr_zero(shape.domain));
    std::vector<Digest> siblings(merkle::sibling_count(log_leaves, positions));
    for (auto& sibling : siblings)
    {
        const auto raw = in.take(sibling.size());
        if (!raw)
            return std::unexpected(Unopened::syntax);
        std::ranges::copy(*raw, sibling.begin());
    }
    std::vector<Digest> leaves(positions.size());
    merkle::hash_leaves(values, width * sizeof(K), salts, leaves);
    if (!merkle::verify(root, log_leaves, positions, leaves, siblings))
        return std::unexpected(Unopened::path);
    return rows;
}

} // namespace commit
