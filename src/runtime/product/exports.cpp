#include "runtime/product/call.hpp"

#include <cstdint>

/// The exports of the WebAssembly runtime, one for each function of product::Apis; a test compares them with the
/// metadata. Arguments lie at `at`, `size` bytes; the result is a pointer in the low and a size in the high 32 bits, in
/// memory that is never freed: the host drops the instance after the call.
namespace {

uint64_t serve(std::string_view name, uint32_t at, uint32_t size)
{
    const auto* arguments = reinterpret_cast<const uint8_t*>(uintptr_t(at));
    auto* result = new base::Bytes(runtime::product::call(name, {arguments, size}));
    return uint64_t(uint32_t(reinterpret_cast<uintptr_t>(result->data()))) | uint64_t(result->size()) << 32;
}

} // namespace

// The attribute and the function need the name, and no template can have it.
#define EXPORT(name)                                                                                                   \
    extern "C" [[clang::export_name(#name)]] uint64_t name(uint32_t at, uint32_t size)                                 \
    {                                                                                                                  \
        return serve(#name, at, size);                                                                                 \
    }

EXPORT(Core_version)
EXPORT(Core_execute_block)
EXPORT(Core_initialize_block)
EXPORT(Metadata_metadata)
EXPORT(Metadata_metadata_at_version)
EXPORT(Metadata_metadata_versions)
EXPORT(BlockBuilder_apply_extrinsic)
EXPORT(BlockBuilder_finalize_block)
EXPORT(BlockBuilder_inherent_extrinsics)
EXPORT(BlockBuilder_check_inherents)
EXPORT(TaggedTransactionQueue_validate_transaction)
EXPORT(OffchainWorkerApi_offchain_worker)
EXPORT(BabeApi_configuration)
EXPORT(BabeApi_current_epoch_start)
EXPORT(BabeApi_current_epoch)
EXPORT(BabeApi_next_epoch)
EXPORT(BabeApi_generate_key_ownership_proof)
EXPORT(BabeApi_submit_report_equivocation_unsigned_extrinsic)
EXPORT(GrandpaApi_grandpa_authorities)
EXPORT(GrandpaApi_generate_key_ownership_proof)
EXPORT(GrandpaApi_submit_report_equivocation_unsigned_extrinsic)
EXPORT(GrandpaApi_current_set_id)
EXPORT(SessionKeys_generate_session_keys)
EXPORT(SessionKeys_decode_session_keys)
EXPORT(AuthorityDiscoveryApi_authorities)
EXPORT(AccountNonceApi_account_nonce)
EXPORT(TransactionPaymentApi_query_info)
EXPORT(TransactionPaymentApi_query_fee_details)
EXPORT(TransactionPaymentApi_query_weight_to_fee)
EXPORT(TransactionPaymentApi_query_length_to_fee)
EXPORT(TransactionPaymentCallApi_query_call_info)
EXPORT(TransactionPaymentCallApi_query_call_fee_details)
EXPORT(TransactionPaymentCallApi_query_weight_to_fee)
EXPORT(TransactionPaymentCallApi_query_length_to_fee)
EXPORT(GenesisBuilder_build_state)
EXPORT(GenesisBuilder_get_preset)
EXPORT(GenesisBuilder_preset_names)

#undef EXPORT
