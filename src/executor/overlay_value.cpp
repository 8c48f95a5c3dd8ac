#include "base/invariant.hpp"
#include "executor/overlay.hpp"

#include <array>
#include <limits>

namespace executor {
namespace {

constexpr size_t kCountRoom = 5; // the longest compact u32

struct Compact
{
    uint32_t value;
    size_t size;
};

/// A SCALE compact u32 in its shortest form, at the front of `bytes`.
std::optional<Compact> read_compact(ByteView bytes)
{
    constexpr std::array<size_t, 4> kSizes{1, 2, 4, 5};
    constexpr std::array<uint64_t, 4> kLeast{0, 1u << 6, 1u << 14, 1u << 30};
    if (bytes.empty())
        return std::nullopt;
    const auto mode = bytes[0] & 3u;
    const auto size = kSizes[mode];
    if (bytes.size() < size || (mode == 3 && bytes[0] != 3))
        return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i != size; ++i)
        value |= uint64_t{bytes[i]} << (8 * i);
    value >>= mode == 3 ? 8 : 2;
    if (value < kLeast[mode])
        return std::nullopt;
    return Compact{uint32_t(value), size};
}

size_t compact_size(uint32_t value) { return value < 1u << 6 ? 1 : value < 1u << 14 ? 2 : value < 1u << 30 ? 4 : 5; }

} // namespace

Slice Slice::of(Bytes bytes)
{
    const auto owner = std::make_shared<const Bytes>(std::move(bytes));
    return {*owner, owner};
}

bool OverlayValue::open()
{
    constexpr auto kFull = std::numeric_limits<uint32_t>::max();
    if (count_)
        return *count_ != kFull;
    const auto count = bytes_.empty() ? Compact{0, 0} : read_compact(bytes_).value_or(Compact{kFull, 0});
    if (count.value == kFull)
        return false;
    bytes_.insert(bytes_.begin(), kCountRoom - count.size, 0);
    start_ = kCountRoom - count.size;
    count_ = count.value;
    return true;
}

void OverlayValue::append(ByteView item)
{
    base::invariant(count_.has_value());
    bytes_.insert(bytes_.end(), item.begin(), item.end());
    ++*count_;
    write_count();
}

void OverlayValue::restore(const Mark& mark)
{
    base::invariant(count_ && bytes_.size() >= mark.size);
    bytes_.resize(mark.size);
    count_ = mark.count;
    start_ = mark.start;
    if (start_ != kCountRoom) // else it was empty, without a count
        write_count();
}

void OverlayValue::write_count()
{
    const auto size = compact_size(*count_);
    start_ = kCountRoom - size;
    const auto mode = size == 1 ? 0u : size == 2 ? 1u : size == 4 ? 2u : 3u;
    const auto coded = mode == 3 ? uint64_t{*count_} << 8 | 3 : uint64_t{*count_} << 2 | mode;
    for (size_t i = 0; i != size; ++i)
        bytes_[start_ + i] = uint8_t(coded >> (8 * i));
}

} // namespace executor
