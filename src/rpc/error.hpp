#pragma once

#include "rpc/backend.hpp"
#include "rpc/json.hpp"

#include <expected>
#include <string>

namespace rpc {

/// Codes of the errors that clients tell apart.
///
/// Source  JSON-RPC 2.0, section 5.1; jsonrpsee's own below -32000; Substrate's by group; the new JSON-RPC
///         specification of Polkadot from -32800 on
namespace code {

inline constexpr int kParse = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601; ///< also what unsafe methods answer when they are not allowed
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternal = -32603;
inline constexpr int kTooManySubscriptions = -32006;
inline constexpr int kOversizedRequest = -32007;
inline constexpr int kOversizedResponse = -32008;
inline constexpr int kOversizedBatch = -32010;
inline constexpr int kOversizedBatchResponse = -32011;

inline constexpr int kRuntime = 1;     ///< payment_* and system_dryRun: the runtime failed
inline constexpr int kUndecodable = 2; ///< the same: the extrinsic cannot be decoded

inline constexpr int kAuthorBadFormat = 1001;
inline constexpr int kAuthorVerification = 1002;
inline constexpr int kPoolInvalid = 1010;
inline constexpr int kPoolUnknown = 1011;
inline constexpr int kPoolBanned = 1012;
inline constexpr int kPoolAlreadyImported = 1013;
inline constexpr int kPoolTooLowPriority = 1014;
inline constexpr int kPoolCycle = 1015;
inline constexpr int kPoolImmediatelyDropped = 1016;
inline constexpr int kPoolUnactionable = 1018;
inline constexpr int kPoolNoTags = 1019;
inline constexpr int kPoolInvalidBlock = 1020;
inline constexpr int kPoolFuture = 1021;
inline constexpr int kAuthorOther = 1040;
inline constexpr int kSystem = 2001;
inline constexpr int kChain = 3000;
inline constexpr int kStateRange = 4001;
inline constexpr int kStateCount = 4002;
inline constexpr int kStateClient = 4003;
inline constexpr int kOffchainKind = 5001;
inline constexpr int kGrandpaNotReady = 1;

inline constexpr int kFollowLimit = -32800;
inline constexpr int kBlockNotPinned = -32801;
inline constexpr int kFollowWithoutRuntime = -32802;
inline constexpr int kNotWaiting = -32803;
inline constexpr int kDuplicateHashes = -32804;

} // namespace code

/// The error member of a response.
struct Error
{
    int code = code::kInternal;
    std::string message;
    Json data = nullptr; ///< left out of the response when null
};

using Reply = std::expected<Json, Error>;

inline std::unexpected<Error> refuse(int code, std::string message, Json data = nullptr)
{
    return std::unexpected(Error{code, std::move(message), std::move(data)});
}

/// Wrong parameters; `what` says which one and what it should be.
inline std::unexpected<Error> invalid_params(std::string what)
{
    return refuse(code::kInvalidParams, "Invalid params", std::move(what));
}

/// A list asked for is longer than `max`.
inline std::unexpected<Error> too_many(size_t count, size_t max)
{
    return refuse(code::kStateCount,
                  "count exceeds maximum value. value: " + std::to_string(count) + ", max: " + std::to_string(max));
}

/// What the state and chain groups answer when the backend has no answer.
inline std::unexpected<Error> client_error(const Failure& failure, int code = code::kStateClient)
{
    return refuse(code, "Client error: " + failure.text);
}

/// The same for a subscription's start.
inline std::expected<void, Error> or_client_error(const Answer<void>& answer)
{
    if (answer)
        return {};
    return client_error(answer.error());
}

/// A pool's refusal with the code and texts of Substrate, which wallets match on.
Error pool_error(const PoolError& error);

/// The error object of a response.
Json present(const Error& error);

} // namespace rpc
