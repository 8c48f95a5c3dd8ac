#pragma once

#include "scale/containers.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace scale {

/// A list of at most `max` items; encoded as any list.
template <class T, uint32_t max>
class BoundedVec
{
public:
    static constexpr uint32_t kMax = max;

    constexpr BoundedVec() = default;

    /// Takes over `items`; nothing if there are too many.
    static constexpr std::optional<BoundedVec> from(std::vector<T> items)
    {
        if (items.size() > max)
            return std::nullopt;
        BoundedVec bounded;
        bounded.items_ = std::move(items);
        return bounded;
    }

    /// False, and nothing changed, if the list is full.
    [[nodiscard]] constexpr bool try_push(T item)
    {
        if (items_.size() == max)
            return false;
        items_.push_back(std::move(item));
        return true;
    }
    constexpr void erase(size_t i) { items_.erase(items_.begin() + std::ptrdiff_t(i)); }
    constexpr void clear() { items_.clear(); }

    constexpr const std::vector<T>& items() const { return items_; }
    constexpr size_t size() const { return items_.size(); }
    constexpr bool empty() const { return items_.empty(); }
    constexpr T& operator[](size_t i) { return items_[i]; }
    constexpr const T& operator[](size_t i) const { return items_[i]; }
    constexpr auto begin() { return items_.begin(); }
    constexpr auto end() { return items_.end(); }
    constexpr auto begin() const { return items_.begin(); }
    constexpr auto end() const { return items_.end(); }

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(Writer& writer) const { encode(items_, writer); }
    constexpr bool decode_from(Reader& reader)
    {
        // The length is looked at first, so that a list that is too long costs nothing.
        auto ahead = reader;
        uint32_t length = 0;
        if (detail::take_list_length<T>(ahead, length) && length > max)
            return reader.fail(Fault::too_long);
        return decode_into(reader, items_);
    }

    friend bool operator==(const BoundedVec&, const BoundedVec&) = default;

private:
    std::vector<T> items_;
};

} // namespace scale
