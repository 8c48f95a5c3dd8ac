#include "commit/parameters.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace commit {
namespace {

constexpr size_t kDomainMin = 32;
/// Lengths are multiples of this, so that the pieces of a folded vector are whole rows of the next oracle.
constexpr size_t kGranule = 16;

size_t round_up(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

/// The least fixed point of t ← least t ≥ q(ℓ+t) with 16 | ℓ+t, for one domain; nothing if it leaves the domain.
std::optional<Shape> fixed_point(size_t rows, size_t domain, uint32_t bits)
{
    for (size_t tail = 0; rows + tail < domain;)
    {
        const size_t asked = queries(domain, rows + tail, bits);
        const size_t next = round_up(rows + asked, kGranule) - rows;
        if (next == tail)
            return Shape{.rows = rows, .tail = tail, .domain = domain, .queries = asked};
        tail = next;
    }
    return std::nullopt;
}

/// The least domain on which the rate is at most (17/16)·2^−log_rate.
std::optional<Shape> least_shape(size_t rows, uint32_t bits, uint32_t log_rate)
{
    for (size_t domain = kDomainMin; domain <= kDomainMax; domain *= 2)
        if (const auto shape = fixed_point(rows, domain, bits))
            if ((shape->length() << log_rate) * 16 <= domain * 17)
                return shape;
    return std::nullopt;
}

Shape known_to_fit(const std::optional<Shape>& shape)
{
    base::invariant(shape.has_value());
    return *shape;
}

uint32_t source_bits(const Profile& profile) { return profile.lambda - profile.grind + 2; }

} // namespace

size_t queries(size_t domain, size_t coefficients, uint32_t bits)
{
    base::invariant(coefficients < domain && domain <= kDomainMax);
    // ((n+k)/(2n))^count ≤ x·2^(−62−e), with 2⁶² ≤ x < 2⁶³.
    constexpr uint64_t kOne = uint64_t{1} << 62;
    const auto top = static_cast<unsigned __int128>(domain) + coefficients;
    const auto bottom = 2 * static_cast<unsigned __int128>(domain);
    uint64_t x = kOne;
    uint32_t e = 0;
    size_t count = 0;
    for (; e < bits + 1; ++count)
    {
        x = uint64_t((x * top + bottom - 1) / bottom);
        for (; x < kOne; ++e)
            x *= 2;
    }
    return count;
}

uint32_t source_log_columns(size_t entries) { return entries < (size_t{1} << 20) ? 4 : 6; }

std::optional<SourceShape> trace_shape(const Profile& profile, uint32_t log_columns, size_t rows)
{
    const auto shape = least_shape(rows, source_bits(profile), 1);
    if (!shape)
        return std::nullopt;
    return SourceShape{log_columns, shape->rows, shape->tail, shape->domain, shape->queries};
}

std::optional<SourceShape> sealed_shape(const Profile& profile, uint32_t log_columns, size_t rows)
{
    const size_t whole = round_up(rows, kGranule);
    const size_t tail = profile == kToy ? 256 : size_t{1} << (log_columns == 4 ? 14 : 16);
    for (size_t domain = kDomainMin; domain <= kDomainMax; domain *= 2)
        if (8 * (whole + tail) <= 3 * domain)
            return SourceShape{log_columns, whole, tail, domain, queries(domain, whole + tail, source_bits(profile))};
    return std::nullopt;
}

size_t budget(const SourceShape& sealed)
{
    const size_t uses = sealed.tail / sealed.queries;
    return uses < 2 ? 0 : uses - 2;
}

Plan plan(const Profile& profile, std::span<const SourceShape> sources)
{
    base::invariant(!sources.empty());
    const uint32_t bits = profile.lambda - profile.grind;
    Plan result{.profile = profile,
                .sources{sources.begin(), sources.end()},
                .levels = {},
                .last = {},
                .pads = {},
                .log_columns_max = 0,
                .xi = 0};
    size_t length = 0;
    for (const auto& source : sources)
    {
        length += source.length();
        result.log_columns_max = std::max(result.log_columns_max, source.log_columns);
    }
    while (length > kLastMax)
    {
        const size_t rows = round_up(length, size_t{1} << kLevelLogColumns) >> kLevelLogColumns;
        const uint32_t log_rate = result.levels.empty() ? 2 : 3;
        result.levels.push_back(known_to_fit(least_shape(rows, bits, log_rate)));
        length = result.levels.back().length();
    }
    result.last = known_to_fit(least_shape(length, bits + 1, 3));
    result.xi = 2 * (result.log_columns_max + kLevelLogColumns * result.levels.size());
    result.pads = known_to_fit(least_shape(round_up(result.xi, kGranule), bits + 1, 3));
    return result;
}

} // namespace commit
