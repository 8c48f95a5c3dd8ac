#pragma once

#include "signature/field25519.hpp"

namespace signature {

/// d of the curve −x² + y² = 1 + d·x²·y².  [RFC 8032 §5.1]
inline constexpr Fe kCurveD = tighten(-(fe(121665) * invert(fe(121666))));
inline constexpr Fe kCurve2D = tighten(kCurveD + kCurveD);

/// A point of the twisted Edwards curve: x = X/Z, y = Y/Z, xy = T/Z.
///
/// Source  Hisil, Wong, Carter, Dawson, Twisted Edwards Curves Revisited, 2008, section 3
struct Point
{
    Fe x, y = fe(1), z = fe(1), t; ///< the neutral element unless set
};

/// The same without T, enough for doubling.
struct Projective
{
    Fe x, y = fe(1), z = fe(1);
};

/// A point prepared to be added: Y+X, Y−X, 2Z, 2d·T.
struct Cached
{
    Lazy<2> sum;
    Lazy<3> difference;
    Lazy<2> z2;
    Fe t2d;
};

/// The same with Z = 1.
struct CachedAffine
{
    Fe sum, difference, t2d;
};

/// The result of an addition before its last products: x = X/Z, y = Y/T.
struct Completed
{
    Lazy<4> x;
    Lazy<2> y;
    Lazy<4> z;
    Lazy<6> t;
};

constexpr Projective projective(const Completed& c) { return {c.x * c.t, c.y * c.z, c.z * c.t}; }
constexpr Projective projective(const Point& p) { return {p.x, p.y, p.z}; }
constexpr Point extended(const Completed& c) { return {c.x * c.t, c.y * c.z, c.z * c.t, c.x * c.y}; }

constexpr Cached cached(const Point& p) { return {p.y + p.x, p.y - p.x, p.z + p.z, p.t * kCurve2D}; }

constexpr Point negate(const Point& p) { return {tighten(-p.x), p.y, p.z, tighten(-p.t)}; }

constexpr Completed twice(const Projective& p)
{
    const Fe xx = square(p.x), yy = square(p.y), zz = square(p.z);
    const auto y = yy + xx;
    const auto z = yy - xx;
    return {square(p.x + p.y) - y, y, z, zz + zz - z};
}

constexpr Completed add(const Point& p, const Cached& q)
{
    const Fe plus = (p.y + p.x) * q.sum, minus = (p.y - p.x) * q.difference;
    const Fe tt = p.t * q.t2d, zz = p.z * q.z2;
    return {plus - minus, plus + minus, zz + tt, zz - tt};
}

constexpr Completed subtract(const Point& p, const Cached& q)
{
    const Fe plus = (p.y + p.x) * q.difference, minus = (p.y - p.x) * q.sum;
    const Fe tt = p.t * q.t2d, zz = p.z * q.z2;
    return {plus - minus, plus + minus, zz - tt, zz + tt};
}

constexpr Completed add(const Point& p, const CachedAffine& q)
{
    const Fe plus = (p.y + p.x) * q.sum, minus = (p.y - p.x) * q.difference, tt = p.t * q.t2d;
    const auto zz = p.z + p.z;
    return {plus - minus, plus + minus, zz + tt, zz - tt};
}

constexpr Completed subtract(const Point& p, const CachedAffine& q)
{
    const Fe plus = (p.y + p.x) * q.difference, minus = (p.y - p.x) * q.sum, tt = p.t * q.t2d;
    const auto zz = p.z + p.z;
    return {plus - minus, plus + minus, zz - tt, zz + tt};
}

constexpr Point operator+(const Point& p, const Point& q) { return extended(add(p, cached(q))); }
constexpr Point operator-(const Point& p, const Point& q) { return extended(subtract(p, cached(q))); }

/// 8·p, the neutral element exactly for the eight points of small order.
constexpr Point times_cofactor(const Point& p)
{
    const Projective four = projective(twice(projective(twice(projective(p)))));
    return extended(twice(four));
}

constexpr bool is_neutral(const Point& p) { return is_zero(p.x) && p.y == p.z; }

/// Reads a compressed point the way ZIP 215 does: y is taken modulo p, and x = 0 may carry either sign.
/// Nothing when no x fits.
///
/// Cost    one square root, 3 µs
/// Source  ZIP 215; RFC 8032 section 5.1.3 without the refusals of its steps 1 and 4
constexpr std::optional<Point> decode_point(View32 bytes)
{
    const Fe y = load(bytes), yy = square(y);
    const auto [is_square, root] = square_root_of_ratio(tighten(yy - fe(1)), tighten(kCurveD * yy + fe(1)));
    if (!is_square)
        return std::nullopt;
    const Fe x = bytes[31] >> 7 != 0 ? tighten(-root) : root;
    return Point{x, y, fe(1), x * y};
}

/// The one canonical encoding.  [RFC 8032 §5.1.2]
constexpr Bytes32 encode_point(const Point& p)
{
    const Fe inverse = invert(p.z);
    auto bytes = store(p.y * inverse);
    bytes[31] |= uint8_t(is_negative(p.x * inverse) << 7);
    return bytes;
}

/// The base point: y = 4/5, x even.
inline constexpr Point kBase = *decode_point(store(fe(4) * invert(fe(5))));

} // namespace signature
