#include "signature/multiscalar.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace signature {
namespace {

/// One digit for each bit: odd or zero, absolute value below 2^(width−1), at most one of `width` neighbours non-zero.
using Digits = std::array<int8_t, 256>;

constexpr size_t kWidth = 5, kBaseWidth = 8;
constexpr size_t kTable = size_t{1} << (kWidth - 2), kBaseTable = size_t{1} << (kBaseWidth - 2);

template <size_t width>
Digits non_adjacent_form(const Scalar& scalar)
{
    Digits digits{};
    const auto& w = scalar.words();
    unsigned carry = 0;
    for (size_t at = 0; at < digits.size();)
    {
        const size_t word = at / 64, bit = at % 64;
        uint64_t bits = w[word] >> bit;
        if (bit > 64 - width && word != 3)
            bits |= w[word + 1] << (64 - bit);
        const unsigned window = carry + unsigned(bits & ((1u << width) - 1));
        if (window % 2 == 0)
        {
            ++at;
            continue;
        }
        carry = window >> (width - 1);
        digits[at] = int8_t(int(window) - int(carry << width));
        at += width;
    }
    return digits;
}

/// P, 3P, 5P, …
template <size_t size>
constexpr std::array<Point, size> odd_multiples(const Point& p)
{
    std::array<Point, size> out;
    out[0] = p;
    const Cached two = cached(p + p);
    for (size_t i = 1; i != size; ++i)
        out[i] = extended(add(out[i - 1], two));
    return out;
}

const std::array<CachedAffine, kBaseTable>& base_table()
{
    static const auto table = [] {
        std::array<CachedAffine, kBaseTable> out;
        std::ranges::transform(odd_multiples<kBaseTable>(kBase), out.begin(), [](const Point& p) {
            const Fe inverse = invert(p.z), x = p.x * inverse, y = p.y * inverse;
            return CachedAffine{tighten(y + x), tighten(y - x), x * y * kCurve2D};
        });
        return out;
    }();
    return table;
}

struct Prepared
{
    Digits digits;
    std::array<Cached, kTable> table;

    explicit Prepared(const Term& term) : digits(non_adjacent_form<kWidth>(term.scalar))
    {
        std::ranges::transform(odd_multiples<kTable>(term.point), table.begin(), cached);
    }
};

template <class Table>
void add_digit(Completed& sum, int digit, const Table& table)
{
    if (digit > 0)
        sum = add(extended(sum), table[size_t(digit) / 2]);
    else if (digit < 0)
        sum = subtract(extended(sum), table[size_t(-digit) / 2]);
}

Point straus(const Digits& base, std::span<const Prepared> terms)
{
    const auto& base_multiples = base_table();
    size_t bit = base.size();
    const auto all_zero = [&](size_t i) {
        return base[i] == 0 && std::ranges::all_of(terms, [i](const Prepared& t) { return t.digits[i] == 0; });
    };
    while (bit != 0 && all_zero(bit - 1))
        --bit;
    if (bit == 0)
        return {};

    Projective running;
    for (;;)
    {
        --bit;
        Completed sum = twice(running);
        add_digit(sum, base[bit], base_multiples);
        for (const auto& term : terms)
            add_digit(sum, term.digits[bit], term.table);
        if (bit == 0)
            return extended(sum);
        running = projective(sum);
    }
}

} // namespace

Point multiscalar(const Scalar& base, std::span<const Term> terms)
{
    const Digits base_digits = non_adjacent_form<kBaseWidth>(base);
    if (terms.size() == 1) // a single verification needs no allocation
    {
        const Prepared one(terms.front());
        return straus(base_digits, {&one, 1});
    }
    const std::vector<Prepared> prepared(terms.begin(), terms.end());
    return straus(base_digits, prepared);
}

} // namespace signature
