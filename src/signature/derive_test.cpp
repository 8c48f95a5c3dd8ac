#include "signature/derive.hpp"

#include "signature/english_words.hpp"
#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace {

namespace fixture = signature::testing;
using namespace signature;
using fixture::hex;

std::string key_of(std::string_view uri) { return hex(sr25519::from_uri(uri)->public_key()); }
UriRefusal why(std::string_view uri) { return parse_uri(uri).error(); }

/// Printed by `subkey inspect //Alice` and known to every Substrate developer.
TEST(Derive, alice_has_her_well_known_keys)
{
    EXPECT_EQ(key_of("//Alice"), "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
    EXPECT_EQ(key_of("//Bob"), "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48");
    EXPECT_EQ(key_of("//Alice//stash"), "be5ddb1579b72e84524fc29e78609e3caf42e85aa118ebfe0b0ad404b5bdd25f");
    EXPECT_EQ(hex(ed25519::from_uri("//Alice")->public_key()),
              "88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee");
    EXPECT_EQ(hex(ecdsa::from_uri("//Alice")->public_key()),
              "020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1");
}

TEST(Derive, the_development_phrase_has_its_well_known_seed)
{
    const auto seed = seed_of_phrase(kDevelopmentPhrase, "");
    ASSERT_TRUE(seed);
    EXPECT_EQ(hex(seed->expose()), "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e");
    EXPECT_EQ(key_of(""), "46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a");
    EXPECT_EQ(key_of("0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e//Alice"), key_of("//Alice"));
}

/// The first vectors of BIP 39's own file, and one whose entropy is not uniform.
/// Source  trezor/python-mnemonic, vectors.json, "english"
TEST(Derive, entropy_has_the_phrase_that_bip_39_lists)
{
    const auto phrase = [](const base::Bytes& entropy) { return std::string(phrase_of(entropy).expose()); };
    EXPECT_EQ(phrase(base::Bytes(16)),
              "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about");
    EXPECT_EQ(phrase(base::Bytes(16, 0x7f)),
              "legal winner thank year wave sausage worth useful legal winner thank yellow");
    EXPECT_EQ(phrase(base::Bytes(24, 0x80)), "letter advice cage absurd amount doctor acoustic avoid letter advice "
                                             "cage absurd amount doctor acoustic avoid letter always");
    EXPECT_EQ(phrase(base::Bytes(32, 0xff)), "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
                                             "zoo zoo zoo zoo zoo vote");
}

TEST(Derive, every_phrase_that_is_made_reads_again)
{
    for (const size_t size : {16, 20, 24, 28, 32})
        for (uint8_t first = 0; first != 16; ++first)
        {
            base::Bytes entropy(size);
            for (size_t i = 0; i != size; ++i)
                entropy[i] = uint8_t((first + 1) * (i + 7) * 37);
            EXPECT_TRUE(seed_of_phrase(phrase_of(entropy).expose(), "")) << size;
        }
}

/// "Secret seed" of `subkey inspect //Alice`.
TEST(Derive, a_hard_path_ends_in_a_seed_and_a_soft_one_in_none)
{
    const auto seed = sr25519::seed_from_uri("//Alice");
    EXPECT_EQ(hex((*seed)->expose()), "e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a");
    EXPECT_EQ(sr25519::Keypair::from_seed(**sr25519::seed_from_uri("//Alice/soft//hard")).public_key(),
              sr25519::from_uri("//Alice/soft//hard")->public_key());
    EXPECT_FALSE(*sr25519::seed_from_uri("//Alice/soft"));
}

TEST(Derive, a_password_takes_the_place_of_another)
{
    EXPECT_EQ(with_password("//Alice", "pass").expose(), "//Alice///pass");
    EXPECT_EQ(with_password("//Alice/a///old/er", "new").expose(), "//Alice/a///new");
    EXPECT_EQ(with_password("", "").expose(), "///");
}

TEST(Derive, junctions_are_numbers_or_names)
{
    EXPECT_EQ(hex(junction("7", true).code), "07" + std::string(62, '0'));
    EXPECT_EQ(junction("007", true), junction("7", true));
    EXPECT_EQ(junction("+7", true), junction("7", true));
    EXPECT_EQ(hex(junction("18446744073709551615", true).code), std::string(16, 'f') + std::string(48, '0'));
    EXPECT_EQ(hex(junction("Alice", true).code), "14416c696365" + std::string(52, '0'));
    EXPECT_NE(junction("18446744073709551616", true).code, Bytes32{}); // too large for a number: a name
    EXPECT_NE(junction("-7", true), junction("7", true));
    EXPECT_NE(junction("7 ", true), junction("7", true));
    EXPECT_EQ(hex(junction(std::string(31, 'a'), true).code).substr(0, 4), "7c61"); // 31 bytes and the length fit
    EXPECT_NE(hex(junction(std::string(32, 'a'), true).code).substr(0, 4), "8061"); // 32 are hashed
    EXPECT_NE(junction("a", true), junction("a", false));
}

TEST(Derive, soft_keys_follow_from_the_public_key_and_sign)
{
    fixture::NoEntropy entropy;
    const auto parent = *sr25519::from_uri("//Alice");
    for (const auto* name : {"soft", "0", "1", "a soft name of more than thirty-two bytes"})
    {
        const auto step = junction(name, false);
        const auto child = sr25519::derive(parent, step);
        EXPECT_EQ(sr25519::derive_soft(parent.public_key(), step.code), child.public_key());
        EXPECT_TRUE(
            sr25519::verify(base::view("m"), sr25519::sign(child, base::view("m"), entropy), child.public_key()));
        EXPECT_NE(hex(child.nonce().expose()), hex(parent.nonce().expose()));
        EXPECT_NE(sr25519::derive(parent, junction(name, true)).public_key(), child.public_key());
    }
    Bytes32 no_key;
    no_key.fill(0xff);
    EXPECT_FALSE(sr25519::derive_soft(no_key, ChainCode{}));
}

TEST(Derive, soft_steps_need_sr25519)
{
    EXPECT_EQ(ed25519::from_uri("//Alice/soft").error(), UriRefusal::soft_junction);
    EXPECT_EQ(ecdsa::from_uri("/soft").error(), UriRefusal::soft_junction);
}

TEST(Derive, refuses_what_is_no_uri)
{
    for (const auto* uri : {"/", "//", "//Alice/", "//Alice//", "//Alice//stash/", "a-b", "//Alice\n/", "\t", "_"})
        EXPECT_EQ(why(uri), UriRefusal::form) << uri;
    for (const auto* uri : {"0x", "0x0", "0x00", "0x//Alice", "0xfg"})
        EXPECT_EQ(why(uri), UriRefusal::hex_seed) << uri;
    EXPECT_EQ(why("0x" + std::string(63, 'a') + "g"), UriRefusal::hex_seed);
    EXPECT_EQ(why("0x" + std::string(63, 'a') + " "), UriRefusal::hex_seed);
    EXPECT_EQ(why("0x" + std::string(66, 'a')), UriRefusal::hex_seed);
    EXPECT_EQ(why(std::string(kUriBytesMax + 1, 'a')), UriRefusal::too_long);
    std::string path;
    for (size_t i = 0; i != kJunctionsMax; ++i)
        path += "//a";
    EXPECT_TRUE(parse_uri(path));
    EXPECT_EQ(why(path + "/a"), UriRefusal::junction_count);
}

/// The password takes everything, slashes too.
TEST(Derive, a_password_may_hold_anything)
{
    EXPECT_NE(key_of("//Alice///a/b//c"), key_of("//Alice///a"));
    EXPECT_NE(key_of("//Alice///"), key_of("//Alice/// "));
    EXPECT_EQ(key_of("//Alice///"), key_of("//Alice"));
}

TEST(Phrase, refuses_wrong_words_counts_and_checksums)
{
    const auto refusal = [](const std::string& phrase) { return seed_of_phrase(phrase, "").error(); };
    const std::string eleven = "bottom drive obey lake curtain smoke basket hold race lonely fit";
    EXPECT_TRUE(seed_of_phrase("  bottom drive  obey lake curtain smoke basket hold race lonely fit walk ", ""));
    EXPECT_EQ(refusal(""), UriRefusal::word_count);
    EXPECT_EQ(refusal(eleven), UriRefusal::word_count);
    EXPECT_EQ(refusal(eleven + " walk walk"), UriRefusal::word_count);
    EXPECT_EQ(refusal(eleven + " bottom"), UriRefusal::checksum);
    EXPECT_EQ(refusal(eleven + " wal"), UriRefusal::word);
    EXPECT_EQ(refusal(eleven + " Walk"), UriRefusal::word);
    EXPECT_EQ(refusal(eleven + " zzz"), UriRefusal::word);
    std::string many;
    for (int i = 0; i != 25; ++i)
        many += "zoo ";
    EXPECT_EQ(refusal(many), UriRefusal::word_count);
}

/// One of sixteen last words fits a phrase of twelve; all words of the list are found.
TEST(Phrase, one_word_in_sixteen_completes_a_phrase)
{
    std::string_view words = english_words();
    EXPECT_EQ(std::ranges::count(words, '\n'), 2048);
    size_t fitting = 0;
    while (!words.empty())
    {
        const auto word = words.substr(0, words.find('\n'));
        words.remove_prefix(word.size() + 1);
        const std::string phrase =
            "bottom drive obey lake curtain smoke basket hold race lonely fit " + std::string(word);
        const auto seed = seed_of_phrase(phrase, "");
        ASSERT_TRUE(seed || seed.error() == UriRefusal::checksum) << word;
        fitting += seed.has_value();
    }
    EXPECT_EQ(fitting, 128u);
}

} // namespace
