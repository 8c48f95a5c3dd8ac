#include "runtime/testing/chain.hpp"
#include "runtime/testing/keys.hpp"

#include <gtest/gtest.h>

namespace runtime {
namespace {

using namespace testing;
using Why = InvalidTransaction::Why;

Call<Runtime> pay(const Person& to, Balance amount) { return balances::TransferKeepAlive{to.id(), amount}; }

Why refusal(const ApplyResult& result) { return result.error().get<InvalidTransaction>()->why; }

TEST(Block, built_by_an_author_executes_to_the_same_state_on_an_importer)
{
    Chain chain;
    for (int i = 0; i != 3; ++i)
    {
        const auto built = chain.build({chain.signed_by(alice(), pay(bob(), 5), {.nonce = Nonce(i)})});
        ASSERT_TRUE(built.executed) << built.executed.error();
        ASSERT_TRUE(built.results.at(1) && *built.results[1]);
    }
    EXPECT_EQ(chain.read([] { return system::Number::get(); }), 3u);
}

TEST(Block, with_another_state_root_digest_extrinsics_root_or_time_is_refused)
{
    Chain chain;
    const auto built = chain.build({chain.signed_by(alice(), pay(bob(), 5))});
    const auto refused = [&](const Header& header, const std::vector<Bytes>& bodies) {
        Memory importer;
        importer.top = chain.parent_state;
        return native::call(importer, "Core_execute_block", scale::encode(std::tuple{header, bodies})).error();
    };
    auto header = built.header;
    header.state_root[0] ^= 1;
    EXPECT_EQ(refused(header, built.bodies), "block: state root differs");
    header = built.header;
    header.extrinsics_root[0] ^= 1;
    EXPECT_EQ(refused(header, built.bodies), "block: extrinsics root differs");
    header = built.header;
    header.digest.logs.pop_back();
    EXPECT_EQ(refused(header, built.bodies), "block: digest differs");
    auto bodies = built.bodies;
    std::swap(bodies[0], bodies[1]);
    EXPECT_EQ(refused(built.header, bodies), "block: an inherent after other extrinsics");
    bodies = {built.bodies[1]};
    EXPECT_EQ(refused(built.header, bodies), "timestamp: not set in this block");
    bodies = {built.bodies[0], built.bodies[0]};
    EXPECT_EQ(refused(built.header, bodies), "timestamp: set twice in a block");
}

TEST(Block, one_announces_epoch_one_and_each_epoch_announces_the_next)
{
    Chain chain;
    const auto announced = [](const Header& header) {
        const auto* data = primitives::only_item<primitives::digest::Consensus>(header.digest, primitives::kBabeEngine);
        return data != nullptr;
    };
    for (BlockNumber n = 1; n != 45; ++n)
    {
        const auto built = chain.build();
        ASSERT_TRUE(built.executed) << built.executed.error();
        // 20 slots an epoch, one block a slot: epochs begin with blocks 1, 21, 41.
        EXPECT_EQ(announced(built.header), n % 20 == 1) << n;
    }
    const auto epoch = chain.query<primitives::babe::Epoch>("BabeApi_current_epoch");
    EXPECT_EQ(epoch.epoch_index, 2u);
    EXPECT_EQ(epoch.start_slot, 1'000'041u);
    EXPECT_EQ(epoch.duration, 20u);
    const auto next = chain.query<primitives::babe::Epoch>("BabeApi_next_epoch");
    EXPECT_EQ(next.start_slot, 1'000'061u);
    EXPECT_NE(next.randomness, primitives::babe::Randomness{});
    EXPECT_EQ(chain.read([] { return session::CurrentIndex::get(); }), 2u);
}

TEST(Block, after_skipped_epochs_opens_the_epoch_of_its_slot)
{
    Chain chain;
    chain.build();
    const auto built = chain.build({}, 73);
    ASSERT_TRUE(built.executed);
    EXPECT_EQ(chain.query<primitives::babe::Epoch>("BabeApi_current_epoch").epoch_index, 3u);
}

TEST(Block, whose_time_is_not_in_its_slot_is_refused)
{
    Chain chain;
    Memory& state = chain.state();
    ASSERT_TRUE(native::call(state, "Core_initialize_block", scale::encode(chain.open_header(1))));
    const auto made =
        native::call(state, "BlockBuilder_inherent_extrinsics", scale::encode(chain.inherents(chain.slot() + 2)));
    const auto body = scale::decode<std::vector<Bytes>>(ByteView{*made}).value().at(0);
    const auto applied = native::call(state, "BlockBuilder_apply_extrinsic", scale::encode(body));
    EXPECT_EQ(applied.error(), "babe: the timestamp is not in the block's slot");
}

TEST(Session, new_keys_serve_two_sessions_later_and_change_the_grandpa_set)
{
    Chain chain;
    const SeatKeys seat{"//New"};
    const auto keys = seat.keys();
    chain.build({chain.signed_by(alice(), set_keys(alice().id(), seat))});
    for (int i = 0; i != 25; ++i)
        ASSERT_TRUE(chain.build().executed);
    EXPECT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 0u);
    std::optional<Header> changed;
    for (int i = 0; i != 20; ++i)
    {
        const auto built = chain.build();
        ASSERT_TRUE(built.executed);
        if (primitives::only_item<primitives::digest::Consensus>(built.header.digest, primitives::kGrandpaEngine))
            changed = built.header;
    }
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->number.value, 41u);
    const auto set = chain.query<primitives::grandpa::AuthorityList>("GrandpaApi_grandpa_authorities");
    ASSERT_EQ(set.size(), 1u);
    EXPECT_EQ(set[0].id, keys.grandpa);
    EXPECT_EQ(chain.query<uint64_t>("GrandpaApi_current_set_id"), 1u);
    EXPECT_EQ(chain.query<primitives::babe::Configuration>("BabeApi_configuration").authorities.at(0).id, keys.babe);
}

TEST(Transfer, moves_the_amount_charges_a_fee_to_the_author_and_keeps_the_total)
{
    Chain chain{"local_testnet"};
    const auto total = [&] { return chain.read([] { return balances::TotalIssuance::get(); }); };
    const auto before = total();
    const auto had = chain.free(bob().id());
    const auto built = chain.build({chain.signed_by(bob(), pay(alice(), 1000), {.tip = 7})});
    ASSERT_TRUE(built.executed && built.results.at(1) && *built.results[1]);
    const auto paid = had - chain.free(bob().id()) - 1000;
    EXPECT_GT(paid, Balance{7});
    // Alice is validator 0, the author: she is given what Bob paid.
    EXPECT_EQ(chain.free(alice().id()), Balance{1'000'000} * FixedU128::kOne + 1000 + paid);
    EXPECT_EQ(total(), before);
    EXPECT_TRUE(chain.has_event(event(balances::Transfer{bob().id(), alice().id(), 1000})));
    EXPECT_TRUE(chain.has_event(event(transaction_payment::TransactionFeePaid{bob().id(), paid, 7})));
}

TEST(Transfer, of_more_than_there_is_fails_pays_and_moves_nothing)
{
    Chain chain;
    const auto built = chain.build({chain.signed_by(alice(), pay(bob(), ~Balance{0}))});
    ASSERT_TRUE(built.executed && built.results.at(1));
    EXPECT_EQ(built.results[1]->error(), DispatchError{TokenError::funds_unavailable});
    EXPECT_EQ(chain.free(bob().id()), Balance{1'000'000} * FixedU128::kOne);
    EXPECT_EQ(chain.read([] { return system::Account::get(alice().id()).nonce; }), 1u);
}

TEST(Account, stays_while_its_nonce_is_above_zero_and_its_nonce_is_never_reset)
{
    Chain chain;
    const auto built = chain.build({chain.signed_by(bob(), balances::TransferAll{alice().id(), false})});
    ASSERT_TRUE(built.executed && *built.results.at(1));
    EXPECT_EQ(chain.free(bob().id()), Balance{0});
    EXPECT_EQ(chain.read([] { return system::Account::get(bob().id()); }).nonce, 1u);
    chain.build({chain.signed_by(alice(), pay(bob(), FixedU128::kOne))});
    const auto replayed = chain.build({chain.signed_by(bob(), pay(alice(), 1), {.nonce = 0})});
    EXPECT_EQ(refusal(replayed.results.at(1)), Why::Stale);
}

TEST(Account, that_never_sent_leaves_no_trace_when_emptied)
{
    Chain chain;
    const Person carol{"//Carol"};
    chain.build({chain.signed_by(alice(), pay(carol, 5))});
    EXPECT_TRUE(chain.has_event(event(system::NewAccount{carol.id()})));
    chain.build({chain.signed_by(
        alice(), sudo::Sudo<Runtime>{Call<Runtime>{balances::ForceTransfer{carol.id(), alice().id(), Balance{5}}}},
        {.nonce = 1})});
    EXPECT_TRUE(chain.has_event(event(system::KilledAccount{carol.id()})));
    EXPECT_FALSE(chain.read([&] { return system::Account::contains(carol.id()); }));
}

TEST(Transaction, is_refused_for_its_own_reason)
{
    Chain chain;
    chain.build();
    const auto refused = [&](const Bytes& body) { return refusal(chain.build({body}).results.at(1)); };
    const auto good = chain.signed_by(alice(), pay(bob(), 1));
    auto forged = good;
    forged.back() ^= 4; // an amount of 0 instead of 1
    EXPECT_EQ(refused(forged), Why::BadProof);
    EXPECT_EQ(refused(chain.signed_by(alice(), pay(bob(), 1), {.nonce = 1})), Why::Future);
    EXPECT_EQ(refused(chain.signed_by(Person{"//Nobody"}, pay(bob(), 1))), Why::Payment);
    EXPECT_EQ(refused(chain.signed_by(alice(), pay(bob(), 1), {.tip = ~Balance{0}})), Why::Payment);
    EXPECT_EQ(refused(chain.signed_by(alice(), pay(bob(), 1), {.spec_version = 99})), Why::BadProof);
    EXPECT_EQ(refused(chain.signed_by(alice(), pay(bob(), 1), {.genesis = primitives::Hash{1}})), Why::BadProof);
    EXPECT_EQ(refused(chain.signed_by(alice(), system::Remark{Bytes(5 << 20)})), Why::ExhaustsResources);
}

TEST(Transaction, of_any_truncated_or_extended_encoding_is_refused_without_harm)
{
    Chain chain;
    auto body = chain.signed_by(alice(), utility::BatchAll<Runtime>{{pay(bob(), 1), system::Remark{{1, 2, 3}}}});
    const auto state = chain.state().top;
    for (size_t size = 0; size != body.size(); ++size)
    {
        const Bytes cut(body.begin(), body.begin() + std::ptrdiff_t(size));
        const auto raw = chain.call("BlockBuilder_apply_extrinsic", scale::encode(cut));
        ASSERT_EQ(refusal(scale::decode<ApplyResult>(ByteView{raw.value()}).value()), Why::Call) << size;
    }
    body.push_back(0);
    const auto raw = chain.call("BlockBuilder_apply_extrinsic", scale::encode(body));
    EXPECT_EQ(refusal(scale::decode<ApplyResult>(ByteView{raw.value()}).value()), Why::Call);
    EXPECT_EQ(chain.state().top, state);
}

TEST(Transaction, with_calls_nested_too_deep_is_refused)
{
    Chain chain;
    Call<Runtime> call = system::Remark{};
    for (uint32_t i = 0; i != kCallDepthMax; ++i)
        call = utility::Batch<Runtime>{{call}};
    const auto built = chain.build({chain.signed_by(alice(), call)});
    EXPECT_EQ(refusal(built.results.at(1)), Why::Call);
}

TEST(Transaction, mortal_is_valid_in_its_era_only)
{
    Chain chain;
    for (int i = 0; i != 3; ++i)
        chain.build();
    const auto era = primitives::Era::mortal(4, 3);
    const auto body = chain.signed_by(alice(), pay(bob(), 1), {.era = era});
    const auto source =
        scale::encode(std::tuple{primitives::TransactionSource::External, body, primitives::hash_of(chain.best())});
    const auto valid =
        chain.query<primitives::TransactionValidity>("TaggedTransactionQueue_validate_transaction", source);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid->longevity, 3u); // block 4 is being looked at, 7 is the first that is too late
    for (int i = 0; i != 4; ++i)
        chain.build();
    EXPECT_EQ(refusal(chain.build({body}).results.at(1)), Why::BadProof);
}

TEST(Batch, all_or_nothing_interrupted_or_forced_as_its_name_says)
{
    Chain chain;
    const auto too_much = pay(bob(), ~Balance{0});
    const auto start = chain.free(bob().id());
    auto built = chain.build({chain.signed_by(alice(), utility::BatchAll<Runtime>{{pay(bob(), 1), too_much}})});
    EXPECT_FALSE(*built.results.at(1));
    EXPECT_EQ(chain.free(bob().id()), start);
    built = chain.build(
        {chain.signed_by(alice(), utility::Batch<Runtime>{{pay(bob(), 1), too_much, pay(bob(), 1)}}, {.nonce = 1})});
    EXPECT_TRUE(*built.results.at(1));
    EXPECT_EQ(chain.free(bob().id()), start + 1);
    EXPECT_TRUE(chain.has_event(event(utility::BatchInterrupted{1, TokenError::funds_unavailable})));
    built = chain.build({chain.signed_by(
        alice(), utility::ForceBatch<Runtime>{{pay(bob(), 1), too_much, pay(bob(), 1)}}, {.nonce = 2})});
    EXPECT_TRUE(*built.results.at(1));
    EXPECT_EQ(chain.free(bob().id()), start + 3);
    EXPECT_TRUE(chain.has_event(event(utility::BatchCompletedWithErrors{})));
}

TEST(Sudo, upgrades_the_code_only_with_the_key_and_only_to_a_newer_version_of_this_chain)
{
    Chain chain;
    const auto upgrade = [&](const Person& by, Nonce nonce) {
        return chain.build(
            {chain.signed_by(by, sudo::Sudo<Runtime>{Call<Runtime>{system::SetCode{{1, 2, 3}}}}, {.nonce = nonce})});
    };
    auto version = Runtime::version();
    version.spec_version += 1;
    chain.state().version_of_code = scale::encode(version);
    EXPECT_EQ(upgrade(bob(), 0).results.at(1).value(), Result<>{fail<Runtime>(sudo::Error::require_sudo)});
    EXPECT_FALSE(chain.state().get(base::view(":code")));

    version.spec_version -= 1;
    chain.state().version_of_code = scale::encode(version);
    upgrade(alice(), 0);
    EXPECT_FALSE(chain.state().get(base::view(":code")));
    EXPECT_TRUE(chain.has_event(event(sudo::Sudid{fail<Runtime>(system::Error::spec_version_needs_to_increase)})));
    chain.state().version_of_code = std::nullopt;
    upgrade(alice(), 1);
    EXPECT_TRUE(chain.has_event(event(sudo::Sudid{fail<Runtime>(system::Error::failed_to_extract_runtime_version)})));

    version.spec_version += 1;
    chain.state().version_of_code = scale::encode(version);
    const auto upgraded = upgrade(alice(), 2);
    EXPECT_EQ(chain.state().get(base::view(":code")), (Bytes{1, 2, 3}));
    EXPECT_TRUE(chain.has_event(event(system::CodeUpdated{})));
    EXPECT_TRUE(upgraded.header.digest.logs.back().is<primitives::digest::RuntimeEnvironmentUpdated>());
}

TEST(Api, versions_are_those_that_clients_look_for)
{
    Chain chain;
    const auto version = chain.query<primitives::RuntimeVersion>("Core_version");
    EXPECT_EQ(version.spec_name, "zkp");
    EXPECT_EQ(version.state_version, 1);
    const auto of = [&](std::string_view name) {
        const auto found = std::ranges::find(version.apis, primitives::api_id(name), &primitives::ApiVersion::id);
        return found == version.apis.end() ? 0u : found->version;
    };
    EXPECT_EQ(of("Core"), 5u);
    EXPECT_EQ(of("Metadata"), 2u);
    EXPECT_EQ(of("BlockBuilder"), 6u);
    EXPECT_EQ(of("TaggedTransactionQueue"), 3u);
    EXPECT_EQ(of("BabeApi"), 2u);
    EXPECT_EQ(of("GrandpaApi"), 3u);
    EXPECT_EQ(of("AccountNonceApi"), 1u);
    EXPECT_EQ(of("AuraApi"), 0u);
}

TEST(Api, malformed_arguments_end_the_call)
{
    Chain chain;
    for (const std::string_view name : {"Core_execute_block", "Core_initialize_block", "AccountNonceApi_account_nonce",
                                        "TaggedTransactionQueue_validate_transaction", "GenesisBuilder_build_state"})
        EXPECT_EQ(chain.call(name, {1, 2, 3}).error(), "api: malformed arguments") << name;
    EXPECT_EQ(chain.call("Core_nothing").error(), "api: no such function");
}

TEST(Api, session_keys_are_made_and_read)
{
    Chain chain;
    const auto arguments = scale::encode(std::tuple{scale::encode(alice().id()), std::optional{Bytes{'/', '/', 'X'}}});
    const auto [keys, proof] = chain.query<std::pair<Bytes, Bytes>>("SessionKeys_generate_session_keys", arguments);
    EXPECT_EQ(keys.size(), 96u);
    EXPECT_EQ(proof.size(), session::kPossessionProofBytes);
    using Decoded = std::optional<std::vector<std::pair<Bytes, session::KeyTypeId>>>;
    const auto decoded = chain.query<Decoded>("SessionKeys_decode_session_keys", scale::encode(keys));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->at(0).second, session::kGrandpaKey);
    EXPECT_EQ(decoded->at(2).second, session::kAuthorityDiscoveryKey);
    EXPECT_FALSE(chain.query<Decoded>("SessionKeys_decode_session_keys", scale::encode(Bytes{1})));
}

TEST(Genesis, says_which_part_is_wrong)
{
    Chain chain;
    const auto refused = [&](std::string_view json) {
        const auto result = chain.query<std::expected<void, std::string>>(
            "GenesisBuilder_build_state", scale::encode(Bytes(json.begin(), json.end())));
        return result ? "" : result.error();
    };
    EXPECT_EQ(refused("{}"), "");
    EXPECT_EQ(refused("{"), "genesis: is not JSON");
    EXPECT_EQ(refused(R"({"assets": {}})"), "assets: is not a part of this genesis");
    EXPECT_EQ(refused(R"({"babe": {"slotDuration": 0}})"), "babe.slotDuration: must be above 0 and fit 64 bits");
    EXPECT_EQ(refused(R"({"balances": {"balances": [["x", 1]]}})").substr(0, 18), "balances.balances:");
    EXPECT_EQ(refused(R"({"session": {"keys": [["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
                          "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", {"grandpa": "x"}]]}})"),
              "session.keys: each seat needs three keys: grandpa, babe, authority_discovery");
    EXPECT_EQ(refused(R"({"sudo": {}})"), "sudo.key: an SS58 address is wanted");
}

TEST(Multiplier, follows_how_full_blocks_are_and_never_falls_below_a_tenth)
{
    using transaction_payment::next_multiplier;
    constexpr FixedU128 one{FixedU128::kOne};
    EXPECT_EQ(next_multiplier(one, 25, 100), one);
    EXPECT_GT(next_multiplier(one, 100, 100), one);
    EXPECT_LT(next_multiplier(one, 0, 100), one);
    FixedU128 falling = one;
    for (int i = 0; i != 200'000; ++i)
        falling = next_multiplier(falling, 0, 100);
    EXPECT_EQ(falling.value, FixedU128::kOne / 10);
    EXPECT_EQ(next_multiplier({~u128{0}}, 100, 100).value, ~u128{0});
}

} // namespace
} // namespace runtime
