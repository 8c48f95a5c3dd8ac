#include "rpc/error.hpp"

#include "rpc/hex.hpp"

namespace rpc {
namespace {

using primitives::InvalidTransaction;
using primitives::UnknownTransaction;

std::string text_of(const InvalidTransaction& invalid)
{
    using enum InvalidTransaction::Why;
    switch (invalid.why)
    {
    case Call:
        return "Transaction call is not expected";
    case Payment:
        return "Inability to pay some fees (e.g. account balance too low)";
    case Future:
        return "Transaction will be valid in the future";
    case Stale:
        return "Transaction is outdated";
    case BadProof:
        return "Transaction has a bad signature";
    case AncientBirthBlock:
        return "Transaction has an ancient birth block";
    case ExhaustsResources:
        return "Transaction would exhaust the block limits";
    case Custom:
        return "Custom error: " + std::to_string(invalid.code);
    case BadMandatory:
        return "A call was labelled as mandatory, but resulted in an Error.";
    case MandatoryValidation:
        return "Transaction dispatch is mandatory; transactions must not be validated.";
    case BadSigner:
        return "Invalid signing address";
    case IndeterminateImplicit:
        return "The implicit data was unable to be calculated";
    case UnknownOrigin:
        return "The transaction extension did not authorize any origin";
    }
    return "Transaction is invalid";
}

std::string text_of(const UnknownTransaction& unknown)
{
    using enum UnknownTransaction::Why;
    switch (unknown.why)
    {
    case CannotLookup:
        return "CannotLookup";
    case NoUnsignedValidator:
        return "NoUnsignedValidator";
    case Custom:
        return "Custom(" + std::to_string(unknown.code) + ")";
    }
    return "Unknown";
}

} // namespace

Error pool_error(const PoolError& error)
{
    using enum PoolError::Why;
    switch (error.why)
    {
    case invalid:
        return {code::kPoolInvalid, "Invalid Transaction", text_of(error.invalid)};
    case unknown:
        return {code::kPoolUnknown, "Unknown Transaction Validity", text_of(error.unknown)};
    case banned:
        return {code::kPoolBanned, "Transaction is temporarily banned", nullptr};
    case already_imported:
        return {code::kPoolAlreadyImported, "Transaction Already Imported", hex(error.hash)};
    case too_low_priority:
        return {code::kPoolTooLowPriority,
                "Priority is too low: (" + std::to_string(error.old_priority) + " vs " +
                    std::to_string(error.new_priority) + ")",
                "The transaction has too low priority to replace another transaction already in the pool."};
    case cycle:
        return {code::kPoolCycle, "Cycle Detected", nullptr};
    case immediately_dropped:
        return {code::kPoolImmediatelyDropped, "Immediately Dropped",
                "The transaction couldn't enter the pool because of the limit"};
    case unactionable:
        return {code::kPoolUnactionable, "Unactionable",
                "The transaction is unactionable since it is not propagable and the local node does not author blocks"};
    case no_tags:
        return {code::kPoolNoTags, "No tags provided",
                "Transaction does not provide any tags, so the pool can't identify it"};
    case invalid_block:
        return {code::kPoolInvalidBlock, "The provided block ID is not valid", nullptr};
    case future:
        return {code::kPoolFuture, "The pool is not accepting future transactions", nullptr};
    case undecodable:
        return {code::kAuthorBadFormat, "Extrinsic has invalid format: " + error.text, nullptr};
    case verification:
        return {code::kAuthorVerification, "Verification Error: " + error.text, error.text};
    }
    return {};
}

Json present(const Error& error)
{
    Json object{{"code", error.code}, {"message", error.message}};
    if (!error.data.is_null())
        object["data"] = error.data;
    return object;
}

} // namespace rpc
