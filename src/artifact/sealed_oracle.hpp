#pragma once

#include "artifact/error.hpp"
#include "commit/oracle.hpp"

#include <array>
#include <expected>
#include <span>

namespace artifact {

/// Large sections of a file that holds an oracle: coefficients and codeword as the machine holds them (words of
/// Montgomery form, host order), then the Merkle nodes.
inline constexpr size_t kOracleSections = 3;

std::array<base::ByteView, kOracleSections> oracle_sections(const commit::Oracle& oracle);

/// The oracle in those sections, borrowed, not copied and not read but for its root.
///
/// Errors  damaged: sections of other sizes than the shape asks for, or another root
std::expected<commit::Oracle, Error> oracle_from(const commit::SourceShape& shape, const base::Digest& root,
                                                 const base::Digest& salt_seed,
                                                 std::span<const base::ByteView> sections);

} // namespace artifact
