#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Sizes of everything that is committed and queried: functions of public numbers alone, so prover and verifier
/// compute them separately. docs/specs/proof.md, section 4.
namespace commit {

/// A security level. Each challenge that grinding protects costs the prover 2^grind hashes.
struct Profile
{
    uint8_t code;    ///< its byte in a proof
    uint32_t lambda; ///< bits of soundness, grinding included
    uint32_t grind;  ///< bits of grinding before each set of query positions
    friend bool operator==(const Profile&, const Profile&) = default;
};

inline constexpr Profile kP100{.code = 1, .lambda = 100, .grind = 16};
/// For tests: every byte of a proof can be tried. Sound to 2⁻¹² only.
inline constexpr Profile kToy{.code = 0, .lambda = 12, .grind = 2};

/// Largest evaluation domain. Up to here no fold challenge needs grinding.
inline constexpr size_t kDomainMax = size_t{1} << 22;
/// A vector of at most this many elements is opened in the clear, behind a mask.
inline constexpr size_t kLastMax = 1024;
/// Columns, as a power of two, of the oracles that hold folded vectors.
inline constexpr uint32_t kLevelLogColumns = 4;

/// One committed matrix: each column is a polynomial with `rows` coefficients that mean something and `tail` uniform
/// ones that hide the queried evaluations.
struct Shape
{
    size_t rows;
    size_t tail;
    size_t domain;  ///< evaluation points, a power of two; one leaf each
    size_t queries; ///< positions opened in one proof
    size_t length() const { return rows + tail; }
    friend bool operator==(const Shape&, const Shape&) = default;
};

/// A source: an oracle that the claim is about, 2^log_columns columns over the prime field.
struct SourceShape
{
    uint32_t log_columns;
    size_t rows, tail, domain, queries;
    size_t length() const { return rows + tail; }
    size_t columns() const { return size_t{1} << log_columns; }
    /// Entries that a claim may weigh: all but the tail.
    size_t entries() const { return rows << log_columns; }
    friend bool operator==(const SourceShape&, const SourceShape&) = default;
};

/// Least q with ((n+k)/(2n))^q < 2^−b: queries after which a word that is not within the unique decoding radius of
/// the code with k coefficients on n points is caught but for probability 2^−b. In integers, rounded against us.
///
/// Shapes  k < n
size_t queries(size_t domain, size_t coefficients, uint32_t bits);

/// 4 below 2²⁰ entries, 6 from there on.
uint32_t source_log_columns(size_t entries);

/// The trace: rate at most 17/32, as many tail rows as queries. Nothing if no domain up to kDomainMax is large enough.
std::optional<SourceShape> trace_shape(const Profile& profile, uint32_t log_columns, size_t rows);

/// Weights or data, committed once and opened in many proofs: the tail is large and fixed, `rows` is rounded up to 16.
/// Nothing if no domain up to kDomainMax is large enough.
std::optional<SourceShape> sealed_shape(const Profile& profile, uint32_t log_columns, size_t rows);

/// Proofs that one sealed root serves: ⌊tail/queries⌋ − 2, since registration and one rotation spend a use each.
size_t budget(const SourceShape& sealed);

/// All oracles of one opening.
struct Plan
{
    Profile profile;
    std::vector<SourceShape> sources;
    std::vector<Shape> levels; ///< g₁, g₂, …: 2⁴ columns over the extension
    Shape last;                ///< M: columns v and s
    Shape pads;                ///< P: columns ξ and s′
    uint32_t log_columns_max;  ///< fold rounds before the first level
    size_t xi;                 ///< pads used: two a round
};

/// Shapes  at least one source; lengths as trace_shape and sealed_shape give them
Plan plan(const Profile& profile, std::span<const SourceShape> sources);

} // namespace commit
