#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

/// A 32-byte hash value.
using Digest = std::array<uint8_t, 32>;

inline ByteView view(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

/// Appends little-endian integers and raw bytes to a buffer.
class Writer
{
public:
    template <std::unsigned_integral T>
    void put(T value)
    {
        for (size_t i = 0; i != sizeof(T); ++i)
            bytes_.push_back(uint8_t(value >> (8 * i)));
    }
    void put(ByteView raw) { bytes_.insert(bytes_.end(), raw.begin(), raw.end()); }

    const Bytes& bytes() const { return bytes_; }
    Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Reads little-endian integers and raw bytes from untrusted input. Every read is bounds-checked;
/// after the first failure all reads fail, so callers may check once.
class Reader
{
public:
    explicit Reader(ByteView bytes) : rest_(bytes) {}

    template <std::unsigned_integral T>
    std::optional<T> get()
    {
        const auto raw = take(sizeof(T));
        if (!raw)
            return std::nullopt;
        T value = 0;
        for (size_t i = 0; i != sizeof(T); ++i)
            value = T(value | T(T((*raw)[i]) << (8 * i)));
        return value;
    }

    /// The next `size` bytes, borrowed from the input; nothing if fewer are left.
    std::optional<ByteView> take(size_t size)
    {
        if (failed_ || size > rest_.size())
        {
            failed_ = true;
            return std::nullopt;
        }
        const auto raw = rest_.first(size);
        rest_ = rest_.subspan(size);
        return raw;
    }

    size_t left() const { return rest_.size(); }
    bool failed() const { return failed_; }
    bool at_end() const { return !failed_ && rest_.empty(); }

private:
    ByteView rest_;
    bool failed_ = false;
};

} // namespace base
