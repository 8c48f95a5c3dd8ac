#include "keystore/folder.hpp"

#include "base/hex.hpp"
#include "env/folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace keystore {
namespace {

using signature::SecretText;

constexpr uint32_t kFileMode = 0600;
constexpr size_t kTypeBytes = std::tuple_size_v<host::KeyType>;

/// What a file's name says.
struct Name
{
    host::KeyType type{};
    Bytes public_key;
};

std::optional<Name> parse_name(std::string_view text)
{
    if (text.size() != 2 * (kTypeBytes + 32) && text.size() != 2 * (kTypeBytes + 33))
        return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (size_t i = 0; i != bytes.size(); ++i)
    {
        const char* digits = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, bytes[i], 16);
        if (error != std::errc{} || end != digits + 2)
            return std::nullopt;
    }
    Name name;
    std::ranges::copy_n(bytes.begin(), kTypeBytes, name.type.begin());
    name.public_key.assign(bytes.begin() + kTypeBytes, bytes.end());
    return name;
}

/// The secret URI in a file. The file's bytes are wiped.
std::optional<SecretText> parse_content(Bytes file)
{
    auto json = nlohmann::json::parse(file.begin(), file.end(), nullptr, false);
    crypto::wipe(file);
    if (!json.is_string())
        return std::nullopt;
    return SecretText(std::move(json.get_ref<std::string&>()));
}

} // namespace

std::string file_name(const host::KeyType& type, ByteView public_key)
{
    return base::hex(ByteView(type)) + base::hex(public_key);
}

std::expected<std::unique_ptr<Folder>, std::string> Folder::open(std::string path, std::optional<SecretText> password)
{
    if (const auto made = env::private_folder(path); !made)
        return std::unexpected(made.error().words);
    return std::unique_ptr<Folder>(new Folder(std::move(path), std::move(password)));
}

std::optional<std::string> Folder::load_file(const std::string& name, host::Keystore& keys) const
{
    const auto path = path_ + "/" + name;
    const auto problem = [&path](std::string_view words) { return path + ": " + std::string(words) + "; left alone"; };
    const auto key = parse_name(name);
    if (!key)
        return problem("not a key: its name is not the hexadecimal key type and public key");
    auto file = env::read_file(path, kFileBytesMax);
    if (!file)
        return file.error().words;
    const auto uri = parse_content(std::move(*file));
    if (!uri)
        return problem("not a key: it does not hold a secret as a JSON string");
    const auto added = keys.insert_matching(key->type, unlocked(uri->expose()).expose(), key->public_key);
    if (!added && added.error() == host::KeystoreRefusal::mismatch)
        return problem(password_ ? "its secret belongs to another public key; is the password right?"
                                 : "its secret belongs to another public key; does it need a password?");
    if (!added)
        return problem(host::words(added.error()));
    if (env::open_to_others(path))
        return path + ": others can read this key; run: chmod 600 " + path;
    return std::nullopt;
}

std::vector<std::string> Folder::load(host::Keystore& keys) const
{
    auto names = env::list_folder(path_, kEntriesMax + 1);
    if (!names)
        return {names.error().words};
    std::vector<std::string> problems;
    if (names->size() > kEntriesMax)
    {
        problems.push_back(path_ + ": more than " + std::to_string(kEntriesMax) + " files; some keys are not loaded");
        names->pop_back();
    }
    for (const auto& name : *names)
        if (auto problem = load_file(name, keys))
            problems.push_back(std::move(*problem));
    return problems;
}

bool Folder::keep(const host::KeyType& type, ByteView public_key, std::string_view uri)
{
    nlohmann::json json = std::string(uri);
    SecretText text(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    SecretText::wipe(json.get_ref<std::string&>());
    const std::array parts{base::view(text.expose())};
    return env::write_file(path_ + "/" + file_name(type, public_key), parts, kFileMode).has_value();
}

SecretText Folder::unlocked(std::string_view uri) const
{
    return password_ ? signature::with_password(uri, password_->expose()) : SecretText(uri);
}

} // namespace keystore
