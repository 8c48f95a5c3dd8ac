#pragma once

#include "scale/scale.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace primitives {

/// How long a signed extrinsic stays valid: for ever, or for `period` blocks from a block that is `phase` modulo
/// `period`. One byte or two.
///
/// Holds   immortal, or period a power of two in [4, 65536], phase < period and a multiple of max(period / 4096, 1)
/// Source  sp_runtime::generic::Era
class Era
{
public:
    /// Immortal.
    constexpr Era() = default;

    /// Mortal for at least `period` blocks counted from `current`, rounded to what the encoding can say.
    static constexpr Era mortal(uint64_t period, uint64_t current)
    {
        Era era;
        era.period_ = uint32_t(std::bit_ceil(std::clamp<uint64_t>(period, kPeriodMin, kPeriodMax)));
        era.phase_ = uint32_t(current % era.period_) / era.quantum() * era.quantum();
        return era;
    }

    constexpr bool is_immortal() const { return period_ == 0; }
    constexpr uint32_t period() const { return period_; }
    constexpr uint32_t phase() const { return phase_; }

    /// The block whose hash is signed, given that the extrinsic is valid at `current`; 0 if immortal.
    constexpr uint64_t birth(uint64_t current) const
    {
        return is_immortal() ? 0 : (std::max<uint64_t>(current, phase_) - phase_) / period_ * period_ + phase_;
    }
    /// The first block at which it is no longer valid.
    constexpr uint64_t death(uint64_t current) const
    {
        const auto most = std::numeric_limits<uint64_t>::max();
        if (is_immortal())
            return most;
        const auto from = birth(current);
        return from > most - period_ ? most : from + period_;
    }

    static constexpr size_t kEncodedMin = 1;
    constexpr void encode_to(scale::Writer& writer) const
    {
        if (is_immortal())
            return writer.put(uint8_t{0});
        const auto low = uint32_t(std::countr_zero(period_)) - 1;
        scale::encode(uint16_t(low | (phase_ / quantum()) << 4), writer);
    }
    constexpr bool decode_from(scale::Reader& reader)
    {
        *this = {};
        const auto at = reader.at();
        uint8_t first = 0, second = 0;
        if (!reader.take(first))
            return false;
        if (first == 0)
            return true;
        if (!reader.take(second))
            return false;
        const uint32_t both = first | uint32_t{second} << 8;
        period_ = uint32_t{2} << (both % 16);
        phase_ = (both >> 4) * quantum();
        return (period_ >= kPeriodMin && phase_ < period_) || reader.fail(scale::Fault::invalid, at);
    }

    friend bool operator==(const Era&, const Era&) = default;

private:
    static constexpr uint32_t kPeriodMin = 4, kPeriodMax = 65536;
    constexpr uint32_t quantum() const { return std::max(period_ >> 12, 1U); }

    uint32_t period_ = 0, phase_ = 0; // period 0: immortal
};

} // namespace primitives
