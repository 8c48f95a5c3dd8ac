#include "primitives/babe.hpp"
#include "primitives/extrinsic.hpp"
#include "primitives/grandpa.hpp"
#include "primitives/ss58.hpp"
#include "primitives/storage_key.hpp"
#include "primitives/validity.hpp"
#include "primitives/version.hpp"

#include "hash/keccak.hpp"
#include "hash/sha2.hpp"
#include "scale/testing/hex.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

/// vectors/primitives.tsv holds values that polkadot.js encoded: here the same values are built, and bytes compared.
namespace primitives {
namespace {

using scale::testing::hex;

const std::map<std::string, std::string, std::less<>>& golden()
{
    static const auto all = [] {
        std::map<std::string, std::string, std::less<>> lines;
        std::ifstream file{PRIMITIVES_VECTORS};
        for (std::string line; std::getline(file, line);)
            if (const auto tab = line.find('\t'); tab != line.npos)
                lines[line.substr(0, tab)] = line.substr(tab + 1);
        return lines;
    }();
    return all;
}

std::string expected(std::string_view name)
{
    const auto found = golden().find(name);
    EXPECT_NE(found, golden().end()) << name << " is not in vectors/primitives.tsv";
    return found == golden().end() ? "" : found->second;
}

// The value encodes to the golden bytes, they decode to the value, and no part of them decodes.
template <class T>
void matches(std::string_view name, const T& value)
{
    const auto bytes = scale::testing::bytes(expected(name));
    EXPECT_EQ(hex(scale::encode(value)), expected(name)) << name;
    const auto decoded = scale::decode<T>(bytes);
    ASSERT_TRUE(decoded) << name << ": " << scale::words(decoded.error().what) << " at " << decoded.error().at;
    EXPECT_EQ(*decoded, value) << name;
    for (size_t size = 0; size != bytes.size(); ++size)
        ASSERT_FALSE(scale::decode<T>(ByteView{bytes}.first(size))) << name << " cut to " << size;
    for (size_t at = 0; at != bytes.size(); ++at)
        for (const int mask : {1, 2, 4, 128, 255}) // another value, or none; never a second encoding of one
        {
            auto changed = bytes;
            changed[at] = uint8_t(changed[at] ^ mask);
            if (const auto other = scale::decode<T>(changed))
                ASSERT_EQ(scale::encode(*other), changed) << name << " changed at " << at;
        }
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_EQ(scale::decode<T>(longer).error(), (scale::Error{scale::Fault::trailing, bytes.size()})) << name;
}

template <size_t size>
std::array<uint8_t, size> fill(uint8_t byte)
{
    std::array<uint8_t, size> bytes;
    bytes.fill(byte);
    return bytes;
}

const babe::PreDigest primary = babe::Primary{7, 260000000, {fill<32>(8), fill<64>(9)}};
const std::vector<babe::Authority> two{{{fill<32>(1)}, 1}, {{fill<32>(2)}, 2}};
const babe::ConsensusLog next_epoch = babe::NextEpochData{two, fill<32>(3)};

Header header(std::vector<DigestItem> logs, BlockNumber number)
{
    return {fill<32>(1), number, fill<32>(2), fill<32>(3), {std::move(logs)}};
}

std::vector<DigestItem> full_digest()
{
    return {
        digest::PreRuntime{kBabeEngine, scale::encode(primary)},
        digest::Consensus{kBabeEngine, scale::encode(next_epoch)},
        digest::RuntimeEnvironmentUpdated{},
        digest::Other{{1, 2}},
        digest::Consensus{engine("PoIS"), Bytes(32, 2)},
        digest::Seal{kBabeEngine, Bytes(64, 4)},
    };
}

TEST(Golden, babe)
{
    matches("babe_primary", primary);
    matches("babe_secondary_plain", babe::PreDigest{babe::SecondaryPlain{1, 2}});
    matches("babe_secondary_vrf", babe::PreDigest{babe::SecondaryVrf{3, 4, {fill<32>(5), fill<64>(6)}}});
    matches("babe_next_epoch", next_epoch);
    const babe::EpochConfiguration config{{1, 4}, babe::AllowedSlots::PrimaryAndSecondaryVRFSlots};
    matches("babe_next_config",
            babe::ConsensusLog{babe::NextConfigData{babe::NextConfigDescriptor{babe::ConfigurationV1{config}}}});
    matches("babe_disabled", babe::ConsensusLog{babe::OnDisabled{5}});
    matches("babe_configuration",
            babe::Configuration{3000, 1200, {1, 4}, two, fill<32>(9), babe::AllowedSlots::PrimaryAndSecondaryVRFSlots});
}

TEST(Golden, headers_and_blocks)
{
    matches("header_empty", header({}, 0));
    EXPECT_EQ(hex(hash_of(header({}, 0))), expected("header_empty_hash"));
    matches("header_full", header(full_digest(), 1234567));
    EXPECT_EQ(hex(hash_of(header(full_digest(), 1234567))), expected("header_full_hash"));
    matches("block", Block{header(full_digest(), 2), {Bytes(10, 4), Bytes(300, 5)}});
}

grandpa::SignedPrecommit precommit(uint8_t i)
{
    return {{fill<32>(7), 99}, {fill<64>(i)}, {fill<32>(uint8_t(i + 100))}};
}

TEST(Golden, grandpa)
{
    matches(
        "grandpa_justification",
        grandpa::Justification{12, {fill<32>(7), 99, {precommit(1), precommit(2), precommit(3)}}, {header({}, 100)}});
    const grandpa::AuthorityList three{{{fill<32>(1)}, 1}, {{fill<32>(2)}, 2}, {{fill<32>(3)}, 3}};
    matches("grandpa_scheduled_change", grandpa::ConsensusLog{grandpa::ScheduledChange{three, 0}});
    matches("grandpa_forced_change", grandpa::ConsensusLog{grandpa::ForcedChange{55, {three[0]}, 6}});
    EXPECT_EQ(hex(grandpa::signed_payload(grandpa::Precommit{fill<32>(7), 99}, 12, 3)),
              expected("grandpa_signed_precommit"));
}

constexpr scale::u128 kTip = 5'000'000'000'000'000'000;
const Extra extra{Era::mortal(64, 1400), 70, kTip, MetadataHashMode::Disabled};

TEST(Golden, extrinsics)
{
    const OpaqueCall call{Bytes(40, 0x0a)};
    matches("era", extra.era);
    matches("extrinsic_bare", Extrinsic<>{{}, call});
    matches("extrinsic_signed", Extrinsic<>{{{AccountId32{fill<32>(1)}, Sr25519Signature{fill<64>(2)}, extra}}, call});
    matches("signature_ecdsa", MultiSignature{EcdsaSignature{fill<65>(3)}});
    matches("signature_ed25519", MultiSignature{Ed25519Signature{fill<64>(4)}});
    matches("address_index", MultiAddress{address::Index{300}});
    matches("address_raw", MultiAddress{address::Raw{{1, 2, 3}}});
    matches("address_address32", MultiAddress{address::Address32{fill<32>(5)}});
    matches("address_address20", MultiAddress{address::Address20{fill<20>(6)}});

    const Implicit implicit{100, 1, fill<32>(7), fill<32>(8), {}};
    EXPECT_EQ(hex(signing_payload(call, extra, implicit)), expected("payload_short"));
    EXPECT_EQ(hex(signing_payload(OpaqueCall{Bytes(400, 0x0a)}, extra, implicit)), expected("payload_long"));
}

TEST(Golden, eras)
{
    for (const auto& [name, line] : golden())
    {
        uint64_t current = 0, period = 0;
        if (sscanf(name.c_str(), "era_%lu_%lu", &current, &period) != 2)
            continue;
        const auto era = Era::mortal(period, current);
        EXPECT_EQ(hex(scale::encode(era)) + " " + std::to_string(era.birth(current)) + " " +
                      std::to_string(era.death(current)),
                  line)
            << name;
    }
}

TEST(Golden, versions_and_validity)
{
    matches("runtime_version",
            RuntimeVersion{"zkp", "zkp-node", 1, 100, 2, {{api_id("Core"), 5}, {api_id("BabeApi"), 2}}, 3, 1});
    matches("validity_valid", TransactionValidity{ValidTransaction{9, {{1, 2}}, {{3}, {}}, 64, true}});
    const auto invalid = [](InvalidTransaction why) { return TransactionValidity{std::unexpected(why)}; };
    matches("validity_stale", invalid({InvalidTransaction::Why::Stale}));
    matches("validity_custom", invalid({InvalidTransaction::Why::Custom, 171}));
    matches("validity_unknown",
            TransactionValidity{std::unexpected(UnknownTransaction{UnknownTransaction::Why::NoUnsignedValidator})});
}

TEST(Golden, storage_keys)
{
    constexpr auto prefix = storage_prefix("System", "Account");
    EXPECT_EQ(hex(prefix), expected("key_prefix"));
    const AccountId32 key{fill<32>(0x2a)};
    const std::pair<StorageHasher, std::string_view> cases[]{
        {StorageHasher::Blake2_128, "key_blake2_128"},
        {StorageHasher::Blake2_256, "key_blake2_256"},
        {StorageHasher::Blake2_128Concat, "key_blake2_128_concat"},
        {StorageHasher::Twox128, "key_twox_128"},
        {StorageHasher::Twox256, "key_twox_256"},
        {StorageHasher::Twox64Concat, "key_twox_64_concat"},
    };
    for (const auto& [hasher, name] : cases)
    {
        const auto hashed = map_key(prefix, hasher, key);
        EXPECT_EQ(hex(hashed), expected("key_prefix") + expected(name)) << name;
        const bool concat = name.ends_with("_concat");
        EXPECT_EQ(hashed.size(), 32 + hashed_bytes(hasher) + (concat ? 32 : 0)) << name;
    }
    EXPECT_EQ(hex(map_key(prefix, StorageHasher::Identity, key)), expected("key_prefix") + hex(key.bytes));
}

TEST(Golden, accounts_as_text)
{
    const auto alice = scale::testing::bytes("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
    for (const uint16_t prefix : {0, 2, 42, 63, 64, 255, 1284, 16383})
    {
        const auto text = expected("ss58_" + std::to_string(prefix));
        EXPECT_EQ(ss58::encode(alice, prefix), text);
        EXPECT_EQ(ss58::decode(text), (ss58::Address{prefix, alice}));
        EXPECT_EQ(hex(ss58::decode_account(text)->bytes), hex(alice));
    }
    const auto key = scale::testing::bytes("0389411795514af1627765eceffcbd002719f031604fadd7d188e2dc585b4e1afb");
    EXPECT_EQ(ss58::encode(key), expected("ss58_ecdsa"));
    EXPECT_EQ(ss58::decode(expected("ss58_ecdsa")), (ss58::Address{42, key}));
    EXPECT_EQ(ss58::decode_account(expected("ss58_ecdsa")), std::unexpected(ss58::Refusal::length));
    EcdsaPublic ecdsa;
    std::ranges::copy(key, ecdsa.bytes.begin());
    EXPECT_EQ(hex(account_of(ecdsa).bytes), expected("account_ecdsa"));
    EXPECT_EQ(account_of(Sr25519Public{fill<32>(3)}), AccountId32{fill<32>(3)});
}

TEST(Golden, hashes)
{
    const Bytes text = {'z', 'e', 'r', 'o', ' ', 'k', 'n', 'o', 'w', 'l', 'e', 'd', 'g', 'e'}, bytes(1000, 7);
    for (const auto& [name, input] : {std::pair{"text", text}, {"bytes", bytes}})
    {
        const auto is = [&](std::string_view method, ByteView value) {
            EXPECT_EQ(hex(value), expected(std::string(method) + "_" + name));
        };
        is("blake2_64", hash::blake2_64(input));
        is("blake2_128", hash::blake2_128(input));
        is("blake2_256", hash::blake2_256(input));
        is("blake2_512", hash::blake2_512(input));
        is("twox_64", hash::twox_64(input));
        is("twox_128", hash::twox_128(input));
        is("twox_256", hash::twox_256(input));
        is("keccak_256", hash::keccak_256(input));
        is("keccak_512", hash::keccak_512(input));
        is("sha2_256", hash::sha2_256(input));
    }
}

} // namespace
} // namespace primitives
