#pragma once

#include "commit/weight.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace commit {

/// One power-of-two block of a vector, and where it stands in the target.
struct Piece
{
    uint32_t vector;
    uint32_t log_size;
    uint64_t from; ///< first entry in its vector
    uint64_t to;   ///< first entry in the target; a multiple of the size, like `from`
};

/// How several vectors are laid side by side in one target: each is cut into pieces whose sizes are the powers of two
/// in its length, largest first; all pieces stand by descending size, in a stable order and without gaps. So every
/// aligned block of a vector stays an aligned block. docs/specs/proof.md, section 7 step 2.
class Layout
{
public:
    explicit Layout(std::span<const size_t> lengths);

    /// Length of the target: the sum of the vectors' lengths.
    size_t length() const { return length_; }

    /// Pieces of one vector, in order of `from`.
    std::span<const Piece> pieces(size_t vector) const { return pieces_[vector]; }

    /// Moves a weight on a vector to the target.
    ///
    /// Caller  the weight's block lies within the vector
    void move(size_t vector, Weight& weight) const;

    /// target[place of entry e] = source[e].
    void copy(size_t vector, std::span<const F> source, std::span<F> target) const;

    /// target[place of entry e] += source[e].
    void add(size_t vector, std::span<const F> source, std::span<F> target) const;

private:
    std::vector<std::vector<Piece>> pieces_;
    size_t length_ = 0;
};

} // namespace commit
