#include "model/bounds.hpp"
#include "model/codec.hpp"
#include "model/testing/random_graph.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace model {
namespace {

std::optional<DecodeFault> fault_of(const auto& result)
{
    return result ? std::nullopt : std::optional(result.error().fault);
}

TEST(GraphCodec, reads_back_what_it_wrote)
{
    for (uint64_t seed = 0; seed != 200; ++seed)
    {
        const auto model = testing::random_model(seed);
        const auto bytes = encode_graph(model.graph);
        const auto graph = decode_graph(bytes);
        ASSERT_TRUE(graph) << graph.error().words;
        EXPECT_EQ(*graph, model.graph);
        EXPECT_EQ(encode_graph(*graph), bytes);

        const auto weights = decode_weights(*graph, encode_weights(model.weights));
        ASSERT_TRUE(weights) << weights.error().words;
        EXPECT_EQ(*weights, model.weights);
    }
}

/// One dense node, spelled out: the format that docs/specs/model.md section 3 describes.
TEST(GraphCodec, writes_the_specified_bytes)
{
    Graph graph;
    graph.tensors = {{"x", {2}, {-128, 127}, 1}, {"", {1}, {0, 5}, 0.5}};
    graph.weights = {{{1, 2}, {-3, 4}}};
    graph.biases = {{{1}, {0, 258}}};
    Linear node{.terms = {Dense{}}, .bias = 0, .shifts = {3}, .table = {-1, {0, 5}}};
    node.output = 1;
    graph.nodes = {node};
    graph.output = 1;
    graph.encoding = {{2}, {-1}};
    graph.reading = Reading::argmax;
    graph.labels = {"é"};

    const std::vector<std::string> fields{
        "7a6b706772617068",
        "01000000", // magic, version
        "02000000", // tensors
        "0100000078",
        "0100000002000000",
        "80ffffff",
        "7f000000",
        "000000000000f03f", // x
        "00000000",
        "0100000001000000",
        "00000000",
        "05000000",
        "000000000000e03f", // y
        "01000000",
        "020000000100000002000000",
        "fdffffff",
        "04000000", // weights
        "01000000",
        "0100000001000000",
        "00000000",
        "02010000", // biases
        "01000000",
        "00", // nodes: a linear one
        "01000000",
        "01",
        "00000000",
        "00000000",
        "00000000", // terms: a dense one
        "01",
        "00000000",
        "00000000",
        "0100000003", // bias, axis, shifts
        "ffffffff",
        "0200000000000500",
        "01000000", // table, output
        "00000000",
        "01000000", // input, output
        "010000000000000000000040",
        "01000000000000000000f0bf", // scale, offset
        "01",
        "0100000002000000c3a9", // reading, labels
    };
    std::string expected, actual;
    for (const auto& field : fields)
        expected += field;
    constexpr std::string_view kHex = "0123456789abcdef";
    for (const auto byte : encode_graph(graph))
        (actual += kHex[byte / 16]) += kHex[byte % 16];
    EXPECT_EQ(actual, expected);
}

TEST(GraphCodec, refuses_every_shortened_and_extended_file)
{
    for (const auto& graph : {testing::small_model().graph, testing::random_model(3).graph})
    {
        auto bytes = encode_graph(graph);
        for (size_t size = 0; size != bytes.size(); ++size)
        {
            const auto result = decode_graph(base::ByteView(bytes).first(size));
            EXPECT_EQ(fault_of(result), size < 8 ? DecodeFault::magic : DecodeFault::truncated) << size;
        }
        bytes.push_back(0);
        EXPECT_EQ(fault_of(decode_graph(bytes)), DecodeFault::trailing);
    }
}

/// Canonical: any other bytes are refused, or another graph's own encoding.
TEST(GraphCodec, gives_every_changed_byte_a_meaning_or_refuses_it)
{
    const auto graph = testing::small_model().graph;
    auto bytes = encode_graph(graph);
    for (size_t at = 0; at != bytes.size(); ++at)
        for (const uint8_t change : {1, 2, 0x80, 0xFF})
        {
            bytes[at] ^= change;
            if (const auto result = decode_graph(bytes))
            {
                EXPECT_NE(*result, graph) << at;
                EXPECT_EQ(encode_graph(*result), bytes) << at;
            }
            bytes[at] ^= change;
        }
}

using Change = void (*)(Graph&);

/// One change for each field of each type, in two parts.
constexpr void (*kEarlyChanges[])(Graph&){
    [](Graph& g) { g.tensors[1].name += "x"; },
    [](Graph& g) { std::swap(g.tensors[7].shape[0], g.tensors[7].shape[2]); },
    [](Graph& g) { g.tensors[1].range.lo--; },
    [](Graph& g) { g.tensors[1].range.hi++; },
    [](Graph& g) { g.tensors[1].scale *= 1.0000000000000002; },
    [](Graph& g) { g.tensors.pop_back(); },
    [](Graph& g) { g.weights[0].shape[2]++; },
    [](Graph& g) { g.weights[0].range.lo--; },
    [](Graph& g) { g.weights[0].range.hi--; },
    [](Graph& g) { g.biases[1].shape[0]++; },
    [](Graph& g) { g.biases[1].range.lo--; },
    [](Graph& g) { g.biases[1].range.hi++; },
    [](Graph& g) { g.weights.push_back(g.weights[0]); },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).input++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).weight++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).stride[0]++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).stride[1]++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).pad[0]++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).pad[1]++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).dilation[0]++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).dilation[1]++; },
    [](Graph& g) { std::get<Conv>(std::get<Linear>(g.nodes[0]).terms[0]).groups++; },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).bias.reset(); },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).bias = 1; },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).channel_axis++; },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).shifts[0]++; },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).shifts.push_back(7); },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).table.lo++; },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).table.values[300]++; },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).table.values.pop_back(); },
    [](Graph& g) { std::get<Linear>(g.nodes[0]).output++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).input++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).kernel[0]++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).kernel[1]++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).stride[0]++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).stride[1]++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).pad[0]++; },
};

constexpr void (*kLateChanges[])(Graph&){
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).pad[1]++; },
    [](Graph& g) { std::get<MaxPool>(g.nodes[1]).output++; },
    [](Graph& g) { std::get<Scale>(std::get<Linear>(g.nodes[2]).terms[0]).input++; },
    [](Graph& g) { std::get<Scale>(std::get<Linear>(g.nodes[2]).terms[0]).multiplier++; },
    [](Graph& g) { std::get<Window>(std::get<Linear>(g.nodes[2]).terms[1]).input++; },
    [](Graph& g) { std::get<Window>(std::get<Linear>(g.nodes[2]).terms[1]).kernel[0]++; },
    [](Graph& g) { std::get<Window>(std::get<Linear>(g.nodes[2]).terms[1]).stride[1]++; },
    [](Graph& g) { std::get<Window>(std::get<Linear>(g.nodes[2]).terms[1]).pad[0]++; },
    [](Graph& g) { std::get<Window>(std::get<Linear>(g.nodes[2]).terms[1]).row[0]++; },
    [](Graph& g) { std::get<Window>(std::get<Linear>(g.nodes[2]).terms[1]).col[1]++; },
    [](Graph& g) { std::swap(std::get<Linear>(g.nodes[2]).terms[0], std::get<Linear>(g.nodes[2]).terms[1]); },
    [](Graph& g) { std::get<Slice>(g.nodes[3]).input++; },
    [](Graph& g) { std::get<Slice>(g.nodes[3]).start[1]--; },
    [](Graph& g) { std::get<Slice>(g.nodes[3]).step[1]++; },
    [](Graph& g) { std::get<Slice>(g.nodes[3]).output++; },
    [](Graph& g) { std::get<Pad>(g.nodes[4]).input++; },
    [](Graph& g) { std::get<Pad>(g.nodes[4]).begin[1]--; },
    [](Graph& g) { std::get<Pad>(g.nodes[4]).value++; },
    [](Graph& g) { std::get<Pad>(g.nodes[4]).output++; },
    [](Graph& g) { std::get<Concat>(g.nodes[5]).inputs[0]++; },
    [](Graph& g) { std::get<Concat>(g.nodes[5]).axis++; },
    [](Graph& g) { std::get<Concat>(g.nodes[5]).output++; },
    [](Graph& g) { std::get<Transpose>(g.nodes[6]).input++; },
    [](Graph& g) { std::get<Transpose>(g.nodes[6]).perm[0]++; },
    [](Graph& g) { std::get<Transpose>(g.nodes[6]).output++; },
    [](Graph& g) { std::get<Reshape>(g.nodes[7]).input++; },
    [](Graph& g) { std::get<Reshape>(g.nodes[7]).output++; },
    [](Graph& g) { std::get<Dense>(std::get<Linear>(g.nodes[8]).terms[0]).input++; },
    [](Graph& g) { std::get<Dense>(std::get<Linear>(g.nodes[8]).terms[0]).weight++; },
    [](Graph& g) { std::get<Dense>(std::get<Linear>(g.nodes[8]).terms[0]).tokens++; },
    [](Graph& g) { std::swap(g.nodes[7], g.nodes[8]); },
    [](Graph& g) { g.input++; },
    [](Graph& g) { g.output--; },
    [](Graph& g) { g.encoding.scale[1] *= 2; },
    [](Graph& g) { g.encoding.offset[0] = 0; },
    [](Graph& g) { g.reading = Reading::softmax; },
    [](Graph& g) { g.labels[3] = ""; },
    [](Graph& g) { g.labels.clear(); },
};

TEST(GraphCodec, writes_other_bytes_for_a_change_in_any_field)
{
    const auto graph = testing::small_model().graph;
    const auto bytes = encode_graph(graph);
    std::vector<Change> changes(std::begin(kEarlyChanges), std::end(kEarlyChanges));
    changes.insert(changes.end(), std::begin(kLateChanges), std::end(kLateChanges));
    for (size_t i = 0; i != changes.size(); ++i)
    {
        auto changed = graph;
        changes[i](changed);
        ASSERT_NE(changed, graph) << i;
        const auto other = encode_graph(changed);
        EXPECT_NE(other, bytes) << i;
        const auto result = decode_graph(other);
        if (validate(changed))
            EXPECT_EQ(result.value(), changed) << i;
        else
            EXPECT_EQ(fault_of(result), DecodeFault::invalid) << i;
    }
}

TEST(GraphCodec, refuses_magic_version_tags_flags_and_counts)
{
    const auto bytes = encode_graph(testing::small_model().graph);
    const auto with = [&](size_t at, std::initializer_list<uint8_t> values) {
        auto copy = bytes;
        std::ranges::copy(values, copy.begin() + at);
        return fault_of(decode_graph(copy));
    };
    EXPECT_EQ(with(0, {'Z'}), DecodeFault::magic);
    EXPECT_EQ(with(8, {2}), DecodeFault::version);
    EXPECT_EQ(with(12, {0xFF, 0xFF, 0xFF, 0xFF}), DecodeFault::malformed); // tensors
    EXPECT_EQ(with(16, {1, 4, 0, 0}), DecodeFault::malformed);             // a name of 1025 bytes

    // The end: reading, then four labels of 3, 3, 5 and 4 bytes.
    const auto reading = bytes.size() - (4 * 4 + 3 + 3 + 5 + 4) - 4 - 1;
    EXPECT_EQ(with(reading, {4}), DecodeFault::malformed);
    // The last offset before it is 2.0; minus zero is never written.
    EXPECT_EQ(with(reading - 8, {0, 0, 0, 0, 0, 0, 0, 0x80}), DecodeFault::malformed);
    EXPECT_EQ(with(reading - 8, {0, 0, 0, 0, 0, 0, 0, 0}), std::nullopt);
    EXPECT_EQ(with(reading - 8, {0, 0, 0, 0, 0, 0, 0xF8, 0x7F}), DecodeFault::invalid); // a NaN
}

TEST(GraphCodec, refuses_a_count_that_the_file_cannot_hold_before_it_allocates)
{
    auto bytes = encode_graph(testing::small_model().graph);
    bytes.resize(20);
    bytes[13] = 0x10; // 4106 tensors would be over the bound, 4096 in 4 bytes are not there
    bytes[12] = 0;
    EXPECT_EQ(fault_of(decode_graph(bytes)), DecodeFault::truncated);
}

TEST(GraphCodec, writes_minus_zero_as_zero)
{
    auto graph = testing::small_model().graph;
    graph.encoding.offset = {0.0, 1};
    const auto bytes = encode_graph(graph);
    graph.encoding.offset = {-0.0, 1};
    EXPECT_EQ(encode_graph(graph), bytes);
}

TEST(GraphCodec, survives_random_bytes)
{
    testing::Rng rng(11);
    const auto valid = encode_graph(testing::small_model().graph);
    for (int round = 0; round != 20000; ++round)
    {
        base::Bytes bytes(valid.begin(), valid.begin() + rng.between(0, 900));
        for (auto more = rng.between(0, 64); more != 0; --more)
            bytes.push_back(uint8_t(rng.one_in(3) ? rng.bits() : rng.between(0, 3)));
        if (const auto result = decode_graph(bytes))
            EXPECT_EQ(encode_graph(*result), bytes);
    }
}

TEST(WeightsCodec, refuses_other_lengths_and_values_out_of_range)
{
    const auto model = testing::small_model();
    auto bytes = encode_weights(model.weights);
    ASSERT_EQ(bytes.size(), 12 + 2 * (54 + 96) + 4 * (3 + 4));
    for (size_t size = 0; size != bytes.size(); ++size)
        EXPECT_EQ(fault_of(decode_weights(model.graph, base::ByteView(bytes).first(size))),
                  size < 8 ? DecodeFault::magic : DecodeFault::truncated);

    auto changed = bytes;
    changed[12] = 11; // the first weight, −10, becomes −245
    EXPECT_EQ(fault_of(decode_weights(model.graph, changed)), DecodeFault::invalid);
    changed = bytes;
    changed[8] = 0;
    EXPECT_EQ(fault_of(decode_weights(model.graph, changed)), DecodeFault::version);
    EXPECT_EQ(fault_of(decode_weights(model.graph, encode_graph(model.graph))), DecodeFault::magic);
    bytes.push_back(0);
    EXPECT_EQ(fault_of(decode_weights(model.graph, bytes)), DecodeFault::trailing);
}

TEST(WeightsCodec, writes_other_bytes_for_a_change_in_any_value)
{
    auto weights = testing::small_model().weights;
    const auto bytes = encode_weights(weights);
    const auto expect_others = [&](auto& tensors) {
        for (auto& tensor : tensors)
            for (auto& value : tensor)
            {
                ++value;
                EXPECT_NE(encode_weights(weights), bytes);
                --value;
            }
    };
    expect_others(weights.weights);
    expect_others(weights.biases);
}

} // namespace
} // namespace model
