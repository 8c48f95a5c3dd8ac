#pragma once

#include "base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace scale {

using base::Bytes;
using base::ByteView;

/// Why bytes were refused. Untrusted input can reach every case.
enum class Fault : uint8_t
{
    end_of_input,  ///< a value ends after its bytes do, or a list claims more items than the rest could hold
    trailing,      ///< bytes are left after the value
    not_canonical, ///< a compact number longer than needed, padding bits set, map keys unsorted or repeated
    out_of_range,  ///< a compact number that its type cannot hold
    unknown_tag,   ///< no such bool, option, result, enumerator or alternative
    too_long,      ///< more items than the type's own bound
    too_deep,      ///< nested more than Reader's depth limit
    not_utf8,      ///< text that is not UTF-8
    invalid,       ///< refused by the type itself
};

/// What is wrong, and the offset of the first byte of the value that is.
struct Error
{
    Fault what;
    size_t at;
    friend bool operator==(const Error&, const Error&) = default;
};

/// One line: what is wrong and what to do.
constexpr std::string_view words(Fault what)
{
    switch (what)
    {
    case Fault::end_of_input:
        return "the bytes end inside a value: send all of them";
    case Fault::trailing:
        return "bytes are left after the value: remove them, or decode another type";
    case Fault::not_canonical:
        return "not the one encoding of this value: encode it again";
    case Fault::out_of_range:
        return "a compact number is too large for its type";
    case Fault::unknown_tag:
        return "a tag names no case of its type: check the version of the type";
    case Fault::too_long:
        return "a list has more items than its type allows";
    case Fault::too_deep:
        return "values are nested too deep";
    case Fault::not_utf8:
        return "text is not UTF-8";
    case Fault::invalid:
        return "a value is refused by its type";
    }
    return "unknown fault";
}

/// How deep lists and boxes may nest in decoded values.
inline constexpr uint32_t kDepthMax = 256;

/// Collects encoded bytes.
class Writer
{
public:
    constexpr Writer() = default;
    constexpr explicit Writer(size_t expected_bytes) { bytes_.reserve(expected_bytes); }

    constexpr void put(uint8_t byte) { bytes_.push_back(byte); }
    constexpr void put(ByteView raw) { bytes_.insert(bytes_.end(), raw.begin(), raw.end()); }

    constexpr const Bytes& bytes() const { return bytes_; }
    constexpr Bytes take() { return std::move(bytes_); }

private:
    Bytes bytes_;
};

/// Reads untrusted bytes. The first failure is kept and makes every later read fail, so that decoders are chains of
/// `&&` and the caller asks once.
///
/// Caller  keeps the bytes alive as long as views decoded from them
class Reader
{
public:
    constexpr explicit Reader(ByteView bytes, uint32_t depth_max = kDepthMax) : bytes_(bytes), depth_left_(depth_max) {}

    /// The next `size` bytes, borrowed.
    [[nodiscard]] constexpr bool take(size_t size, ByteView& out)
    {
        if (failed_ || size > left())
            return fail(Fault::end_of_input);
        out = bytes_.subspan(at_, size);
        at_ += size;
        return true;
    }

    [[nodiscard]] constexpr bool take(uint8_t& out)
    {
        if (failed_ || at_ == bytes_.size())
            return fail(Fault::end_of_input);
        out = bytes_[at_++];
        return true;
    }

    /// All bytes that are left, borrowed.
    constexpr ByteView rest()
    {
        ByteView out;
        return take(left(), out) ? out : ByteView{};
    }

    /// Refuses the input. Returns false, so that a decoder can `return reader.fail(…)`. Only the first call counts.
    constexpr bool fail(Fault what) { return fail(what, at_); }
    constexpr bool fail(Fault what, size_t at)
    {
        if (!failed_)
            error_ = {what, at};
        failed_ = true;
        return false;
    }

    /// Brackets what can contain itself: enter() fails below the depth limit, leave() follows every enter().
    [[nodiscard]] constexpr bool enter() { return depth_left_ == 0 ? fail(Fault::too_deep) : (--depth_left_, true); }
    constexpr void leave() { ++depth_left_; }

    constexpr size_t at() const { return at_; }
    constexpr size_t left() const { return failed_ ? 0 : bytes_.size() - at_; }
    constexpr bool failed() const { return failed_; }
    /// The first failure; only after one.
    constexpr Error error() const { return error_; }

private:
    ByteView bytes_;
    size_t at_ = 0;
    uint32_t depth_left_;
    bool failed_ = false;
    Error error_{};
};

} // namespace scale
