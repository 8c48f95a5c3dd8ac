#include "host/table.hpp"

#include "host/state.hpp"
#include "scale/scale.hpp"
#include "trie/root.hpp"

#include <gtest/gtest.h>

#include <map>

namespace host {
namespace {

using executor::Caller;
using executor::Value;
using executor::ValueType;

class RepeatableEntropy final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override
    {
        for (auto& byte : out)
            byte = ++last_;
    }

private:
    uint8_t last_ = 0;
};

/// A state with nothing in it.
class Empty final : public executor::Backend
{
public:
    std::expected<std::optional<executor::Slice>, Trap> read(executor::Child, ByteView) override
    {
        return std::nullopt;
    }
    std::expected<std::optional<Bytes>, Trap> next_key(executor::Child, ByteView) override { return std::nullopt; }
};

/// A memory without code: host functions are called as a runtime would.
struct Host : ::testing::Test
{
    static constexpr uint32_t kHeapBase = 1 << 16;

    Bytes memory = Bytes(1 << 20);
    uint32_t used = 0; ///< below the heap, for arguments
    Empty below;
    trie::EmptyStore nodes;
    RepeatableEntropy entropy;
    Keystore keystore{entropy};
    Surroundings around{.keystore = &keystore};
    State state{{.values = &below, .nodes = &nodes, .root = trie::empty_root()}, around};
    Caller caller{memory, kHeapBase, state};
    std::map<std::string, HostFunction> functions;

    Host()
    {
        for (auto chapter : {storage_functions, child_storage_functions, crypto_functions, keystore_functions,
                             hashing_functions, offchain_functions, trie_functions, misc_functions})
            for (auto& function : chapter())
                EXPECT_TRUE(functions.emplace(function.name, function).second) << function.name;
    }

    uint32_t place(ByteView bytes)
    {
        const auto at = used;
        std::ranges::copy(bytes, memory.begin() + at);
        used += uint32_t(bytes.size());
        EXPECT_LE(used, kHeapBase);
        return at;
    }
    Value span(ByteView bytes) { return {place(bytes) | uint64_t{bytes.size()} << 32}; }
    Value text(std::string_view words) { return span(base::view(words)); }
    Value pointer(ByteView bytes) { return {place(bytes)}; }

    std::expected<Value, Trap> call(const std::string& name, std::vector<Value> values)
    {
        const auto& function = functions.at(name);
        EXPECT_EQ(function.type.params.size(), values.size()) << name;
        return function.call(caller, values);
    }
    Bytes bytes_of(const std::expected<Value, Trap>& result)
    {
        EXPECT_TRUE(result);
        const auto bytes = caller.at(result->bits);
        return {bytes->begin(), bytes->end()};
    }
};

TEST_F(Host, what_is_set_is_read_back_whole_and_in_parts)
{
    ASSERT_TRUE(call("ext_storage_set_version_1", {text("key"), text("value")}));
    EXPECT_EQ(bytes_of(call("ext_storage_get_version_1", {text("key")})), (Bytes{1, 5 << 2, 'v', 'a', 'l', 'u', 'e'}));
    EXPECT_EQ(bytes_of(call("ext_storage_get_version_1", {text("none")})), Bytes{0});
    const auto out = span(Bytes(2));
    EXPECT_EQ(bytes_of(call("ext_storage_read_version_1", {text("key"), out, {1}})), (Bytes{1, 4, 0, 0, 0}));
    EXPECT_EQ(memory[uint32_t(out.bits)], 'a');
    EXPECT_EQ(memory[uint32_t(out.bits) + 1], 'l');
    EXPECT_EQ(bytes_of(call("ext_storage_read_version_1", {text("key"), out, {99}})), (Bytes{1, 0, 0, 0, 0}));
    EXPECT_EQ(call("ext_storage_exists_version_1", {text("key")})->bits, 1);
}

TEST_F(Host, the_root_is_that_of_the_trie_with_these_pairs)
{
    const std::string longer(40, 'x');
    ASSERT_TRUE(call("ext_storage_set_version_1", {text("a"), text("1")}));
    ASSERT_TRUE(call("ext_storage_set_version_1", {text("b"), text(longer)}));
    const std::vector<trie::Pair> pairs{{base::view("a"), base::view("1")}, {base::view("b"), base::view(longer)}};
    for (const auto version : {trie::Version::v0, trie::Version::v1})
    {
        const auto root = *trie::root(pairs, version);
        EXPECT_EQ(bytes_of(call("ext_storage_root_version_2", {{uint64_t(version)}})), Bytes(root.begin(), root.end()));
    }
    EXPECT_FALSE(call("ext_storage_root_version_2", {{2}})) << "there is no state version 2";
    ASSERT_TRUE(call("ext_storage_clear_version_1", {text("b")}));
    const auto rest = *trie::root(std::span(pairs).first(1), trie::Version::v1);
    EXPECT_EQ(bytes_of(call("ext_storage_root_version_2", {{1}})), Bytes(rest.begin(), rest.end()));
}

TEST_F(Host, transactions_nest_and_roll_back)
{
    ASSERT_TRUE(call("ext_storage_start_transaction_version_1", {}));
    ASSERT_TRUE(call("ext_storage_set_version_1", {text("k"), text("v")}));
    ASSERT_TRUE(call("ext_storage_rollback_transaction_version_1", {}));
    EXPECT_EQ(call("ext_storage_exists_version_1", {text("k")})->bits, 0);
    EXPECT_FALSE(call("ext_storage_commit_transaction_version_1", {})) << "none is open";
}

TEST_F(Host, roots_of_child_tries_are_not_the_runtimes_to_write)
{
    ASSERT_TRUE(call("ext_storage_set_version_1", {text(":child_storage:default:x"), text("root")}));
    EXPECT_EQ(call("ext_storage_exists_version_1", {text(":child_storage:default:x")})->bits, 0);
    ASSERT_TRUE(call("ext_default_child_storage_set_version_1", {text("x"), text("k"), text("v")}));
    const std::vector<trie::Pair> pairs{{base::view("k"), base::view("v")}};
    const auto root = *trie::root(pairs, trie::Version::v1);
    EXPECT_EQ(bytes_of(call("ext_default_child_storage_root_version_2", {text("x"), {1}})),
              Bytes(root.begin(), root.end()));
    EXPECT_EQ(call("ext_default_child_storage_storage_kill_version_2", {text("x"), span(Bytes{0})})->bits, 1);
    const auto empty = trie::empty_root();
    EXPECT_EQ(bytes_of(call("ext_default_child_storage_root_version_2", {text("x"), {1}})),
              Bytes(empty.begin(), empty.end()));
}

TEST_F(Host, keys_of_the_keystore_sign_what_the_functions_verify)
{
    const auto seed = scale::encode(std::optional(std::string("//Alice")));
    const auto made = call("ext_crypto_sr25519_generate_version_1", {text("test"), span(seed)});
    ASSERT_TRUE(made);
    const Bytes key(memory.begin() + made->u32(), memory.begin() + made->u32() + 32);
    const auto signature =
        bytes_of(call("ext_crypto_sr25519_sign_version_1", {text("test"), pointer(key), text("message")}));
    ASSERT_EQ(signature.size(), 65);
    const auto verified = [&](std::string_view message) {
        return call("ext_crypto_sr25519_verify_version_2",
                    {pointer(ByteView(signature).subspan(1)), text(message), pointer(key)})
            ->bits;
    };
    EXPECT_EQ(verified("message"), 1);
    EXPECT_EQ(verified("messagf"), 0);
    EXPECT_EQ(bytes_of(call("ext_crypto_sr25519_sign_version_1", {text("else"), pointer(key), text("m")})), Bytes{0});
    const auto keys = bytes_of(call("ext_crypto_sr25519_public_keys_version_1", {text("test")}));
    EXPECT_EQ(Bytes(keys.begin() + 1, keys.end()), key);
}

TEST_F(Host, a_batch_is_as_good_as_its_worst_signature)
{
    const Bytes signature(64), key(32);
    ASSERT_TRUE(call("ext_crypto_start_batch_verify_version_1", {}));
    EXPECT_FALSE(call("ext_crypto_start_batch_verify_version_1", {}));
    EXPECT_EQ(
        call("ext_crypto_ed25519_batch_verify_version_1", {pointer(signature), text("m"), pointer(Bytes(32, 9))})->bits,
        0);
    EXPECT_EQ(call("ext_crypto_finish_batch_verify_version_1", {})->bits, 0);
    EXPECT_FALSE(call("ext_crypto_finish_batch_verify_version_1", {}));
}

TEST_F(Host, a_recovered_key_or_the_reason_why_not)
{
    const auto seed = scale::encode(std::optional(std::string("//Bob")));
    const auto made = call("ext_crypto_ecdsa_generate_version_1", {text("test"), span(seed)});
    const Bytes key(memory.begin() + made->u32(), memory.begin() + made->u32() + 33);
    const Bytes hash(32, 7);
    const auto signature =
        bytes_of(call("ext_crypto_ecdsa_sign_prehashed_version_1", {text("test"), pointer(key), pointer(hash)}));
    const auto recovered = bytes_of(call("ext_crypto_secp256k1_ecdsa_recover_compressed_version_2",
                                         {pointer(ByteView(signature).subspan(1)), pointer(hash)}));
    EXPECT_EQ(recovered[0], 0);
    EXPECT_EQ(Bytes(recovered.begin() + 1, recovered.end()), key);
    Bytes bad(65, 0xFF);
    EXPECT_EQ(bytes_of(call("ext_crypto_secp256k1_ecdsa_recover_version_2", {pointer(bad), pointer(hash)}))[0], 1);
}

TEST_F(Host, blocks_have_no_keys_and_no_outside_world)
{
    Surroundings bare;
    State block{{.values = &below, .nodes = &nodes, .root = trie::empty_root()}, bare};
    Caller strict(memory, kHeapBase, block);
    for (const auto* name : {"ext_offchain_timestamp_version_1", "ext_offchain_is_validator_version_1"})
        EXPECT_EQ(functions.at(name).call(strict, {}).error().code, TrapCode::host);
    const std::vector<Value> type{text("test")};
    EXPECT_EQ(functions.at("ext_crypto_sr25519_public_keys_version_1").call(strict, type).error().code, TrapCode::host);
}

TEST_F(Host, pointers_outside_the_memory_trap)
{
    const Value beyond{uint64_t{memory.size()} - 1 | uint64_t{2} << 32};
    for (const auto& [name, function] : functions)
        for (size_t i = 0; i != function.type.params.size(); ++i)
        {
            if (function.type.params[i] != ValueType::i64 || name == "ext_misc_print_num_version_1" ||
                name == "ext_offchain_sleep_until_version_1")
                continue;
            std::vector<Value> values(function.type.params.size(), Value{0});
            values[i] = beyond;
            const auto result = function.call(caller, values);
            ASSERT_FALSE(result) << name << ", parameter " << i;
        }
}

} // namespace
} // namespace host
