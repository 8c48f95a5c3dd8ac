#pragma once

#include "host/keystore.hpp"
#include "signature/secret.hpp"

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A node's secret keys in a folder, as Substrate's nodes keep them.
namespace keystore {

using base::Bytes;
using base::ByteView;

/// The longest file that is looked at: a secret URI, each byte of it escaped.
inline constexpr uint64_t kFileBytesMax = 6 * signature::kUriBytesMax + 8;
/// Files that are looked at; further ones are not read, and a line says so.
inline constexpr size_t kEntriesMax = 2 * host::kKeysMax;

/// hex(key type ‖ public key): the name of a key's file.
std::string file_name(const host::KeyType& type, ByteView public_key);

/// A folder of keys: one file each, readable by its owner alone, holding the secret URI as a JSON string.
class Folder final : public host::KeyVault
{
public:
    /// Opens the folder; makes it, readable by its owner alone, where it is missing. One that others may enter is
    /// closed to them.
    ///
    /// password  taken as the URIs' `///password`, in place of any that they have; it is not kept
    /// Errors    one line: the folder cannot be made, is none, or belongs to somebody else
    static std::expected<std::unique_ptr<Folder>, std::string> open(std::string path,
                                                                    std::optional<signature::SecretText> password = {});

    /// Adds every key of the folder to `keys`, which has no vault yet.
    ///
    /// Result  one line for each file that is damaged, foreign, or readable by others, with its name; the first two
    ///         are left alone
    /// Cost    3 ms a key that is a phrase
    std::vector<std::string> load(host::Keystore& keys) const;

    bool keep(const host::KeyType& type, ByteView public_key, std::string_view uri) override;
    signature::SecretText unlocked(std::string_view uri) const override;

    const std::string& path() const { return path_; }

private:
    Folder(std::string path, std::optional<signature::SecretText> password)
        : path_(std::move(path)), password_(std::move(password))
    {
    }

    std::optional<std::string> load_file(const std::string& name, host::Keystore& keys) const;

    std::string path_;
    std::optional<signature::SecretText> password_;
};

} // namespace keystore
