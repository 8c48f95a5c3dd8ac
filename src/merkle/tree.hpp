#pragma once

#include "base/bytes.hpp"
#include "merkle/leaf.hpp"
#include "merkle/proof.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

namespace merkle {

/// Writes the values of leaves [begin, end), leaf i at out + (i − begin) · stride, value_bytes each and nothing else.
/// Called from several threads at once.
using FillLeaves = std::function<void(size_t begin, size_t end, uint8_t* out, size_t stride)>;

/// What a tree is made of.
struct Shape
{
    size_t leaves;      ///< a power of two, 1 to 2²⁴
    size_t value_bytes; ///< of one leaf, without salt; at most kValueBytesMax
};

/// A finished tree, wherever its nodes lie: in a vector or in a mapped file.
///
/// Layout  2 · leaves digests in heap order: nodes[1] is the root, 2i and 2i + 1 are the children of i, the leaves come
///         last; nodes[0] is zero
class TreeView
{
public:
    explicit TreeView(std::span<const Digest> nodes);

    size_t leaves() const { return nodes_.size() / 2; }
    const Digest& root() const { return nodes_[1]; }
    const Digest& leaf(size_t i) const { return nodes_[leaves() + i]; }

    /// The proof for these leaves (proof.hpp gives the order).
    ///
    /// Caller  positions are sorted and distinct, below leaves()
    std::vector<Digest> open(std::span<const uint32_t> positions) const;

private:
    std::span<const Digest> nodes_;
};

/// Hashes all leaves with their salts and the inner nodes into `nodes` (2 · leaves digests, layout as in TreeView).
///
/// Cost  parallel; 2¹⁵ leaves of 64 bytes take 3 ms on one core with AVX2
void build(const Shape& shape, const Digest& seed, const FillLeaves& fill, std::span<Digest> nodes);

/// A tree in memory.
class Tree
{
public:
    Tree(const Shape& shape, const Digest& seed, const FillLeaves& fill);

    TreeView view() const { return TreeView(nodes_); }
    const Digest& root() const { return nodes_[1]; }

private:
    std::vector<Digest> nodes_;
};

/// Leaves that are the rows of a matrix of field elements, hashed as canonical u32le, extension elements coefficient
/// by coefficient. value_bytes is 4 · width · degree.
///
/// Shapes  matrix: row-major, `width` elements a row; must outlive the result
template <class F>
    requires(std::endian::native == std::endian::little) // stored whole words vectorise, single bytes do not
FillLeaves rows_of(std::span<const F> matrix, size_t width)
{
    return [matrix, width](size_t begin, size_t end, uint8_t* out, size_t stride) {
        const auto put = [](uint8_t* at, uint32_t word) { std::memcpy(at, &word, sizeof word); };
        const F* row = matrix.data() + begin * width;
        for (size_t i = begin; i != end; ++i, row += width, out += stride)
            for (size_t j = 0; j != width; ++j)
                if constexpr (requires { row[j].value(); })
                    put(out + 4 * j, row[j].value());
                else
                    for (size_t k = 0; k != F::kDegree; ++k)
                        put(out + 4 * (F::kDegree * j + k), row[j].coefficient(k).value());
    };
}

} // namespace merkle
