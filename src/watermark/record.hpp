#pragma once

#include "env/file.hpp"
#include "watermark/marks.hpp"

#include <memory>
#include <mutex>

namespace watermark {

/// Bytes of one copy in the file: kMarksMax marks, and what frames them.
inline constexpr size_t kCopyBytes = size_t{1} << 16;

/// The marks of a node in its folder, as the file `signed`. Safe from several threads; one process at a time: the
/// caller holds the folder's lock.
class Record
{
public:
    /// In memory: for chains that end with the process.
    Record() = default;

    static std::string path_of(const std::string& folder) { return folder + "/signed"; }
    static bool exists(const std::string& folder);

    /// Makes the file of a folder whose keys have signed nothing that counts. Slots up to `floor_slot`, which the
    /// caller takes from clock and chain, are not signed.
    ///
    /// Errors  one line: the file exists, or the disk refuses
    static std::expected<void, std::string> create(const std::string& folder, uint64_t floor_slot);

    /// Opens the file. A missing one is refused: whoever has keys that signed must restore it, or say that they may
    /// begin anew, which is create().
    ///
    /// Errors  one line: missing, damaged (both copies), or the disk refuses
    static std::expected<std::unique_ptr<Record>, std::string> open(const std::string& folder);

    /// To be called before the block of `slot` is sealed with `key`: once this returns, the mark is on the disk.
    ///
    /// Errors  those of Marks::raise_slot; disk, and then always
    /// Cost    two writes, each synced
    std::expected<void, Refusal> seal(const Key& key, uint64_t slot);

    /// To be called before `keys` sign a vote: once this returns, the marks are on the disk.
    ///
    /// Errors  those of Marks::raise_vote; disk, and then always
    /// Cost    two writes, each synced; nothing for a vote that is marked already
    std::expected<void, Refusal> vote(std::span<const Key> keys, const Vote& vote);

    Marks marks() const;

private:
    explicit Record(env::SyncedFile file) : file_(std::move(file)) {}

    std::expected<void, Refusal> keep(Marks marks);

    std::optional<env::SyncedFile> file_; ///< nothing: in memory
    mutable std::mutex mutex_;
    Marks marks_;
    uint64_t sequence_ = 0; ///< of the newest copy
    std::optional<Refusal> broken_;
};

} // namespace watermark
