#pragma once

#include "machine.hpp"

#include <expected>

/// Whole runs, for programs that need not know the runtime's types.
namespace differential {

/// What a run has done, so that a test can tell that it did something.
struct Tally
{
    size_t blocks = 0;    ///< built, executed and settled
    size_t abandoned = 0; ///< begun, but the runtime panicked on the way or root undid its beginning
    size_t applied = 0;   ///< extrinsics in blocks
    size_t succeeded = 0; ///< of those, whose call did not fail
    size_t refused = 0;   ///< extrinsics that no block may hold
    size_t trapped = 0;   ///< calls that ended in a panic, the same everywhere
    size_t queries = 0;   ///< calls of other runtime APIs
    friend bool operator==(const Tally&, const Tally&) = default;
};

/// Runs `blocks` random blocks in worlds of at most kWorldBlocks, each with its own seed: the first has `seed`, the
/// next `seed` + 1. Ends earlier, at a block's end, where enough(blocks so far) says so. The error names the seed to
/// begin with.
std::expected<Tally, std::string> run(const std::vector<Machine*>& machines, uint64_t seed, size_t blocks,
                                      const std::function<void(ByteView)>& applied = {},
                                      const std::function<bool(size_t)>& enough = {});
inline constexpr size_t kWorldBlocks = 30;

/// The runtime's code in a file; empty if there is none.
Bytes read_code(const char* path);

} // namespace differential
