#include "commands.hpp"
#include "files.hpp"
#include "secrets.hpp"

#include "artifact/uses.hpp"
#include "env/entropy.hpp"
#include "env/file.hpp"
#include "env/state.hpp"
#include "keystore/folder.hpp"
#include "primitives/ss58.hpp"
#include "signature/derive.hpp"
#include "watermark/record.hpp"

#include <charconv>
#include <filesystem>
#include <iostream>
#include <iterator>

/// key generate, inspect, insert, sign, verify: what subkey does, with secrets kept off the command line.
namespace cmd {
namespace {

namespace sr25519 = signature::sr25519;
namespace ed25519 = signature::ed25519;
namespace ecdsa = signature::ecdsa;
namespace ss58 = primitives::ss58;
using base::Bytes;
using base::ByteView;
using signature::SecretText;
using Pair = host::Keystore::Pair;

constexpr uint64_t kMessageBytesMax = uint64_t{1} << 30;

std::string hex(ByteView bytes) { return "0x" + artifact::hex(bytes); }

std::optional<Bytes> parse_hex(std::string_view text)
{
    if (text.starts_with("0x"))
        text.remove_prefix(2);
    if (text.size() % 2 != 0)
        return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (size_t i = 0; i != bytes.size(); ++i)
    {
        const char* digits = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, bytes[i], 16);
        if (error != std::errc{} || end != digits + 2)
            return std::nullopt;
    }
    return bytes;
}

template <class Keypair>
Or<Pair> as_pair(std::expected<Keypair, signature::UriRefusal> made)
{
    if (!made)
        return refused("the secret does not read: " + std::string(signature::words(made.error())));
    return Pair(std::move(*made));
}

Or<Pair> pair_of(const std::string& scheme, std::string_view uri)
{
    if (scheme == "ed25519")
        return as_pair(ed25519::from_uri(uri));
    return scheme == "ecdsa" ? as_pair(ecdsa::from_uri(uri)) : as_pair(sr25519::from_uri(uri));
}

Bytes public_key(const Pair& pair)
{
    return std::visit([](const auto& key) { return Bytes(key.public_key().begin(), key.public_key().end()); }, pair);
}

primitives::AccountId32 account_of(ByteView key)
{
    primitives::AccountId32 account;
    if (key.size() == account.bytes.size())
        std::ranges::copy(key, account.bytes.begin());
    else
        account.bytes = hash::blake2_256(key);
    return account;
}

/// The seed that the pair is made from; empty where there is none.
SecretText seed_text(const Pair& pair, std::string_view uri)
{
    const auto text = [](ByteView seed) { return SecretText(hex(seed)); };
    if (const auto* ed = std::get_if<ed25519::Keypair>(&pair))
        return text(ed->secret_key().expose().first<32>());
    if (const auto* ec = std::get_if<ecdsa::Keypair>(&pair))
        return text(ec->scalar().expose());
    const auto seed = sr25519::seed_from_uri(uri);
    return seed && *seed ? text((**seed).expose()) : SecretText();
}

Or<std::optional<SecretText>> read_password(const KeySecret& from)
{
    return cmd::read_password({from.password_file, from.password_variable}, from.ask_password);
}

/// The secret URI, with its password.
Or<SecretText> read_uri(const KeySecret& from)
{
    auto uri = read_secret({from.file, from.variable}, "secret URI", "--suri");
    if (!uri)
        return uri;
    const auto password = read_password(from);
    if (!password)
        return std::unexpected(password.error());
    return *password ? signature::with_password(uri->expose(), (*password)->expose()) : std::move(*uri);
}

Or<uint16_t> prefix_of(uint32_t network)
{
    if (network > ss58::kPrefixMax || network == 46 || network == 47)
        return usage("--network: prefixes are 0 to 16383, without 46 and 47, which are reserved");
    return uint16_t(network);
}

/// What a public key is called on a network.
Report describe_key(ByteView key, const std::string& scheme, uint16_t prefix)
{
    const auto account = account_of(key);
    Report report;
    report.json = {{"scheme", scheme},
                   {"networkId", prefix},
                   {"publicKey", hex(key)},
                   {"accountId", hex(account.bytes)},
                   {"ss58PublicKey", ss58::encode(key, prefix)},
                   {"ss58Address", ss58::encode(account, prefix)}};
    report.text = "  Scheme:            " + scheme + "\n  Network ID:        " + std::to_string(prefix) +
                  "\n  Public key (hex):  " + hex(key) + "\n  Account ID:        " + hex(account.bytes) +
                  "\n  Public key (SS58): " + ss58::encode(key, prefix) +
                  "\n  SS58 Address:      " + ss58::encode(account, prefix) + "\n";
    return report;
}

void add_secret(Report& report, const char* name, const std::string& title, std::string_view secret)
{
    report.json[name] = std::string(secret);
    report.text = title + std::string(secret) + "\n" + report.text;
}

/// A public key from the command line: an address or hexadecimal digits.
struct Public
{
    Bytes key;
    std::optional<uint16_t> prefix; ///< of the address
};

Or<Public> parse_public(const std::string& text)
{
    if (text.find('/') != std::string::npos || text.find(' ') != std::string::npos)
        return usage("that looks like a secret, which does not belong on the command line: other users can read it. "
                     "Use --suri-file, --suri-env or the prompt, and think of this secret as known");
    if (text.starts_with("0x"))
    {
        auto key = parse_hex(text);
        if (!key || (key->size() != 32 && key->size() != 33))
            return usage("a public key has 32 or 33 bytes: 64 or 66 hexadecimal digits after 0x");
        return Public{std::move(*key), std::nullopt};
    }
    auto address = ss58::decode(text);
    if (!address)
        return usage("not an address: " + std::string(ss58::words(address.error())));
    return Public{std::move(address->bytes), address->prefix};
}

Or<Bytes> read_message(const KeyMessage& from)
{
    Bytes bytes;
    if (!from.file.empty())
    {
        auto file = env::read_file(from.file, kMessageBytesMax);
        if (!file)
            return usage(file.error().words);
        bytes = std::move(*file);
    }
    else
    {
        for (std::array<char, 65536> block; std::cin.read(block.data(), block.size()) || std::cin.gcount() > 0;)
        {
            bytes.insert(bytes.end(), block.data(), block.data() + std::cin.gcount());
            if (bytes.size() > kMessageBytesMax)
                return usage("the message has more than 1 GB");
        }
    }
    if (!from.hex)
        return bytes;
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    auto parsed = parse_hex(text);
    if (!parsed)
        return usage("--hex: the message is not an even number of hexadecimal digits");
    return std::move(*parsed);
}

template <size_t n>
std::span<const uint8_t, n> exactly(ByteView bytes)
{
    return std::span<const uint8_t, n>(bytes);
}

bool verifies(const std::string& scheme, ByteView message, ByteView signature, ByteView key)
{
    if (scheme != "ecdsa")
    {
        if (signature.size() != 64 || key.size() != 32)
            return false;
        const auto verify =
            scheme == "ed25519" ? ed25519::verify : static_cast<decltype(&ed25519::verify)>(sr25519::verify);
        return verify(message, exactly<64>(signature), exactly<32>(key)).has_value();
    }
    if (signature.size() != 65)
        return false;
    // An account of an ECDSA key is a hash of it; the signature gives the key itself.
    const auto maker = ecdsa::recover_compressed(exactly<65>(signature), hash::blake2_256(message));
    return maker &&
           (std::ranges::equal(*maker, key) || (key.size() == 32 && std::ranges::equal(account_of(*maker).bytes, key)));
}

/// Begins the record of what a node's keys signed where nothing can have signed yet: no chain, no keys, no record. With
/// keys but without a record, the node would take it for lost and keep silent.
///
/// Floor  slot 0: a node never seals a slot that began before itself
Or<void> begin_record(const std::string& base)
{
    using watermark::Record;
    const auto chain_is_new = [&] {
        return !env::exists(base + "/db") && !env::has_entries(base + "/keystore") && !Record::exists(base);
    };
    if (!chain_is_new())
        return {};
    std::error_code ignored;
    std::filesystem::create_directories(base, ignored); // the lock says what is wrong
    const auto lock = env::FolderLock::try_take(base);
    if (!lock)
        return refused(lock.error().words);
    if (!chain_is_new())
        return {};
    if (const auto made = Record::create(base, 0); !made)
        return refused(made.error());
    return {};
}

} // namespace

Answer run(const KeyGenerate& options)
{
    const auto prefix = prefix_of(options.network);
    if (!prefix)
        return std::unexpected(prefix.error());
    const bool shown = options.show || at_terminal();
    if (options.out.empty() && !shown)
        return usage("the secret would land in a file or a log: give --out FILE, or --show if that is meant");
    if (!options.out.empty() && std::filesystem::exists(std::filesystem::symlink_status(options.out)))
        return refused(options.out + " exists already; a key in it would be lost");
    signature::Secret<32> fresh;
    const auto entropy = fresh.expose().first(options.words * 4 / 3); // three words: 32 bits and one of the checksum
    env::OsEntropy().fill(entropy, "key");
    const auto phrase = signature::phrase_of(entropy);
    const auto pair = pair_of(options.scheme, phrase.expose());
    if (!pair)
        return std::unexpected(pair.error());
    auto report = describe_key(public_key(*pair), options.scheme, *prefix);
    if (!options.out.empty())
    {
        const std::array parts{base::view(phrase.expose()), base::view("\n")};
        if (const auto written = env::write_file(options.out, parts, 0600); !written)
            return refused(written.error().words);
        report.json["file"] = options.out;
        report.text = "Secret phrase in     " + options.out + ": whoever reads it owns the key\n" + report.text;
    }
    if (options.out.empty() || options.show)
    {
        add_secret(report, "secretSeed", "  Secret seed:       ", seed_text(*pair, phrase.expose()).expose());
        add_secret(report, "secretPhrase", "Secret phrase:       ", phrase.expose());
    }
    return report;
}

Answer run(const KeyInspect& options)
{
    const auto prefix = prefix_of(options.network.value_or(ss58::kPrefixSubstrate));
    if (!prefix)
        return std::unexpected(prefix.error());
    if (!options.target.empty())
    {
        const auto target = parse_public(options.target);
        if (!target)
            return std::unexpected(target.error());
        const auto network = options.network ? *prefix : target->prefix.value_or(*prefix);
        return describe_key(target->key, target->key.size() == 33 ? "ecdsa" : "any of 32 bytes", network);
    }
    const auto uri = read_uri(options.secret);
    if (!uri)
        return std::unexpected(uri.error());
    const auto pair = pair_of(options.scheme, uri->expose());
    if (!pair)
        return std::unexpected(pair.error());
    auto report = describe_key(public_key(*pair), options.scheme, *prefix);
    if (const auto seed = seed_text(*pair, uri->expose()); (options.show || at_terminal()) && !seed.expose().empty())
        add_secret(report, "secretSeed", "  Secret seed:       ", seed.expose());
    return report;
}

Answer run(const KeyInsert& options)
{
    if (options.folder.empty() == options.base.empty())
        return usage("give --base-path, the node's folder, or --keystore-path, the folder of keys itself");
    if (options.type.size() != 4)
        return usage("--key-type: four characters, such as babe, gran, acco");
    const auto uri = read_secret({options.secret.file, options.secret.variable}, "secret URI", "--suri");
    if (!uri)
        return std::unexpected(uri.error());
    auto password = read_password(options.secret);
    if (!password)
        return std::unexpected(password.error());
    if (!options.base.empty())
        if (const auto begun = begin_record(options.base); !begun)
            return std::unexpected(begun.error());
    auto folder = keystore::Folder::open(options.folder.empty() ? options.base + "/keystore" : options.folder,
                                         std::move(*password));
    if (!folder)
        return refused(folder.error());
    // The password opens the key and is not written down with it.
    const auto pair = pair_of(options.scheme, (*folder)->unlocked(uri->expose()).expose());
    if (!pair)
        return std::unexpected(pair.error());
    host::KeyType type{};
    std::ranges::copy(options.type, type.begin());
    const auto key = public_key(*pair);
    const auto file = (*folder)->path() + "/" + keystore::file_name(type, key);
    if (!(*folder)->keep(type, key, uri->expose()))
        return refused("cannot write " + file + "; is the disk full, or the folder somebody else's?");
    return Report{"key " + hex(key) + " is in " + file + "; a node that runs sees it at its next start\n",
                  {{"publicKey", hex(key)}, {"keyType", options.type}, {"file", file}}};
}

Answer run(const KeySign& options)
{
    const auto uri = read_uri(options.secret);
    if (!uri)
        return std::unexpected(uri.error());
    const auto pair = pair_of(options.scheme, uri->expose());
    if (!pair)
        return std::unexpected(pair.error());
    const auto message = read_message(options.message);
    if (!message)
        return std::unexpected(message.error());
    env::OsEntropy entropy;
    const auto signature = std::visit(
        [&]<class Keypair>(const Keypair& key) {
            if constexpr (std::is_same_v<Keypair, sr25519::Keypair>)
                return hex(sr25519::sign(key, *message, entropy));
            else if constexpr (std::is_same_v<Keypair, ed25519::Keypair>)
                return hex(ed25519::sign(key, *message));
            else
                return hex(ecdsa::sign(key, *message));
        },
        *pair);
    return Report{signature + "\n", {{"signature", signature}, {"publicKey", hex(public_key(*pair))}}};
}

Answer run(const KeyVerify& options)
{
    const auto key = parse_public(options.key);
    if (!key)
        return std::unexpected(key.error());
    const auto signature = parse_hex(options.signature);
    if (!signature)
        return usage("the signature is not an even number of hexadecimal digits");
    const auto message = read_message(options.message);
    if (!message)
        return std::unexpected(message.error());
    if (!verifies(options.scheme, *message, *signature, key->key))
        return refused("the signature is not this key's for this message");
    return Report{"the signature verifies\n", {{"verified", true}}};
}

} // namespace cmd
