#pragma once

#include "env/append_file.hpp"
#include "host/offchain.hpp"

#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace offchain {

using base::Bytes;
using base::ByteView;
using host::LocalStorage;

/// Bounds: of a key, of a value, of all of them with kEntryBytes for each.
inline constexpr size_t kKeyBytesMax = 1024;
inline constexpr size_t kValueBytesMax = size_t{1} << 20;
inline constexpr size_t kStorageBytesMax = size_t{16} << 20;
inline constexpr size_t kEntryBytes = 64;

/// What off-chain workers remember, PERSISTENT and LOCAL apart: in memory, and in a file to which every change is
/// appended. Safe from several threads; compare_and_set is one step.
///
/// Crash   a change survives the end of the process, however it ends; of a power cut the last changes may be lost,
///         never older ones, and never half of one
/// Format  kMagic, then records: u32le size of the body; the body: kind, 0 removed or 1 set, u32le size of the key,
///         key, value; the first 8 bytes of the body's BLAKE2b-256. Later records win. What follows a record that
///         does not read is cut off at opening.
class LocalStorageFile
{
public:
    /// path    empty: in memory, gone at the end. One process at a time uses a file: the node's database sees to it.
    /// Errors  one line: the file cannot be read or made, or is not of this kind; it is left alone
    static std::expected<std::unique_ptr<LocalStorageFile>, std::string> open(std::string path);
    LocalStorageFile(const LocalStorageFile&) = delete;
    LocalStorageFile& operator=(const LocalStorageFile&) = delete;

    std::optional<Bytes> get(LocalStorage kind, ByteView key) const;

    /// False, with nothing changed, beyond a bound or when the disk refuses.
    bool set(LocalStorage kind, ByteView key, ByteView value);
    bool remove(LocalStorage kind, ByteView key);
    /// False too when the key does not hold `expected`; nothing expected: there is no such key.
    bool compare_and_set(LocalStorage kind, ByteView key, std::optional<ByteView> expected, ByteView value);

    /// Of the entries, as the bound counts them.
    size_t bytes() const;

private:
    explicit LocalStorageFile(std::string path) : path_(std::move(path)) {}

    using Name = std::pair<LocalStorage, Bytes>;

    std::expected<void, std::string> load();
    bool change(LocalStorage kind, ByteView key, std::optional<ByteView> value);
    void compact();
    void apply(LocalStorage kind, ByteView key, std::optional<ByteView> value);

    std::string path_;
    mutable std::mutex mutex_;
    std::map<Name, Bytes> entries_;
    size_t bytes_ = 0;
    env::AppendFile file_;
};

} // namespace offchain
