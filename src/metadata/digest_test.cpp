#include "metadata/digest.hpp"

#include "crypto/blake3.hpp"
#include "primitives/version.hpp"

#include <gtest/gtest.h>

namespace metadata {
namespace {

using base::Bytes;
using base::ByteView;
using base::Digest;

const Token kToken{"ZKP", 18};

/// A runtime with one call, whose types are these; the first three are call, address and signature.
Portable small()
{
    Portable made;
    const auto add = [&](Definition definition) {
        made.types.push_back({{uint32_t(made.types.size())}, {"a", "T"}, {}, std::move(definition), {}});
    };
    add(Enumeration{{{"remark", {{"text", {4}, "Vec<u8>", {}}}, 7, {}}, {"other", {}, 2, {}}}});
    add(Composite{{{std::nullopt, {5}, std::nullopt, {}}}});
    add(Array{64, {3}});
    add(PrimitiveType{Primitive::u8});
    add(Sequence{{3}});
    add(CompactType{{6}});
    add(Composite{{{std::nullopt, {7}, "u32", {}}}});
    add(PrimitiveType{Primitive::u32});
    add(Tuple{});
    made.extrinsic = {4, {1}, {0}, {2}, {8}, {{"CheckNonce", {5}, {8}}}};
    primitives::RuntimeVersion version;
    version.spec_name = "small";
    version.spec_version = 3;
    made.pallets = {{.name = "System",
                     .constants = {{"Version", {8}, scale::encode(version), {}},
                                   {"SS58Prefix", {8}, scale::encode(uint16_t{42}), {}}}}};
    return made;
}

Bytes encoded(const Portable& metadata)
{
    Bytes out{'m', 'e', 't', 'a', 15};
    const auto body = scale::encode(metadata);
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

Refusal refusal(const Bytes& bytes)
{
    const auto hash = digest(bytes, kToken);
    EXPECT_FALSE(hash);
    return hash.error();
}

TEST(Tree, a_root_is_over_pairs_from_the_deepest_level_up)
{
    const auto leaf = [](uint8_t i) { return crypto::blake3(Bytes{i}); };
    const auto pair = [](const Digest& a, const Digest& b) { return crypto::Blake3().update(a).update(b).digest(); };
    EXPECT_EQ(tree_root({}), Digest{});
    EXPECT_EQ(tree_root({leaf(0)}), leaf(0));
    EXPECT_EQ(tree_root({leaf(0), leaf(1)}), pair(leaf(0), leaf(1)));
    // RFC-78's tree of 5 leaves as drawn. Its drawing of 6 is not what any implementation does: all take pairs from
    // the back and put their parents in front (merkleized-metadata 0.5, @polkadot-api/merkleize-metadata 1.3).
    EXPECT_EQ(tree_root({leaf(0), leaf(1), leaf(2), leaf(3), leaf(4)}),
              pair(pair(pair(leaf(3), leaf(4)), leaf(0)), pair(leaf(1), leaf(2))));
    EXPECT_EQ(tree_root({leaf(0), leaf(1), leaf(2), leaf(3), leaf(4), leaf(5)}),
              pair(pair(pair(leaf(2), leaf(3)), pair(leaf(4), leaf(5))), pair(leaf(0), leaf(1))));
}

TEST(Digest, changes_with_everything_that_a_signer_is_shown)
{
    const auto hash = digest(encoded(small()), kToken);
    ASSERT_TRUE(hash) << words(hash.error());
    const auto changed = [&](auto change) {
        auto other = small();
        change(other);
        const auto other_hash = digest(encoded(other), kToken);
        EXPECT_TRUE(other_hash);
        return other_hash != hash;
    };
    EXPECT_TRUE(changed([](Portable& p) { p.types[0].definition.get<Enumeration>()->cases[0].name = "burn"; }));
    EXPECT_TRUE(changed([](Portable& p) { p.types[0].definition.get<Enumeration>()->cases[0].index = 8; }));
    EXPECT_TRUE(changed([](Portable& p) { p.types[0].path[1] = "U"; }));
    EXPECT_TRUE(changed([](Portable& p) { p.types[2].definition.get<Array>()->length = 65; }));
    EXPECT_TRUE(changed([](Portable& p) { p.types[7].definition.get<PrimitiveType>()->which = Primitive::u64; }));
    EXPECT_TRUE(changed([](Portable& p) { p.extrinsic.extensions[0].identifier = "CheckEra"; }));
    EXPECT_TRUE(changed([](Portable& p) { p.extrinsic.version = 5; }));
    EXPECT_TRUE(changed([](Portable& p) { p.pallets[0].constants[1].value[0] = 43; }));
    // Of no meaning to a signer: docs, order in which cases are listed, types that no extrinsic reaches.
    EXPECT_FALSE(changed([](Portable& p) { p.types[0].docs = {"more"}; }));
    EXPECT_FALSE(changed([](Portable& p) {
        auto& cases = p.types[0].definition.get<Enumeration>()->cases;
        std::swap(cases[0], cases[1]);
    }));
    EXPECT_FALSE(changed([](Portable& p) { p.types.push_back({{9}, {"unused"}, {}, Sequence{{3}}, {}}); }));
    EXPECT_NE(digest(encoded(small()), {"ZKQ", 18}), hash);
    EXPECT_NE(digest(encoded(small()), {"ZKP", 17}), hash);
}

TEST(Digest, no_metadata_has_no_hash)
{
    const auto whole = encoded(small());
    ASSERT_TRUE(digest(whole, kToken));
    for (size_t size = 0; size != whole.size(); ++size)
        EXPECT_FALSE(digest(ByteView(whole).first(size), kToken)) << size;
    auto other = whole;
    other[4] = 14;
    EXPECT_EQ(refusal(other), Refusal::version);
    other[0] = 'M';
    EXPECT_EQ(refusal(other), Refusal::not_metadata);

    const auto spoiled = [](auto spoil) {
        auto metadata = small();
        spoil(metadata);
        return refusal(encoded(metadata));
    };
    EXPECT_EQ(spoiled([](Portable& p) { p.types[3].id = {4}; }), Refusal::malformed);
    EXPECT_EQ(spoiled([](Portable& p) { p.extrinsic.call = {9}; }), Refusal::unknown_type);
    EXPECT_EQ(spoiled([](Portable& p) { p.types[4].definition.get<Sequence>()->item = {1 << 29}; }),
              Refusal::unknown_type);
    EXPECT_EQ(spoiled([](Portable& p) { p.types[5].definition.get<CompactType>()->inner = {4}; }), Refusal::compact);
    EXPECT_EQ(spoiled([](Portable& p) { p.types[7].definition.get<PrimitiveType>()->which = Primitive::i32; }),
              Refusal::compact);
    EXPECT_EQ(spoiled([](Portable& p) { p.pallets[0].constants.pop_back(); }), Refusal::constant);
    EXPECT_EQ(spoiled([](Portable& p) { p.pallets[0].constants[0].value.pop_back(); }), Refusal::constant);
}

TEST(Digest, types_that_hold_themselves_end)
{
    auto metadata = small();
    metadata.types[6].definition.get<Composite>()->fields[0].type = {6};
    EXPECT_EQ(refusal(encoded(metadata)), Refusal::compact); // a newtype of itself is no number
    metadata = small();
    metadata.types[4].definition.get<Sequence>()->item = {4};
    EXPECT_TRUE(digest(encoded(metadata), kToken));
}

TEST(Digest, bits_say_how_they_are_stored)
{
    auto metadata = small();
    metadata.types[4].definition = BitSequence{{3}, {6}};
    EXPECT_EQ(refusal(encoded(metadata)), Refusal::bit_sequence);
    metadata.types[6].path = {"bitvec", "order", "Lsb0"};
    const auto least = digest(encoded(metadata), kToken);
    metadata.types[6].path.back() = "Msb0";
    const auto most = digest(encoded(metadata), kToken);
    EXPECT_TRUE(least && most && *least != *most);
    metadata.types[3].definition.get<PrimitiveType>()->which = Primitive::text;
    EXPECT_EQ(refusal(encoded(metadata)), Refusal::bit_sequence);
}

} // namespace
} // namespace metadata
