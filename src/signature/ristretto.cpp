#include "signature/ristretto.hpp"

#include <algorithm>

namespace signature {
namespace {

// The constants of RFC 9496 section 4.1, from their definitions. a = −1.
constexpr Fe kOne = fe(1);
constexpr Fe kRootADMinusOne = tighten(-square_root_of_ratio(tighten(-kCurveD - kOne), kOne).root);
constexpr Fe kInverseRootAMinusD = square_root_of_ratio(kOne, tighten(-kOne - kCurveD)).root;
constexpr Fe kOneMinusDSquared = tighten(kOne - square(kCurveD));
constexpr Fe kDMinusOneSquared = square(kCurveD - kOne);

/// Elligator for ristretto255, section 4.3.4; names of variables from there.
Point map(const Fe& t)
{
    const Fe r = kRootMinusOne * square(t);
    const Fe u = (r + kOne) * kOneMinusDSquared;
    const Fe v = (-kOne - r * kCurveD) * (r + kCurveD);
    const auto [is_square, root] = square_root_of_ratio(u, v);
    const Fe s = is_square ? root : tighten(-absolute(root * t));
    const Fe c = is_square ? tighten(-kOne) : r;
    const auto n = c * (r - kOne) * kDMinusOneSquared - v;

    const Fe w0 = (s + s) * v, w1 = n * kRootADMinusOne, ss = square(s);
    const auto w2 = kOne - ss;
    const auto w3 = kOne + ss;
    return {w0 * w3, w2 * w1, w1 * w3, w0 * w2};
}

} // namespace

std::optional<Point> decode_ristretto(View32 bytes)
{
    const Fe s = load(bytes);
    if (!std::ranges::equal(store(s), bytes) || is_negative(s))
        return std::nullopt;

    const Fe ss = square(s);
    const auto u1 = kOne - ss;
    const auto u2 = kOne + ss;
    const Fe u2u2 = square(u2);
    const auto v = -(kCurveD * square(u1)) - u2u2;
    const auto [is_square, root] = square_root_of_ratio(kOne, v * u2u2);
    const Fe den_x = root * u2, den_y = root * den_x * v;
    const Fe x = absolute((s + s) * den_x), y = u1 * den_y, t = x * y;
    if (!is_square || is_negative(t) || is_zero(y))
        return std::nullopt;
    return Point{x, y, kOne, t};
}

Bytes32 encode_ristretto(const Point& p)
{
    const Fe u1 = (p.z + p.y) * (p.z - p.y), u2 = p.x * p.y;
    const Fe root = square_root_of_ratio(kOne, u1 * square(u2)).root;
    const Fe den1 = root * u1, den2 = root * u2;
    const Fe z_inverse = den1 * den2 * p.t;

    // Of the four points, the one with xy non-negative and x non-negative.
    const bool rotate = is_negative(p.t * z_inverse);
    const Fe x = rotate ? p.y * kRootMinusOne : p.x;
    Fe y = rotate ? p.x * kRootMinusOne : p.y;
    if (is_negative(x * z_inverse))
        y = tighten(-y);
    const Fe den = rotate ? den1 * kInverseRootAMinusD : den2;
    return store(absolute(den * (p.z - y)));
}

bool same_ristretto(const Point& p, const Point& q) { return p.x * q.y == p.y * q.x || p.y * q.y == p.x * q.x; }

Point map_to_ristretto(std::span<const uint8_t, 64> uniform)
{
    return map(load(uniform.first<32>())) + map(load(uniform.last<32>()));
}

} // namespace signature
