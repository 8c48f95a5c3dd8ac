#pragma once

#include "signature/curve.hpp"

/// The prime-order group ristretto255: each element is four (two for odd points, which never occur here) curve points.
///
/// Source  RFC 9496
namespace signature {

/// Reads an element. Nothing unless the bytes are its one canonical encoding.
///
/// Cost    one square root, 3 µs
std::optional<Point> decode_ristretto(View32 bytes);

/// The one canonical encoding of the element that `p` stands for.
Bytes32 encode_ristretto(const Point& p);

/// True when two points stand for the same element.
bool same_ristretto(const Point& p, const Point& q);

/// The one-way map of 64 uniform bytes onto the group.  [RFC 9496 §4.3.4]
Point map_to_ristretto(std::span<const uint8_t, 64> uniform);

} // namespace signature
