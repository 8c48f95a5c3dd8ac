#include "trie/child.hpp"
#include "trie/compact.hpp"
#include "trie/read.hpp"
#include "trie/root.hpp"
#include "trie/testing/naive.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

/// Against Substrate's own implementation: roots, proofs and compact proofs that the crates sp-trie and trie-db made.
/// The file testing/sp_trie.txt holds cases of lines `name [hex [hex]]`; `-` is no bytes.
namespace trie {
namespace {

using testing::Batch;
using testing::State;

struct Proven
{
    bool v1 = false;
    std::vector<Bytes> asked, nodes, compact, item;
};

struct Case
{
    State state;
    std::map<std::string, Bytes> roots;
    Batch mixed;
    std::vector<Proven> proofs;
};

Bytes hex(const std::string& text)
{
    Bytes bytes;
    if (text != "-")
        for (size_t i = 0; i + 1 < text.size(); i += 2)
            bytes.push_back(uint8_t(std::stoi(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

void read_line(const std::string& name, const std::string& first, const std::string& second, std::vector<Case>& cases)
{
    if (name == "case")
        return void(cases.emplace_back());
    Case& one = cases.back();
    if (name == "pair")
        one.state[hex(first)] = hex(second);
    else if (name == "mixed_remove")
        one.mixed[hex(first)] = std::nullopt;
    else if (name == "mixed_set")
        one.mixed[hex(first)] = hex(second);
    else if (name == "proof")
        one.proofs.push_back({.v1 = first == "1"});
    else if (name == "asked")
        one.proofs.back().asked.push_back(hex(first));
    else if (name == "node")
        one.proofs.back().nodes.push_back(hex(first));
    else if (name == "compact")
        one.proofs.back().compact.push_back(hex(first));
    else if (name == "item")
        one.proofs.back().item.push_back(hex(first));
    else
        one.roots[name] = hex(first);
}

std::vector<Case> cases()
{
    std::ifstream in(SP_TRIE_VECTORS);
    std::vector<Case> all;
    for (std::string line; std::getline(in, line);)
    {
        std::istringstream words(line);
        std::string name, first, second;
        words >> name >> first >> second;
        if (name != "#")
            read_line(name, first, second, all);
    }
    return all;
}

Bytes bytes_of(const std::expected<Digest, Error>& digest)
{
    return digest ? Bytes(digest->begin(), digest->end()) : Bytes{};
}

std::vector<ByteView> views_of(const std::vector<Bytes>& all) { return {all.begin(), all.end()}; }

TEST(SpTrie, roots_of_maps_and_lists_agree)
{
    const auto all = cases();
    ASSERT_EQ(all.size(), 14u);
    for (auto one : all)
    {
        const auto pairs = testing::pairs_of(one.state);
        std::vector<ByteView> values;
        for (const auto& pair : pairs)
            values.push_back(pair.value);
        EXPECT_EQ(bytes_of(root(pairs, Version::v0)), one.roots["root_v0"]);
        EXPECT_EQ(bytes_of(root(pairs, Version::v1)), one.roots["root_v1"]);
        EXPECT_EQ(bytes_of(root(pairs, Version::v0, keccak_256)), one.roots["keccak_v0"]);
        EXPECT_EQ(bytes_of(root(pairs, Version::v1, keccak_256)), one.roots["keccak_v1"]);
        EXPECT_EQ(bytes_of(ordered_root(values, Version::v0)), one.roots["ordered_v0"]);
        EXPECT_EQ(bytes_of(ordered_root(values, Version::v1)), one.roots["ordered_v1"]);
        EXPECT_EQ(bytes_of(ordered_root(values, Version::v1, keccak_256)), one.roots["ordered_keccak_v1"]);
    }
}

TEST(SpTrie, a_state_of_version_0_that_is_changed_under_version_1_has_the_same_mixed_root)
{
    for (auto one : cases())
    {
        MemoryStore store;
        const auto pairs = testing::pairs_of(one.state);
        std::vector<Change> initial;
        for (const auto& pair : pairs)
            initial.push_back({pair.key, pair.value});
        const auto before = apply(store, empty_root(), initial, Version::v0);
        ASSERT_TRUE(before);
        store.insert(*before);
        const auto after = apply(store, before->root, testing::changes_of(one.mixed), Version::v1);
        ASSERT_TRUE(after);
        EXPECT_EQ(bytes_of(after->root), one.roots["mixed_root"]);
    }
}

TEST(SpTrie, proofs_have_the_same_nodes_in_every_form)
{
    size_t checked = 0;
    for (auto one : cases())
        for (const auto& proven : one.proofs)
        {
            const auto version = proven.v1 ? Version::v1 : Version::v0;
            Batch all;
            for (const auto& [key, value] : one.state)
                all[key] = value;
            MemoryStore store;
            const auto state = apply(store, empty_root(), testing::changes_of(all), version);
            ASSERT_TRUE(state);
            store.insert(*state);

            Recorder recorder(store);
            for (const auto& key : proven.asked)
                ASSERT_TRUE(find_value(recorder, state->root, key));
            std::vector<Bytes> nodes;
            for (const auto& node : recorder.nodes())
                nodes.push_back(*node);
            std::ranges::sort(nodes);
            EXPECT_EQ(nodes, proven.nodes);

            const auto proof = Proof::check(views_of(nodes), state->root);
            ASSERT_TRUE(proof);
            EXPECT_EQ(encode_compact(*proof, state->root).value(), proven.compact);
            const auto unpacked = decode_compact(views_of(proven.compact), state->root);
            ASSERT_TRUE(unpacked);
            EXPECT_EQ(unpacked->size(), nodes.size());

            const auto& key = proven.asked.front();
            const auto value = find_value(store, state->root, key);
            ASSERT_TRUE(value);
            const auto item = verify_item(state->root, views_of(proven.item), key, value->value_or(Bytes{}), version);
            EXPECT_EQ(item.has_value(), value->has_value());
            ++checked;
        }
    EXPECT_GE(checked, 14u);
}

} // namespace
} // namespace trie
