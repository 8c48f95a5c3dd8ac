#include "trie/proof.hpp"

#include "trie/read.hpp"
#include "trie/testing/world.hpp"

namespace trie {
namespace {

class TrieProof : public ::testing::TestWithParam<Version>
{
};

INSTANTIATE_TEST_SUITE_P(versions, TrieProof, ::testing::Values(Version::v0, Version::v1));

TEST_P(TrieProof, what_was_recorded_answers_everything_that_was_read_and_recomputes_the_new_root)
{
    for (uint64_t run = 0; run != 30; ++run)
    {
        const auto world = testing::random_world(run, 150, GetParam());
        std::mt19937_64 random(run);
        std::vector<Bytes> keys;
        testing::Batch batch;
        for (int i = 0; i != 6; ++i)
        {
            keys.push_back(testing::random_key(random));
            batch[testing::random_key(random)] =
                random() % 2 == 0 ? std::nullopt : std::optional(testing::random_value(random));
        }
        const Recorder recorder(world.store);
        const auto read_all = [&](const NodeStore& store) {
            std::vector<std::expected<std::optional<Bytes>, Error>> answers;
            for (const auto& key : keys)
            {
                answers.push_back(find_value(store, world.root, key));
                answers.push_back(next_key(store, world.root, key));
            }
            return answers;
        };
        const auto answers = read_all(recorder);
        const auto updated = apply(recorder, world.root, testing::changes_of(batch), GetParam());
        ASSERT_TRUE(updated);
        const auto nodes = testing::nodes_of(recorder);
        const auto proof = Proof::check(testing::views_of(nodes), world.root);
        ASSERT_TRUE(proof);
        EXPECT_EQ(read_all(*proof), answers);
        const auto again = apply(*proof, world.root, testing::changes_of(batch), GetParam());
        ASSERT_TRUE(again);
        EXPECT_EQ(again->root, updated->root);
    }
}

TEST_P(TrieProof, a_proof_that_lacks_a_node_never_answers_wrongly)
{
    const auto world = testing::random_world(40, 200, GetParam());
    std::mt19937_64 random(41);
    size_t unanswered = 0;
    for (int run = 0; run != 200; ++run)
    {
        const auto key = testing::random_key(random);
        const Recorder recorder(world.store);
        const auto value = find_value(recorder, world.root, key);
        const auto nodes = testing::nodes_of(recorder);
        for (size_t left_out = 0; left_out != nodes.size(); ++left_out)
        {
            auto fewer = nodes;
            fewer.erase(fewer.begin() + std::ptrdiff_t(left_out));
            const auto proof = Proof::check(testing::views_of(fewer), world.root);
            if (!proof)
                continue;
            const auto answer = find_value(*proof, world.root, key);
            ASSERT_FALSE(answer);
            EXPECT_EQ(answer.error().why, Fault::missing_node);
            ++unanswered;
        }
    }
    EXPECT_GT(unanswered, 50u);
}

TEST_P(TrieProof, every_changed_cut_repeated_or_foreign_node_is_refused)
{
    const auto world = testing::random_world(42, 60, GetParam());
    const Recorder recorder(world.store);
    for (const auto& [key, value] : world.state)
        ASSERT_TRUE(find_value(recorder, world.root, key));
    const auto nodes = testing::nodes_of(recorder);
    ASSERT_TRUE(Proof::check(testing::views_of(nodes), world.root));
    const auto why = [&](const std::vector<Bytes>& given) {
        const auto proof = Proof::check(testing::views_of(given), world.root);
        EXPECT_FALSE(proof);
        return proof ? Refusal::too_large : proof.error().why;
    };
    for (size_t i = 0; i != nodes.size(); ++i)
    {
        auto changed = nodes;
        for (size_t at = 0; at < nodes[i].size(); at += 7)
        {
            changed[i] = nodes[i];
            changed[i][at] ^= uint8_t(1 << at % 8);
            const auto refusal = why(changed);
            EXPECT_TRUE(refusal == Refusal::unused || refusal == Refusal::root) << int(refusal);
        }
        changed[i] = nodes[i];
        changed[i].push_back(0);
        why(changed);
        changed[i] = nodes[i];
        changed[i].pop_back();
        why(changed);
        changed = nodes;
        changed.push_back(nodes[i]);
        EXPECT_EQ(why(changed), Refusal::duplicate);
    }
    auto more = nodes;
    more.push_back({0x41, 0x0a, 0x00});
    EXPECT_EQ(why(more), Refusal::unused);
    EXPECT_EQ(why({}), Refusal::root);
    const Bytes not_a_node(40, 0x0f);
    EXPECT_EQ(Proof::check(std::array{ByteView(not_a_node)}, blake2_256(not_a_node)).error().why, Refusal::bad_node);
    EXPECT_EQ(Proof::check(std::vector<ByteView>(kProofNodesMax + 1), world.root).error().why, Refusal::too_large);
}

/// Values that whoever writes state may choose, to make the proofs of others fail.
struct ChosenValues : ::testing::Test
{
    void write(const testing::Batch& changes)
    {
        const auto update = apply(world.store, world.root, testing::changes_of(changes), Version::v1);
        ASSERT_TRUE(update);
        world.store.insert(*update);
        world.root = update->root;
    }
    static Bytes bytes_of(const Digest& hash) { return {hash.begin(), hash.end()}; }

    /// All that `keys` and their neighbours need, read with and without the proof.
    void expect_answers(const std::vector<Bytes>& keys)
    {
        const Recorder recorder(world.store);
        std::vector<std::optional<Bytes>> values;
        for (const auto& key : keys)
            values.push_back(*find_value(recorder, world.root, key));
        const auto nodes = testing::nodes_of(recorder);
        const auto proof = Proof::check(testing::views_of(nodes), world.root);
        ASSERT_TRUE(proof) << int(proof.error().why);
        for (size_t i = 0; i != keys.size(); ++i)
            EXPECT_EQ(*find_value(*proof, world.root, keys[i]), values[i]);
    }

    testing::World world;
};

TEST_F(ChosenValues, a_value_that_is_the_hash_of_another_hashed_value_leaves_the_proof_good)
{
    const Bytes long_value(100, 0xff), k1{1}, k2{2}, k3{0x13};
    write({{k1, long_value}, {k2, bytes_of(blake2_256(long_value))}, {k3, Bytes(5, 7)}});
    expect_answers({k1, k2, k3});
    expect_answers({k2}); // without the value whose hash it is
    expect_answers({k1});
}

TEST_F(ChosenValues, nor_do_hashes_of_values_that_look_like_nodes_with_broken_children_spoil_it)
{
    // A branch whose one child refers to a second value, which is no node; and one whose inner child is no node.
    const Bytes no_node(60, 0xff);
    const auto below = blake2_256(no_node);
    Node branch;
    branch.mask = 1 << 3;
    branch.children[3] = below;
    Bytes looks_good, broken;
    encode_node(branch, looks_good);
    const Bytes inner{0xff};
    branch.kind = ValueKind::plain;
    branch.value = no_node;
    branch.children[3] = inner;
    encode_node(branch, broken);
    write({{Bytes{1}, looks_good},
           {Bytes{2}, no_node},
           {Bytes{3}, bytes_of(blake2_256(looks_good))},
           {Bytes{4}, bytes_of(blake2_256(broken))},
           {Bytes{5}, bytes_of(below)},
           {Bytes{6}, broken}});
    ASSERT_GE(looks_good.size(), kHashedValueMin);
    expect_answers({Bytes{1}, Bytes{2}, Bytes{3}, Bytes{4}, Bytes{5}, Bytes{6}});
    expect_answers({Bytes{3}, Bytes{2}});
}

TEST_F(ChosenValues, a_node_that_the_trie_itself_refers_to_must_be_one_whatever_values_say)
{
    // The child of a real branch is replaced by bytes that are no node: its hash stands in the branch, and in a value.
    const Bytes no_node(60, 0xff);
    const auto hash = blake2_256(no_node);
    Node branch;
    branch.kind = ValueKind::plain;
    branch.value = hash;
    branch.mask = 1 << 3;
    branch.children[3] = hash;
    Bytes root;
    encode_node(branch, root);
    const auto proof = Proof::check(std::array{ByteView(root), ByteView(no_node)}, blake2_256(root));
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error(), (ProofError{Refusal::bad_node, 1}));
}

TEST_F(ChosenValues, what_only_a_chosen_value_refers_to_is_read_as_no_state_of_ours)
{
    // Somebody adds bytes whose hash is a value: no key of the trie is answered from them.
    const Bytes foreign(60, 0xff), key{9};
    write({{key, bytes_of(blake2_256(foreign))}, {Bytes{8}, Bytes(3, 1)}});
    const Recorder recorder(world.store);
    const auto value = *find_value(recorder, world.root, key);
    auto nodes = testing::nodes_of(recorder);
    nodes.push_back(foreign);
    EXPECT_EQ(Proof::check(testing::views_of(nodes), world.root).error().why, Refusal::unused);
    Bytes leaf;
    Node node;
    node.kind = ValueKind::plain;
    node.value = foreign;
    encode_node(node, leaf); // a node this time: it might be a child trie
    write({{key, bytes_of(blake2_256(leaf))}});
    const Recorder again(world.store);
    const auto kept = *find_value(again, world.root, key);
    nodes = testing::nodes_of(again);
    nodes.push_back(leaf);
    const auto proof = Proof::check(testing::views_of(nodes), world.root);
    ASSERT_TRUE(proof);
    EXPECT_EQ(*find_value(*proof, world.root, key), kept);
    EXPECT_EQ(*find_value(*proof, world.root, Bytes{8}), Bytes(3, 1));
    EXPECT_FALSE(find_value(*proof, blake2_256(foreign), key)); // no such trie
}

/// A proof of one item, made from the nodes on the way to it.
std::vector<Bytes> item_proof(const testing::World& world, ByteView key)
{
    std::vector<Bytes> nodes;
    ByteView reference = world.root;
    Nibbles rest(key);
    NodeBytes bytes;
    for (;;)
    {
        bytes = world.store.find(digest_of(reference));
        auto node = *decode_node(*bytes);
        rest = rest.from(node.partial.size());
        ByteView next;
        if (rest.empty())
        {
            node.kind = node.mask == 0 ? ValueKind::plain : ValueKind::none;
            node.value = {};
        }
        else if (node.children[rest[0]].size() == 32)
        {
            next = std::exchange(node.children[rest[0]], {});
        }
        encode_node(node, nodes.emplace_back());
        if (next.empty())
            return nodes;
        rest = rest.from(1);
        reference = next;
    }
}

TEST_P(TrieProof, a_proof_of_one_item_holds_for_its_key_and_value_alone)
{
    const auto world = testing::random_world(43, 120, GetParam());
    size_t proven = 0;
    for (const auto& [key, value] : world.state)
    {
        // Where the value lies in a node inside its parent, the inner node is shortened too: left to the vectors.
        const auto nodes = item_proof(world, key);
        const auto check = [&](const std::vector<Bytes>& given, const Bytes& one_key, const Bytes& one_value) {
            return verify_item(world.root, testing::views_of(given), one_key, one_value, GetParam());
        };
        if (!check(nodes, key, value))
            continue;
        ++proven;
        auto other = value;
        other.push_back(0);
        EXPECT_EQ(check(nodes, key, other).error().why, Refusal::root);
        auto longer = key;
        longer.push_back(1);
        EXPECT_FALSE(check(nodes, longer, value));
        auto given = nodes;
        given.push_back(nodes.back());
        EXPECT_EQ(check(given, key, value).error().why, Refusal::unused);
        given = nodes;
        given.pop_back();
        EXPECT_EQ(check(given, key, value).error().why, Refusal::incomplete);
        for (size_t i = 0; i != nodes.size(); ++i)
            for (size_t at = 0; at < nodes[i].size(); at += 5)
            {
                given = nodes;
                given[i][at] ^= 4;
                EXPECT_FALSE(check(given, key, value));
            }
    }
    EXPECT_GT(proven, 60u);
}

} // namespace
} // namespace trie
