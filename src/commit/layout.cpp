#include "commit/layout.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace commit {

Layout::Layout(std::span<const size_t> lengths) : pieces_(lengths.size())
{
    // By descending size, equal sizes in the order of the vectors. A vector has at most one piece of each size, and
    // the larger ones come before it: together they are the length's higher bits.
    for (uint32_t log_size = 64; log_size-- != 0;)
        for (uint32_t vector = 0; vector != lengths.size(); ++vector)
            if (const uint64_t size = uint64_t{1} << log_size; lengths[vector] & size)
            {
                const uint64_t from = lengths[vector] & ~(2 * size - 1);
                pieces_[vector].push_back({.vector = vector, .log_size = log_size, .from = from, .to = length_});
                length_ += size;
            }
}

void Layout::move(size_t vector, Weight& weight) const
{
    const auto own = pieces(vector);
    const auto next = std::ranges::upper_bound(own, weight.offset, {}, &Piece::from);
    base::invariant(next != own.begin());
    const auto& piece = *(next - 1);
    const uint64_t within = weight.offset - piece.from;
    base::invariant(log_size(weight) <= piece.log_size && within >> piece.log_size == 0);
    weight.offset = piece.to + within;
}

void Layout::copy(size_t vector, std::span<const F> source, std::span<F> target) const
{
    for (const auto& piece : pieces(vector))
        std::ranges::copy(source.subspan(piece.from, size_t{1} << piece.log_size), target.begin() + piece.to);
}

void Layout::add(size_t vector, std::span<const F> source, std::span<F> target) const
{
    for (const auto& piece : pieces(vector))
        for (size_t i = 0; i != size_t{1} << piece.log_size; ++i)
            target[piece.to + i] += source[piece.from + i];
}

} // namespace commit
