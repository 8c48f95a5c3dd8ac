#pragma once

#include "base/bytes.hpp"
#include "base/invariant.hpp"
#include "model/codec.hpp"

#include <bit>
#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

/// The two directions of the codec. Put and Get have the same members, so that one description of the layout
/// (codec.cpp) serves both and they cannot drift apart. Not for other users.
namespace model::detail {

/// Writes; what it is given already validates.
class Put
{
public:
    template <std::integral T>
    void number(const T& value)
    {
        out_.put(std::make_unsigned_t<T>(value));
    }

    /// A 64-bit field that travels as 32 bits.
    void narrow(const int64_t& value)
    {
        base::invariant(value == int32_t(value));
        number(int32_t(value));
    }

    /// Minus zero equals zero, so both give the bytes of zero.
    void real(const double& value) { number(std::bit_cast<uint64_t>(value + 0.0)); }

    void count(size_t size, size_t max)
    {
        base::invariant(size <= max);
        number(uint32_t(size));
    }

    void text(const std::string& value)
    {
        count(value.size(), kTextMax);
        out_.put(base::view(value));
    }

    template <typename T>
    void list(const std::vector<T>& values, size_t max, auto layout)
    {
        count(values.size(), max);
        for (const auto& value : values)
            layout(value);
    }

    template <typename T>
    void maybe(const std::optional<T>& value, auto layout)
    {
        number(uint8_t(value.has_value()));
        if (value)
            layout(*value);
    }

    template <typename... T>
    void choice(const std::variant<T...>& value, auto layout)
    {
        number(uint8_t(value.index()));
        std::visit(layout, value);
    }

    template <typename T>
    void tag(const T& value, T)
    {
        number(uint8_t(value));
    }

    void raw(base::ByteView bytes) { out_.put(bytes); }
    base::Bytes take() { return out_.take(); }

private:
    base::Writer out_;
};

/// Reads untrusted bytes. After the first fault every read yields zeros and every list ends, so callers check once.
class Get
{
public:
    explicit Get(base::ByteView bytes) : size_(bytes.size()), in_(bytes) {}

    template <std::integral T>
    void number(T& value)
    {
        const auto read = fault_ ? std::nullopt : in_.get<std::make_unsigned_t<T>>();
        value = T(read.value_or(0));
        if (!read)
            fail(DecodeFault::truncated);
    }

    void narrow(int64_t& value)
    {
        int32_t read = 0;
        number(read);
        value = read;
    }

    void real(double& value)
    {
        uint64_t bits = 0;
        number(bits);
        value = std::bit_cast<double>(bits);
        if (bits == uint64_t(1) << 63) // minus zero: never written
            fail(DecodeFault::malformed);
    }

    void text(std::string& value)
    {
        const auto size = count(kTextMax);
        const auto raw = in_.take(size);
        if (!raw)
            return fail(DecodeFault::truncated);
        value.assign(raw->begin(), raw->end());
    }

    /// Grows as entries arrive, each at least one byte: a count alone allocates nothing.
    template <typename T>
    void list(std::vector<T>& values, size_t max, auto layout)
    {
        const auto size = count(max);
        if (size > in_.left())
            return fail(DecodeFault::truncated);
        for (size_t i = 0; i != size && !fault_; ++i)
            layout(values.emplace_back());
    }

    template <typename T>
    void maybe(std::optional<T>& value, auto layout)
    {
        if (below(2) == 1)
            layout(value.emplace());
    }

    template <typename... T>
    void choice(std::variant<T...>& value, auto layout)
    {
        const auto index = below(sizeof...(T));
        uint8_t kind = 0;
        (void)((kind++ == index && (layout(value.template emplace<T>()), true)) || ...);
    }

    /// An enumerator from 0 to `last`.
    template <typename T>
    void tag(T& value, T last)
    {
        value = T(below(uint8_t(last) + size_t(1)));
    }

    bool matches(base::ByteView expected)
    {
        const auto raw = in_.take(expected.size());
        return raw && std::equal(raw->begin(), raw->end(), expected.begin());
    }

    base::ByteView rest() { return *in_.take(in_.left()); }
    size_t left() const { return in_.left(); }
    size_t offset() const { return size_ - in_.left(); }
    std::optional<DecodeFault> fault() const { return fault_; }

    void fail(DecodeFault fault)
    {
        if (!fault_)
            fault_ = fault;
    }

private:
    size_t count(size_t max)
    {
        uint32_t size = 0;
        number(size);
        if (size > max)
            fail(DecodeFault::malformed);
        return fault_ ? 0 : size;
    }

    /// A byte below `end`; anything else is malformed.
    uint8_t below(size_t end)
    {
        uint8_t value = 0;
        number(value);
        if (value >= end)
            fail(DecodeFault::malformed);
        return fault_ ? 0 : value;
    }

    size_t size_;
    base::Reader in_;
    std::optional<DecodeFault> fault_;
};

} // namespace model::detail
