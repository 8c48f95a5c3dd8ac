#include "proof/identity.hpp"

#include "model/testing/random_graph.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace proof {
namespace {

Identity sample(uint64_t seed = 0)
{
    Identity identity{.profile = commit::kToy, .graph = model::testing::small_model().graph, .epochs = {}};
    if (seed != 0)
        identity.graph = model::testing::random_model(seed).graph;
    for (uint8_t epoch = 0; epoch != 3; ++epoch)
    {
        identity.epochs.push_back({{}, Bytes(epoch, epoch)});
        identity.epochs.back().root.fill(epoch);
    }
    return identity;
}

Refusal refusal(ByteView bytes)
{
    const auto decoded = decode_identity(bytes);
    EXPECT_FALSE(decoded);
    if (decoded)
        return Refusal::base_codeword;
    EXPECT_FALSE(decoded.error().words.empty());
    return decoded.error().why;
}

TEST(Identity, is_read_as_it_was_written)
{
    for (uint64_t seed = 0; seed != 30; ++seed)
    {
        const auto identity = sample(seed);
        const auto decoded = decode_identity(encode(identity));
        ASSERT_TRUE(decoded) << decoded.error().words;
        EXPECT_EQ(decoded->profile, identity.profile);
        EXPECT_EQ(decoded->graph, identity.graph);
        EXPECT_EQ(decoded->epochs, identity.epochs);
        EXPECT_EQ(model_id(*decoded), model_id(identity));
    }
}

TEST(Identity, cut_anywhere_or_continued_is_a_matter_of_syntax)
{
    auto bytes = encode(sample());
    for (size_t size = 0; size != bytes.size(); ++size)
        ASSERT_EQ(refusal(ByteView(bytes).first(size)), Refusal::syntax) << size;
    bytes.push_back(0);
    EXPECT_EQ(refusal(bytes), Refusal::syntax);
}

TEST(Identity, of_another_kind_version_or_profile_is_refused_as_a_statement)
{
    const auto honest = encode(sample());
    for (const size_t at : {0, 4, 6}) // magic, version, profile
    {
        auto bytes = honest;
        bytes[at] ^= 0x40;
        EXPECT_EQ(refusal(bytes), Refusal::statement) << at;
    }
}

TEST(Identity, without_epochs_or_with_too_many_is_refused)
{
    auto identity = sample();
    identity.epochs.clear();
    EXPECT_EQ(refusal(encode(identity)), Refusal::statement);
    identity.epochs.resize(kEpochsMax + 1);
    EXPECT_EQ(refusal(encode(identity)), Refusal::statement);
    identity.epochs.pop_back();
    EXPECT_TRUE(decode_identity(encode(identity)));
}

TEST(Identity, a_size_beyond_the_file_allocates_nothing)
{
    auto bytes = encode(sample());
    std::fill_n(bytes.begin() + 7, 8, uint8_t{0xff}); // size of the graph
    EXPECT_EQ(refusal(bytes), Refusal::syntax);
}

TEST(Identity, model_id_binds_profile_graph_and_first_root_but_no_later_epoch)
{
    const auto identity = sample();
    const auto id = model_id(identity);
    auto changed = identity;
    changed.profile = commit::kP100;
    EXPECT_NE(model_id(changed), id);
    changed = identity;
    changed.graph.tensors[0].name += "!";
    EXPECT_NE(model_id(changed), id);
    changed = identity;
    changed.epochs[0].root[0] ^= 1;
    EXPECT_NE(model_id(changed), id);
    changed = identity;
    changed.epochs[0].proof.push_back(1);
    changed.epochs[1].root[0] ^= 1;
    changed.epochs.pop_back();
    EXPECT_EQ(model_id(changed), id);
}

TEST(Identity, with_an_empty_registration_is_refused)
{
    auto identity = sample();
    identity.epochs.resize(1);
    const auto verified = verify(identity, Toy::accept);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().why, Refusal::syntax);
    const auto toy = verify(identity);
    ASSERT_FALSE(toy);
    EXPECT_EQ(toy.error().why, Refusal::statement) << "the toy profile proves nothing";
}

TEST(DataIdentity, is_read_as_it_was_written_and_refused_otherwise)
{
    const DataIdentity data{commit::kP100, {1, 2, 3}, 77, true, {4, 5}};
    const auto bytes = encode(data);
    const auto decoded = decode_data_identity(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, data);
    const auto why = [](ByteView raw) {
        const auto result = decode_data_identity(raw);
        return result ? Refusal::base_codeword : result.error().why;
    };
    for (size_t size = 0; size != bytes.size(); ++size)
        EXPECT_EQ(why(ByteView(bytes).first(size)), Refusal::syntax);
    auto changed = bytes;
    changed.push_back(0);
    EXPECT_EQ(why(changed), Refusal::syntax);
    const size_t pads_at = 4 + 2 + 1 + 32 + 4;
    changed = bytes;
    changed[pads_at] = 2;
    EXPECT_EQ(why(changed), Refusal::statement);
    changed = bytes;
    std::fill_n(changed.begin() + ptrdiff_t(pads_at - 4), 4, uint8_t{0}); // rows
    EXPECT_EQ(why(changed), Refusal::statement);
    for (const size_t at : {0, 4, 6})
    {
        changed = bytes;
        changed[at] ^= 0x40;
        EXPECT_EQ(why(changed), Refusal::statement);
    }
}

TEST(DataIdentity, data_id_binds_every_byte)
{
    const DataIdentity data{commit::kP100, {1}, 77, true, {4}};
    const auto id = data_id(data);
    auto changed = data;
    changed.root[9] = 1;
    EXPECT_NE(data_id(changed), id);
    changed = data;
    changed.rows = 78;
    EXPECT_NE(data_id(changed), id);
    changed = data;
    changed.pads = false;
    EXPECT_NE(data_id(changed), id);
    changed = data;
    changed.schema[31] = 1;
    EXPECT_NE(data_id(changed), id);
    changed = data;
    changed.profile = commit::kToy;
    EXPECT_NE(data_id(changed), id);
}

TEST(Schema, is_that_of_input_range_encoding_and_output_shape)
{
    const auto graph = model::testing::small_model().graph;
    const auto schema = schema_of(graph);
    const auto changed = [&](auto&& change) {
        auto other = graph;
        change(other);
        return schema_of(other) != schema;
    };
    EXPECT_TRUE(changed([](auto& g) { g.tensors[g.input].shape[0] += 1; }));
    EXPECT_TRUE(changed([](auto& g) { g.tensors[g.input].range.lo -= 1; }));
    EXPECT_TRUE(changed([](auto& g) { g.tensors[g.input].range.hi -= 1; }));
    EXPECT_TRUE(changed([](auto& g) { g.encoding.scale[0] *= 2; }));
    EXPECT_TRUE(changed([](auto& g) { g.encoding.offset[1] += 1; }));
    EXPECT_TRUE(changed(
        [](auto& g) { g.encoding.scale.pop_back(), g.encoding.offset.insert(g.encoding.offset.begin(), 0.5); }));
    EXPECT_TRUE(changed([](auto& g) { g.tensors[g.output].shape.push_back(1); }));
    EXPECT_FALSE(changed([](auto& g) { g.tensors[g.output].scale *= 2; }));
    EXPECT_FALSE(changed([](auto& g) { g.labels.clear(); }));
}

} // namespace
} // namespace proof
