#pragma once

#include "runtime/frame/api.hpp"
#include "runtime/meta/runtime.hpp"
#include "runtime/product/genesis.hpp"
#include "runtime/product/presets.hpp"
#include "runtime/product/runtime.hpp"

/// The runtime APIs, under the versions that clients look for.
///
/// Source  the traits of the same names in polkadot-sdk
namespace runtime::product {

/// An extrinsic in an argument, without the length in front; not decoded yet.
struct OpaqueExtrinsic
{
    using Described = Extrinsic<Runtime>;
    ByteView body;

    static constexpr size_t kEncodedMin = 1;
    void encode_to(scale::Writer& writer) const { scale::encode(body, writer); }
    bool decode_from(scale::Reader& reader) { return scale::decode_into(reader, body); }
};
/// An extrinsic in a result.
struct MadeExtrinsic
{
    using Described = Extrinsic<Runtime>;
    Bytes body;

    static constexpr size_t kEncodedMin = 1;
    void encode_to(scale::Writer& writer) const { scale::encode(body, writer); }
};
struct Block
{
    static constexpr std::string_view kPath = "sp_runtime::generic::block::Block";
    Header header;
    std::vector<OpaqueExtrinsic> extrinsics;
};
struct OpaqueMetadata
{
    static constexpr std::string_view kPath = "sp_core::OpaqueMetadata";
    Bytes value;
};
struct OpaqueKeyOwnershipProof
{
    static constexpr std::string_view kPath = "sp_consensus_babe::OpaqueKeyOwnershipProof";
    Bytes value;
};
/// New keys of one seat and the proof for their owner. Of several seats, the keys and the proofs one after the other
/// are what Session.set_seat_keys takes.
struct OpaqueGeneratedSessionKeys
{
    static constexpr std::string_view kPath = "sp_session::OpaqueGeneratedSessionKeys";
    Bytes keys;
    Bytes proof;
};
enum class ExtrinsicInclusionMode : uint8_t
{
    all_extrinsics,
    only_inherents,
};
constexpr std::string_view path_of(ExtrinsicInclusionMode) { return "sp_runtime::ExtrinsicInclusionMode"; }

namespace core {
primitives::RuntimeVersion version();
void execute_block(const Block& block);
ExtrinsicInclusionMode initialize_block(const Header& header);
} // namespace core

namespace metadata {
OpaqueMetadata metadata();
std::optional<OpaqueMetadata> metadata_at_version(const uint32_t& version);
std::vector<uint32_t> metadata_versions();
} // namespace metadata

namespace block_builder {
ApplyResult apply_extrinsic(const OpaqueExtrinsic& extrinsic);
Header finalize_block();
std::vector<MadeExtrinsic> inherent_extrinsics(const primitives::InherentData& inherent);
primitives::CheckInherentsResult check_inherents(const Block& block, const primitives::InherentData& data);
} // namespace block_builder

namespace transaction_queue {
Validity<ValidTransaction> validate_transaction(const primitives::TransactionSource& source, const OpaqueExtrinsic& tx,
                                                const H256& block_hash);
}

namespace offchain {
void offchain_worker(const Header& header);
}

namespace babe_api {
primitives::babe::Configuration configuration();
Slot current_epoch_start();
primitives::babe::Epoch current_epoch();
primitives::babe::Epoch next_epoch();
std::optional<OpaqueKeyOwnershipProof> generate_key_ownership_proof(const Slot& slot,
                                                                    const primitives::Sr25519Public& authority_id);
std::optional<std::monostate>
submit_report_equivocation_unsigned_extrinsic(const primitives::babe::EquivocationProof& equivocation_proof,
                                              const OpaqueKeyOwnershipProof& key_owner_proof);
} // namespace babe_api

namespace grandpa_api {
primitives::grandpa::AuthorityList grandpa_authorities();
uint64_t current_set_id();
std::optional<OpaqueKeyOwnershipProof> generate_key_ownership_proof(const uint64_t& set_id,
                                                                    const primitives::Ed25519Public& authority_id);
std::optional<std::monostate>
submit_report_equivocation_unsigned_extrinsic(const primitives::grandpa::EquivocationProof& equivocation_proof,
                                              const OpaqueKeyOwnershipProof& key_owner_proof);
} // namespace grandpa_api

namespace session_keys {
OpaqueGeneratedSessionKeys generate_session_keys(const Bytes& owner, const std::optional<Bytes>& seed);
std::optional<std::vector<std::pair<Bytes, session::KeyTypeId>>> decode_session_keys(const Bytes& encoded);
} // namespace session_keys

namespace discovery {
std::vector<authority_discovery::Id> authorities();
}

namespace nonce {
Nonce account_nonce(const AccountId& account);
}

namespace payment {
transaction_payment::RuntimeDispatchInfo query_info(const OpaqueExtrinsic& uxt, const uint32_t& len);
transaction_payment::FeeDetails query_fee_details(const OpaqueExtrinsic& uxt, const uint32_t& len);
transaction_payment::RuntimeDispatchInfo query_call_info(const Call<Runtime>& call, const uint32_t& len);
transaction_payment::FeeDetails query_call_fee_details(const Call<Runtime>& call, const uint32_t& len);
Balance query_weight_to_fee(const Weight& weight);
Balance query_length_to_fee(const uint32_t& length);
} // namespace payment

using Apis = List<
    Api<"Core", 5,                                              //
        Method<"version", &core::version>,                      //
        Method<"execute_block", &core::execute_block, "block">, //
        Method<"initialize_block", &core::initialize_block, "header">>,
    Api<"Metadata", 2,                           //
        Method<"metadata", &metadata::metadata>, //
        Method<"metadata_at_version", &metadata::metadata_at_version, "version">,
        Method<"metadata_versions", &metadata::metadata_versions>>,
    Api<"BlockBuilder", 6, //
        Method<"apply_extrinsic", &block_builder::apply_extrinsic, "extrinsic">,
        Method<"finalize_block", &block_builder::finalize_block>,
        Method<"inherent_extrinsics", &block_builder::inherent_extrinsics, "inherent">,
        Method<"check_inherents", &block_builder::check_inherents, "block", "data">>,
    Api<"TaggedTransactionQueue", 3,
        Method<"validate_transaction", &transaction_queue::validate_transaction, "source", "tx", "block_hash">>,
    Api<"OffchainWorkerApi", 2, Method<"offchain_worker", &offchain::offchain_worker, "header">>,
    Api<"BabeApi", 2, //
        Method<"configuration", &babe_api::configuration>,
        Method<"current_epoch_start", &babe_api::current_epoch_start>,
        Method<"current_epoch", &babe_api::current_epoch>, //
        Method<"next_epoch", &babe_api::next_epoch>,
        Method<"generate_key_ownership_proof", &babe_api::generate_key_ownership_proof, "slot", "authority_id">,
        Method<"submit_report_equivocation_unsigned_extrinsic",
               &babe_api::submit_report_equivocation_unsigned_extrinsic, "equivocation_proof", "key_owner_proof">>,
    Api<"GrandpaApi", 3, //
        Method<"grandpa_authorities", &grandpa_api::grandpa_authorities>,
        Method<"submit_report_equivocation_unsigned_extrinsic",
               &grandpa_api::submit_report_equivocation_unsigned_extrinsic, "equivocation_proof", "key_owner_proof">,
        Method<"generate_key_ownership_proof", &grandpa_api::generate_key_ownership_proof, "set_id", "authority_id">,
        Method<"current_set_id", &grandpa_api::current_set_id>>,
    Api<"SessionKeys", 2, //
        Method<"generate_session_keys", &session_keys::generate_session_keys, "owner", "seed">,
        Method<"decode_session_keys", &session_keys::decode_session_keys, "encoded">>,
    Api<"AuthorityDiscoveryApi", 1, Method<"authorities", &discovery::authorities>>,
    Api<"AccountNonceApi", 1, Method<"account_nonce", &nonce::account_nonce, "account">>,
    Api<"TransactionPaymentApi", 4, //
        Method<"query_info", &payment::query_info, "uxt", "len">,
        Method<"query_fee_details", &payment::query_fee_details, "uxt", "len">,
        Method<"query_weight_to_fee", &payment::query_weight_to_fee, "weight">,
        Method<"query_length_to_fee", &payment::query_length_to_fee, "length">>,
    Api<"TransactionPaymentCallApi", 3, //
        Method<"query_call_info", &payment::query_call_info, "call", "len">,
        Method<"query_call_fee_details", &payment::query_call_fee_details, "call", "len">,
        Method<"query_weight_to_fee", &payment::query_weight_to_fee, "weight">,
        Method<"query_length_to_fee", &payment::query_length_to_fee, "length">>,
    Api<"GenesisBuilder", 1,                                  //
        Method<"build_state", &genesis::build_state, "json">, //
        Method<"get_preset", &genesis::get_preset, "id">,     //
        Method<"preset_names", &genesis::preset_names>>>;

} // namespace runtime::product
