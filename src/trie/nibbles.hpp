#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace trie {

/// A run of half-bytes inside packed bytes, high half first. Borrowed, like a span.
class Nibbles
{
public:
    constexpr Nibbles() = default;

    /// All nibbles of a key.
    constexpr explicit Nibbles(base::ByteView key) : bytes_(key.data()), end_(2 * key.size()) {}

    /// The last `size` nibbles of `packed`, which has ⌈size/2⌉ bytes: a node's partial key.
    constexpr Nibbles(base::ByteView packed, size_t size)
        : bytes_(packed.data()), begin_(2 * packed.size() - size), end_(2 * packed.size())
    {
    }

    constexpr size_t size() const { return end_ - begin_; }
    constexpr bool empty() const { return begin_ == end_; }

    constexpr uint8_t operator[](size_t i) const
    {
        const size_t at = begin_ + i;
        return uint8_t(at % 2 == 0 ? bytes_[at / 2] >> 4 : bytes_[at / 2] & 15);
    }

    /// Without the first `count`; count ≤ size().
    constexpr Nibbles from(size_t count) const
    {
        Nibbles rest = *this;
        rest.begin_ += count;
        return rest;
    }
    /// The first `count`; count ≤ size().
    constexpr Nibbles first(size_t count) const
    {
        Nibbles head = *this;
        head.end_ = begin_ + count;
        return head;
    }

    /// How many nibbles both begin with.
    friend constexpr size_t common(Nibbles a, Nibbles b)
    {
        const size_t most = std::min(a.size(), b.size());
        size_t i = 0;
        if (a.begin_ % 2 == b.begin_ % 2)
        {
            // In step: whole bytes at a time, once both stand at a byte's beginning.
            if (a.begin_ % 2 == 1 && most != 0 && a[0] == b[0])
                i = 1;
            if ((a.begin_ + i) % 2 == 0)
                while (i + 2 <= most && a.bytes_[(a.begin_ + i) / 2] == b.bytes_[(b.begin_ + i) / 2])
                    i += 2;
        }
        while (i != most && a[i] == b[i])
            ++i;
        return i;
    }

    /// Appends the nibbles packed as a node's partial key: an odd number begins with a zero nibble.
    void pack(base::Bytes& out) const
    {
        size_t i = size() % 2;
        if (i == 1)
            out.push_back((*this)[0]);
        if ((begin_ + i) % 2 == 0)
            out.insert(out.end(), bytes_ + (begin_ + i) / 2, bytes_ + end_ / 2);
        else
            for (; i != size(); i += 2)
                out.push_back(uint8_t((*this)[i] << 4 | (*this)[i + 1]));
    }

private:
    const uint8_t* bytes_ = nullptr;
    size_t begin_ = 0, end_ = 0;
};

} // namespace trie
