#pragma once

#include "artifact/error.hpp"
#include "base/bytes.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// How often each committed root was opened: durably, in the state folder, one small file a root.
///
/// A commitment hides for a fixed number of openings (docs/specs/proof.md §4). A use is counted, and on the disk,
/// before the proof that spends it leaves: a crash loses a use and never repeats one. The counter is not in the model's
/// file, because copying that file would copy the uses.
///
///     zkp uses 1
///     used 17
///     masked 3        one line for each row of a data set whose one-time pad is spent
namespace artifact {

using base::Digest;

/// What one proof spends of one root.
struct Spend
{
    Digest root{};
    uint64_t stamp = 0;                 ///< the counter stood at least here when the file was written
    uint64_t limit = 0;                 ///< uses allowed, this one included
    std::optional<uint32_t> masked_row; ///< spends this row's one-time pad too
    std::string renewal;                ///< what to do at the limit
};

struct Used
{
    uint64_t count = 0;
    std::vector<uint32_t> masked_rows;
    friend bool operator==(const Used&, const Used&) = default;
};

class Uses
{
public:
    /// The user's counters (env::state_directory).
    static std::expected<Uses, Error> open();

    /// Counters in `folder`, which exists.
    explicit Uses(std::string folder) : folder_(std::move(folder)) {}

    /// Begins the counter of a fresh root at `used`.
    std::expected<void, Error> begin(const Digest& root, uint64_t used) const;

    /// Counts one use of each root, all or none; durable on return. Processes exclude each other.
    ///
    /// Errors  uses: a counter missing, unreadable or below its stamp; at its limit; a pad already spent
    /// Cost    one lock, two fsyncs for each root
    std::expected<void, Error> spend(std::span<const Spend> spends) const;

    /// Where a counter stands.
    ///
    /// Errors  uses: missing, unreadable, or below the stamp
    std::expected<Used, Error> read(const Digest& root, uint64_t stamp) const;

private:
    std::string path_of(const Digest& root) const;

    std::string folder_;
};

/// Lower-case hexadecimal.
std::string hex(std::span<const uint8_t> bytes);

} // namespace artifact
