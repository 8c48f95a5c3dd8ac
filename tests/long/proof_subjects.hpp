#pragma once

#include "base/bytes.hpp"
#include "prover/testing/reference_prover.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// What the long mutation suite changes: bytes that the verifier accepts under P100, each beside its judge.
namespace long_run {

inline constexpr std::string_view kProven = "proven";

/// Accepted bytes, and the verifier's verdict on any others in their place: "proven" or a refusal of
/// docs/specs/proof.md §9.
struct Subject
{
    std::string name;
    base::Bytes bytes;
    std::function<std::string_view(base::ByteView)> judge; ///< called from several threads at once
    size_t header = 0;                                     ///< bytes before `sections`
    std::vector<prover::testing::Section> sections;        ///< of a proof's body; none for other files
};

/// One model (convolution, max pool, dense, a sum, a window, and every node that moves codes), rotated once, and a data
/// set of three rows with one-time pads; from them
///
///     proof       input private, output public
///     masked row  a row of the data set, output masked
///     m.id        graph, registration and rotation
///     d.id        judged through the masked row's proof, which names it
///
/// All randomness follows from the seed. Cost: half a second.
std::vector<Subject> make_subjects(uint64_t seed);

} // namespace long_run
