#include "hash/keccak.hpp"
#include "signature/batch.hpp"
#include "signature/testing/made.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

/// vectors/signature.json: what other implementations say (tests/interop/signature).
namespace {

namespace fixture = signature::testing;
using namespace signature;
using fixture::fixed;
using fixture::hex;
using fixture::unhex;
using nlohmann::json;

const json& vectors()
{
    static const json parsed = json::parse(std::ifstream(SIGNATURE_VECTORS));
    return parsed;
}

std::string text(const json& entry, const char* field) { return entry.at(field).get<std::string>(); }

std::string public_key(const std::string& scheme, const std::string& uri)
{
    if (scheme == "sr25519")
        return hex(sr25519::from_uri(uri)->public_key());
    if (scheme == "ed25519")
        return hex(ed25519::from_uri(uri)->public_key());
    return hex(ecdsa::from_uri(uri)->public_key());
}

bool verify(const json& entry)
{
    const auto scheme = text(entry, "scheme"), key = text(entry, "public_key"), made = text(entry, "signature");
    const auto message = unhex(text(entry, "message"));
    if (scheme == "sr25519")
        return sr25519::verify(message, fixed<64>(made), fixed<32>(key)).has_value() &&
               sr25519::verify_deprecated(message, fixed<64>(made), fixed<32>(key)).has_value();
    if (scheme == "ed25519")
        return ed25519::verify(message, fixed<64>(made), fixed<32>(key)).has_value();
    if (scheme == "ecdsa")
        return ecdsa::verify(fixed<65>(made), message, fixed<33>(key)) &&
               ecdsa::verify(fixed<65>(made), message, fixed<33>(key), ecdsa::Reading::lenient);
    return ecdsa::verify_prehashed(fixed<65>(made), hash::keccak_256(message), fixed<33>(key));
}

TEST(SignatureVectors, every_uri_gives_the_key_that_polkadot_js_derives)
{
    EXPECT_GT(vectors().at("keys").size(), 60u);
    for (const auto& entry : vectors().at("keys"))
        EXPECT_EQ(public_key(text(entry, "scheme"), text(entry, "uri")), text(entry, "public_key")) << entry;
}

TEST(SignatureVectors, soft_steps_from_a_public_key_give_schnorrkels_keys)
{
    for (const auto& entry : vectors().at("soft"))
    {
        const auto child =
            sr25519::derive_soft(fixed<32>(text(entry, "parent")), junction(text(entry, "name"), false).code);
        EXPECT_EQ(hex(*child), text(entry, "child"));
    }
}

TEST(SignatureVectors, signatures_of_other_implementations_verify_and_changed_ones_do_not)
{
    for (auto entry : vectors().at("signatures"))
    {
        EXPECT_TRUE(verify(entry)) << entry;
        entry["message"] = text(entry, "message") + "00";
        EXPECT_FALSE(verify(entry)) << entry;
    }
}

TEST(SignatureVectors, vrf_outputs_of_other_implementations_verify_and_are_ours)
{
    const auto pair = *sr25519::from_uri("//Dave");
    for (const auto& entry : vectors().at("vrf"))
    {
        const auto context = unhex(text(entry, "context"));
        const std::string_view name(reinterpret_cast<const char*>(context.data()), context.size());
        const auto input = fixture::vrf_transcript(name, unhex(text(entry, "message")));
        const auto extra = fixture::vrf_extra(unhex(text(entry, "extra")));
        const sr25519::VrfSignature made{fixed<32>(text(entry, "output")), fixed<64>(text(entry, "proof"))};
        EXPECT_TRUE(sr25519::vrf_verify(fixed<32>(text(entry, "public_key")), input, made, extra)) << entry;
        EXPECT_EQ(sr25519::vrf_evaluate(pair, input).output, made.output);
    }
}

/// They were verified by other implementations when the file was made.
TEST(SignatureVectors, our_signatures_and_proofs_are_byte_for_byte_those_that_others_verified)
{
    EXPECT_EQ(fixture::made(), vectors().at("made"));
    for (const auto& entry : vectors().at("made").at("signatures"))
        EXPECT_TRUE(verify(entry));
}

/// ZIP 215: all 14 × 14 encodings of points of small order, s = 0, singly and as one batch.
TEST(SignatureVectors, small_order_and_non_canonical_points_verify_singly_and_in_batches)
{
    std::vector<Bytes32> points;
    for (const auto& encoding : vectors().at("small_order"))
        points.push_back(fixed<32>(encoding.get<std::string>()));
    ASSERT_EQ(points.size(), 14u);
    std::vector<Bytes64> made;
    for (const auto& commitment : points)
        std::ranges::copy(commitment, made.emplace_back().begin());
    std::vector<Item> items;
    for (const auto& key : points)
        for (const auto& signature : made)
        {
            EXPECT_TRUE(ed25519::verify(base::view("Zcash"), signature, key));
            items.push_back({Scheme::ed25519, key, signature, base::view("Zcash")});
        }
    EXPECT_TRUE(verify_batch(items).empty());
}

TEST(SignatureVectors, edge_cases_of_taming_the_many_eddsas_are_judged_as_zip_215_does_singly_and_in_batches)
{
    std::vector<json> cases(vectors().at("speccheck").begin(), vectors().at("speccheck").end());
    ASSERT_EQ(cases.size(), 10u);
    for (const auto& entry : cases)
    {
        const auto message = unhex(text(entry, "message"));
        const auto signature = fixed<64>(text(entry, "signature"));
        const auto key = fixed<32>(text(entry, "public_key"));
        const bool valid = entry.at("valid").get<bool>();
        EXPECT_EQ(ed25519::verify(message, signature, key).has_value(), valid) << entry;
        const Item item{Scheme::ed25519, key, signature, message};
        EXPECT_EQ(verify_batch(std::vector(3, item)).empty(), valid) << entry;
    }
}

} // namespace
