#include "primitives/babe.hpp"
#include "primitives/extrinsic.hpp"
#include "primitives/grandpa.hpp"
#include "primitives/inherent.hpp"
#include "primitives/ss58.hpp"

#include "scale/testing/hex.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace primitives {
namespace {

using scale::Fault;
using scale::testing::bytes;
using scale::testing::hex;

template <class T>
void refused(std::string_view text, Fault what, size_t at)
{
    const auto value = scale::decode<T>(bytes(text));
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error(), (scale::Error{what, at}))
        << text << ": " << scale::words(value.error().what) << " at " << value.error().at;
}

// Block 0 of Polkadot: the hash that names the network.
TEST(Header, the_genesis_header_of_polkadot_has_its_known_hash)
{
    Header header;
    const auto root = bytes("29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17");
    const auto empty_trie = bytes("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314");
    std::ranges::copy(root, header.state_root.begin());
    std::ranges::copy(empty_trie, header.extrinsics_root.begin());
    EXPECT_EQ(hex(hash_of(header)), "91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3");
}

TEST(Header, the_seal_comes_off_and_nothing_else_does)
{
    Header header;
    header.digest.logs = {digest::PreRuntime{kBabeEngine, {1}}, digest::Seal{kBabeEngine, {2}}};
    const auto unsealed = unseal(header);
    ASSERT_TRUE(unsealed);
    EXPECT_EQ(unsealed->seal, (digest::Seal{kBabeEngine, {2}}));
    EXPECT_EQ(unsealed->header.digest.logs.size(), 1U);
    EXPECT_FALSE(unseal(unsealed->header));
    EXPECT_FALSE(unseal({}));
}

TEST(Header, an_item_that_occurs_twice_counts_as_none)
{
    Digest digest{{digest::PreRuntime{kBabeEngine, {1}}, digest::Consensus{kBabeEngine, {2}}}};
    EXPECT_EQ(*only_item<digest::PreRuntime>(digest, kBabeEngine), Bytes{1});
    EXPECT_EQ(only_item<digest::PreRuntime>(digest, kGrandpaEngine), nullptr);
    digest.logs.push_back(digest::PreRuntime{kBabeEngine, {1}});
    EXPECT_EQ(only_item<digest::PreRuntime>(digest, kBabeEngine), nullptr);
}

TEST(Header, digest_items_with_unknown_tags_are_refused)
{
    for (const auto* tag : {"01", "02", "03", "07", "09", "ff"})
        refused<Digest>("04" + std::string(tag) + "4241424500", Fault::unknown_tag, 1);
    EXPECT_TRUE(scale::decode<Digest>(bytes("0408")));
    EXPECT_TRUE(scale::decode<Digest>(bytes("04060000000000"))) << "an engine nobody knows is kept";
}

TEST(Babe, claims_have_a_slot_an_author_and_perhaps_a_vrf)
{
    const babe::PreDigest plain = babe::SecondaryPlain{1, 2}, vrf = babe::SecondaryVrf{3, 4, {}};
    EXPECT_EQ(plain.slot(), 2U);
    EXPECT_EQ(vrf.authority_index(), 3U);
    EXPECT_EQ(plain.vrf(), nullptr);
    EXPECT_NE(vrf.vrf(), nullptr);
    refused<babe::PreDigest>("00", Fault::unknown_tag, 0);
    refused<babe::PreDigest>("04", Fault::unknown_tag, 0);
    refused<babe::ConsensusLog>("030201000000000000000400000000000000"
                                "02",
                                Fault::unknown_tag, 1);
    refused<babe::ConsensusLog>("030101000000000000000400000000000000"
                                "03",
                                Fault::unknown_tag, 18);
}

TEST(Grandpa, what_a_vote_signs_begins_with_its_kind)
{
    EXPECT_EQ(grandpa::signed_payload(grandpa::Prevote{}, 1, 2)[0], 0);
    EXPECT_EQ(grandpa::signed_payload(grandpa::Precommit{}, 1, 2)[0], 1);
    EXPECT_EQ(grandpa::signed_payload(grandpa::PrimaryPropose{}, 1, 2)[0], 2);
    EXPECT_EQ(grandpa::signed_payload(grandpa::PrimaryPropose{}, 1, 2).size(), 53U);
}

TEST(Grandpa, a_justification_that_claims_a_million_votes_is_refused_before_it_allocates)
{
    const std::string head = "0c00000000000000" + std::string(64, '7') + "63000000";
    refused<grandpa::Justification>(head + "02093d00", Fault::end_of_input, 44);
}

// All 2¹⁶ encodings: what decodes encodes back to itself, and phase and period keep what Era promises.
TEST(Era, every_encoding_is_refused_or_the_only_one_of_its_era)
{
    size_t accepted = 0;
    for (uint32_t code = 0; code != 1 << 16; ++code)
    {
        const Bytes raw = code == 0 ? Bytes{0} : Bytes{uint8_t(code), uint8_t(code >> 8)};
        const auto era = scale::decode<Era>(raw);
        if (!era)
            continue;
        ++accepted;
        ASSERT_EQ(scale::encode(*era), raw);
        if (era->is_immortal())
            continue;
        ASSERT_TRUE(std::has_single_bit(era->period()) && era->period() >= 4 && era->phase() < era->period());
        ASSERT_EQ(Era::mortal(era->period(), era->phase()), *era);
    }
    // Immortal, and for each period 2ᵏ, k = 2 … 16, its phases: 2ᵏ of them, at most 4096.
    EXPECT_EQ(accepted, 1U + (4096 * 2 - 4) + 4 * 4096);
    refused<Era>("0100"
                 "00",
                 Fault::trailing, 2);
    refused<Era>("4100", Fault::invalid, 0); // phase 4 of 4
    refused<Era>("01", Fault::end_of_input, 1);
}

TEST(Era, lives_from_birth_to_death)
{
    const auto era = Era::mortal(64, 1400);
    for (uint64_t now = 1400; now != 1464; ++now)
    {
        EXPECT_EQ(era.birth(now), 1400U);
        EXPECT_EQ(era.death(now), 1464U);
    }
    EXPECT_EQ(era.birth(1464), 1464U);
    EXPECT_EQ(era.birth(3), era.phase()); // before its first birth
    EXPECT_EQ(Era{}.birth(77), 0U);
    EXPECT_EQ(Era{}.death(77), std::numeric_limits<uint64_t>::max());
    const auto most = std::numeric_limits<uint64_t>::max();
    EXPECT_EQ(Era::mortal(65536, most).death(most), most);
    EXPECT_EQ(Era::mortal(0, 0).period(), 4U);
    EXPECT_EQ(Era::mortal(most, 0).period(), 65536U);
}

TEST(Extrinsics, other_versions_and_lengths_are_refused_where_they_go_wrong)
{
    refused<Extrinsic<>>("00", Fault::end_of_input, 1);
    refused<Extrinsic<>>("0405", Fault::invalid, 1);
    refused<Extrinsic<>>("0485", Fault::invalid, 1);
    refused<Extrinsic<>>("040400", Fault::trailing, 2);
    refused<Extrinsic<>>("088409", Fault::unknown_tag, 2);
    refused<Extrinsic<>>("0c0400", Fault::end_of_input, 0);
    EXPECT_TRUE(scale::decode<Extrinsic<>>(bytes("0404")));
}

struct Remark
{
    static constexpr uint8_t kIndex = 7;
    Bytes text;
    friend bool operator==(const Remark&, const Remark&) = default;
};
struct Call : scale::Variant<Remark>
{
    using Variant::Variant;
};

TEST(Extrinsics, a_call_with_a_type_must_end_with_the_extrinsic)
{
    using Typed = Extrinsic<Call>;
    EXPECT_EQ(scale::decode<Typed>(bytes("100407"
                                         "04ff")),
              (Typed{{}, Remark{{0xff}}}));
    refused<Typed>("140407"
                   "04ff00",
                   Fault::trailing, 5);
    refused<Typed>("0c0407"
                   "04",
                   Fault::end_of_input, 3);
    EXPECT_EQ(scale::encode(Typed{{}, Remark{{0xff}}}), bytes("1004070"
                                                              "4ff"));
}

TEST(Extrinsics, the_payload_is_hashed_only_above_256_bytes)
{
    const OpaqueCall call{Bytes(256, 1)}, longer{Bytes(257, 1)};
    EXPECT_EQ(signing_payload(call, std::monostate{}, std::monostate{}), call.bytes);
    const auto hashed = hash::blake2_256(ByteView{longer.bytes});
    EXPECT_EQ(signing_payload(longer, std::monostate{}, std::monostate{}), Bytes(hashed.begin(), hashed.end()));
}

TEST(Inherents, names_are_those_of_substrate)
{
    const InherentData data{{{kTimestampInherent, scale::encode(uint64_t{1})}}};
    EXPECT_EQ(hex(scale::encode(data)), "0474696d7374617030"
                                        "200100000000000000");
}

TEST(Ss58, a_changed_letter_never_gives_an_address)
{
    const std::string alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    for (size_t i = 0; i != alice.size(); ++i)
        for (const char letter : std::string_view{"1A9z"})
        {
            auto changed = alice;
            changed[i] = letter;
            EXPECT_EQ(ss58::decode(changed).has_value(), changed == alice) << changed;
        }
    for (size_t size = 0; size != alice.size(); ++size)
        EXPECT_FALSE(ss58::decode(alice.substr(0, size)));
}

TEST(Ss58, each_refusal_has_its_reason)
{
    EXPECT_EQ(ss58::decode("5Grwva0"), std::unexpected(ss58::Refusal::character));
    EXPECT_EQ(ss58::decode(""), std::unexpected(ss58::Refusal::length));
    EXPECT_EQ(ss58::decode("5Grwva"), std::unexpected(ss58::Refusal::length));
    EXPECT_EQ(ss58::decode(std::string(1 << 20, '5')), std::unexpected(ss58::Refusal::length));
    EXPECT_EQ(ss58::decode(std::string(35, '1')), std::unexpected(ss58::Refusal::checksum));
    EXPECT_EQ(ss58::decode("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX"),
              std::unexpected(ss58::Refusal::checksum));
    for (const auto why : {ss58::Refusal::character, ss58::Refusal::length, ss58::Refusal::prefix})
        EXPECT_FALSE(ss58::words(why).empty());
}

} // namespace
} // namespace primitives
