#include "runtime/product/apis.hpp"

#include "runtime/product/call.hpp"

namespace runtime::product {
namespace {

std::vector<ByteView> bodies(const Block& block)
{
    std::vector<ByteView> all;
    all.reserve(block.extrinsics.size());
    for (const auto& extrinsic : block.extrinsics)
        all.push_back(extrinsic.body);
    return all;
}

std::optional<OpaqueKeyOwnershipProof> opaque(const std::optional<historical::MembershipProof>& proof)
{
    return proof ? std::optional{OpaqueKeyOwnershipProof{scale::encode(*proof)}} : std::nullopt;
}

/// Gives an unsigned report to the pool of this node.
template <class Report, class Proof>
std::optional<std::monostate> submit(const Proof& equivocation, const OpaqueKeyOwnershipProof& owner)
{
    auto proof = scale::decode<historical::MembershipProof>(ByteView{owner.value});
    if (!proof)
        return std::nullopt;
    Bytes body{Extrinsic<Runtime>::kVersion};
    const auto call = scale::encode(Call<Runtime>{Report{equivocation, std::move(*proof)}});
    body.insert(body.end(), call.begin(), call.end());
    return host::submit_transaction(scale::encode(body)) ? std::optional{std::monostate{}} : std::nullopt;
}

constexpr auto kApis = describe_apis(Apis{});
constexpr meta::Runtime kModel = meta::model<Runtime>(kApis);

} // namespace

Bytes call(std::string_view export_name, ByteView arguments)
{
    const auto function = find_export<Apis>(export_name);
    if (function == nullptr)
        host::panic("api: no such function");
    return function(arguments);
}

primitives::RuntimeVersion Runtime::version()
{
    return {.spec_name = std::string{kSpecName},
            .impl_name = "zkp-cpp",
            .authoring_version = 1,
            .spec_version = kSpecVersion,
            .impl_version = 1,
            .apis = api_versions(Apis{}),
            .transaction_version = kTransactionVersion,
            .state_version = kStateVersion};
}

namespace core {

primitives::RuntimeVersion version() { return Runtime::version(); }
void execute_block(const Block& block) { Executive<Runtime>::execute_block(block.header, bodies(block)); }

ExtrinsicInclusionMode initialize_block(const Header& header)
{
    Executive<Runtime>::initialize_block(header);
    return ExtrinsicInclusionMode::all_extrinsics;
}

} // namespace core

namespace metadata {

OpaqueMetadata metadata() { return {meta::encode(kModel, 14)}; }

std::optional<OpaqueMetadata> metadata_at_version(const uint32_t& version)
{
    if (std::ranges::find(meta::kVersions, version) == std::end(meta::kVersions))
        return std::nullopt;
    return OpaqueMetadata{meta::encode(kModel, version)};
}

std::vector<uint32_t> metadata_versions() { return {std::begin(meta::kVersions), std::end(meta::kVersions)}; }

} // namespace metadata

namespace block_builder {

ApplyResult apply_extrinsic(const OpaqueExtrinsic& extrinsic)
{
    return Executive<Runtime>::apply_extrinsic(extrinsic.body);
}
Header finalize_block() { return Executive<Runtime>::finalize_block(); }

std::vector<MadeExtrinsic> inherent_extrinsics(const primitives::InherentData& inherent)
{
    std::vector<MadeExtrinsic> made;
    for (auto& body : Executive<Runtime>::inherent_extrinsics(inherent))
        made.push_back({std::move(body)});
    return made;
}

primitives::CheckInherentsResult check_inherents(const Block& block, const primitives::InherentData& data)
{
    return Executive<Runtime>::check_inherents(bodies(block), data);
}

} // namespace block_builder

namespace transaction_queue {

Validity<ValidTransaction> validate_transaction(const primitives::TransactionSource& source, const OpaqueExtrinsic& tx,
                                                const H256& block_hash)
{
    return Executive<Runtime>::validate_transaction(source, tx.body, block_hash.value);
}

} // namespace transaction_queue

namespace offchain {

void offchain_worker(const Header& header) { Executive<Runtime>::offchain_worker(header); }

} // namespace offchain

namespace babe_api {

primitives::babe::Configuration configuration()
{
    const auto config = babe::EpochConfig::get();
    return {.slot_duration_ms = babe::SlotDuration::get(),
            .epoch_length = babe::EpochDuration::get(),
            .c = config.c,
            .authorities = babe::Authorities::get(),
            .randomness = babe::CurrentRandomness::get(),
            .allowed_slots = config.allowed_slots};
}

Slot current_epoch_start() { return babe::current_epoch_start(); }

primitives::babe::Epoch current_epoch()
{
    return {.epoch_index = babe::EpochIndex::get(),
            .start_slot = babe::current_epoch_start(),
            .duration = babe::EpochDuration::get(),
            .authorities = babe::Authorities::get(),
            .randomness = babe::CurrentRandomness::get(),
            .config = babe::EpochConfig::get()};
}

primitives::babe::Epoch next_epoch()
{
    const auto index = babe::EpochIndex::get() + 1;
    const auto config = babe::NextEpochConfig::get();
    return {.epoch_index = index,
            .start_slot = babe::epoch_start(index),
            .duration = babe::EpochDuration::get(),
            .authorities = babe::NextAuthorities::get(),
            .randomness = babe::NextRandomness::get(),
            .config = config ? *config : babe::EpochConfig::get()};
}

/// For slots of the session that runs; of an earlier slot, ask at a block of its session.
std::optional<OpaqueKeyOwnershipProof> generate_key_ownership_proof(const Slot& slot,
                                                                    const primitives::Sr25519Public& authority_id)
{
    if (babe::session_of(slot) != session::CurrentIndex::get())
        return std::nullopt;
    return opaque(historical::prove({session::kBabeKey, Bytes(authority_id.bytes.begin(), authority_id.bytes.end())}));
}

std::optional<std::monostate>
submit_report_equivocation_unsigned_extrinsic(const primitives::babe::EquivocationProof& equivocation_proof,
                                              const OpaqueKeyOwnershipProof& key_owner_proof)
{
    return submit<babe::ReportEquivocationUnsigned>(equivocation_proof, key_owner_proof);
}

} // namespace babe_api

namespace grandpa_api {

primitives::grandpa::AuthorityList grandpa_authorities() { return grandpa::Authorities::get(); }
uint64_t current_set_id() { return grandpa::CurrentSetId::get(); }

/// For the set that rules; of an earlier one, ask at a block of its time.
std::optional<OpaqueKeyOwnershipProof> generate_key_ownership_proof(const uint64_t& set_id,
                                                                    const primitives::Ed25519Public& authority_id)
{
    if (set_id != grandpa::CurrentSetId::get())
        return std::nullopt;
    return opaque(
        historical::prove({session::kGrandpaKey, Bytes(authority_id.bytes.begin(), authority_id.bytes.end())}));
}

std::optional<std::monostate>
submit_report_equivocation_unsigned_extrinsic(const primitives::grandpa::EquivocationProof& equivocation_proof,
                                              const OpaqueKeyOwnershipProof& key_owner_proof)
{
    return submit<grandpa::ReportEquivocationUnsigned>(equivocation_proof, key_owner_proof);
}

} // namespace grandpa_api

namespace session_keys {

namespace {

template <class Public>
auto signed_by(auto sign, session::KeyTypeId type, const Public& key, ByteView statement)
{
    const auto signature = sign(type.value, key.bytes, statement);
    if (!signature)
        host::panic("session: a new key is not in the keystore");
    return *signature;
}

} // namespace

/// `owner` is an encoded account. Without a good one the proof is nobody's.
OpaqueGeneratedSessionKeys generate_session_keys(const Bytes& owner, const std::optional<Bytes>& seed)
{
    const auto phrase = seed ? std::optional<ByteView>{*seed} : std::nullopt;
    const session::SessionKeys keys{
        .grandpa = {host::ed25519_generate(session::kGrandpaKey.value, phrase)},
        .babe = {host::sr25519_generate(session::kBabeKey.value, phrase)},
        .authority_discovery = {host::sr25519_generate(session::kAuthorityDiscoveryKey.value, phrase)}};
    const auto account = scale::decode<AccountId>(ByteView{owner});
    if (!account)
        return {scale::encode(keys), {}};
    const auto statement = session::statement_of_ownership(*account);
    const session::PossessionProof proof{
        {signed_by(host::ed25519_sign, session::kGrandpaKey, keys.grandpa, statement)},
        {signed_by(host::sr25519_sign, session::kBabeKey, keys.babe, statement)},
        {signed_by(host::sr25519_sign, session::kAuthorityDiscoveryKey, keys.authority_discovery, statement)}};
    return {scale::encode(keys), scale::encode(proof)};
}

std::optional<std::vector<std::pair<Bytes, session::KeyTypeId>>> decode_session_keys(const Bytes& encoded)
{
    const auto keys = scale::decode<session::SessionKeys>(ByteView{encoded});
    if (!keys)
        return std::nullopt;
    std::vector<std::pair<Bytes, session::KeyTypeId>> all;
    for (auto& [type, bytes] : keys->keys())
        all.emplace_back(std::move(bytes), type);
    return all;
}

} // namespace session_keys

namespace discovery {

std::vector<authority_discovery::Id> authorities() { return authority_discovery::authorities(); }

} // namespace discovery

namespace nonce {

Nonce account_nonce(const AccountId& account) { return system::Account::get(account).nonce; }

} // namespace nonce

namespace payment {
namespace {

using Fees = transaction_payment::Pallet<Runtime>;

transaction_payment::RuntimeDispatchInfo info_with_fee(const Call<Runtime>& call, Pays pays, uint32_t length)
{
    const auto info = info_of<Runtime>(call);
    if (info.pays_fee == Pays::no)
        pays = Pays::no;
    return {info.weight, info.dispatch_class, Fees::fee(info, info.weight, pays, length, 0)};
}

transaction_payment::FeeDetails details(const Call<Runtime>& call, Pays pays, uint32_t length)
{
    const auto info = info_of<Runtime>(call);
    if (info.pays_fee == Pays::no)
        pays = Pays::no;
    return {Fees::inclusion_fee(info, info.weight, pays, length)};
}

Extrinsic<Runtime> decoded(const OpaqueExtrinsic& uxt)
{
    auto extrinsic = Extrinsic<Runtime>::decode(uxt.body);
    if (!extrinsic)
        host::panic("payment: malformed extrinsic");
    return std::move(*extrinsic);
}

} // namespace

transaction_payment::RuntimeDispatchInfo query_info(const OpaqueExtrinsic& uxt, const uint32_t& len)
{
    const auto extrinsic = decoded(uxt);
    return info_with_fee(extrinsic.call, extrinsic.signature ? Pays::yes : Pays::no, len);
}

transaction_payment::FeeDetails query_fee_details(const OpaqueExtrinsic& uxt, const uint32_t& len)
{
    const auto extrinsic = decoded(uxt);
    return details(extrinsic.call, extrinsic.signature ? Pays::yes : Pays::no, len);
}

transaction_payment::RuntimeDispatchInfo query_call_info(const Call<Runtime>& call, const uint32_t& len)
{
    return info_with_fee(call, Pays::yes, len);
}

transaction_payment::FeeDetails query_call_fee_details(const Call<Runtime>& call, const uint32_t& len)
{
    return details(call, Pays::yes, len);
}

Balance query_weight_to_fee(const Weight& weight) { return Fees::weight_to_fee(weight); }
Balance query_length_to_fee(const uint32_t& length) { return Fees::length_to_fee(length); }

} // namespace payment
} // namespace runtime::product
