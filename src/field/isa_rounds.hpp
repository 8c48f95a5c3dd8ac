// What sumcheck provers do all day: rounds over pairs of halves. A line is given by its ends, x₀ and x₁ = x₀ + Δx.
#pragma once

#include "field/isa_products.hpp"

namespace {

inline Elements slope(const uint32_t* at_0, const uint32_t* at_1) { return load_elements(at_1) - load_elements(at_0); }

void product_round(uint32_t* sums, const uint32_t* const* lines, size_t n)
{
    Elements start{}, lead{};
    for_blocks<0, 4>(n, {}, {lines[0], lines[1], lines[2], lines[3]}, [&](auto&, auto& from) {
        start = start + load_elements(from[0]) * load_elements(from[2]);
        lead = lead + slope(from[0], from[1]) * slope(from[2], from[3]);
    });
    store_lane_sums(sums, start.c);
    store_lane_sums(sums + 4, lead.c);
}

void fraction_round(uint32_t* sums, const uint32_t* e, const uint32_t* const* lines, size_t n)
{
    Elements start{}, lead{};
    for_blocks<0, 9>(n, {}, {lines[0], lines[1], lines[2], lines[3], lines[4], lines[5], lines[6], lines[7], e},
                     [&](auto&, auto& from) {
                         const Elements weight = load_elements(from[8]);
                         start = start + weight * (load_elements(from[0]) * load_elements(from[2]) +
                                                   load_elements(from[4]) * load_elements(from[6]));
                         lead = lead + weight * (slope(from[0], from[1]) * slope(from[2], from[3]) +
                                                 slope(from[4], from[5]) * slope(from[6], from[7]));
                     });
    store_lane_sums(sums, start.c);
    store_lane_sums(sums + 4, lead.c);
}

void add_fractions(uint32_t* p, uint32_t* q, const uint32_t* const* parts, size_t n)
{
    for_blocks<2, 4>(n, {p, q}, {parts[0], parts[1], parts[2], parts[3]}, [](auto& to, auto& from) {
        const Elements q0 = load_elements(from[1]), q1 = load_elements(from[3]);
        store_elements(to[0], load_elements(from[0]) * q1 + load_elements(from[2]) * q0);
        store_elements(to[1], q0 * q1);
    });
}

} // namespace
