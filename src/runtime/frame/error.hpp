#pragma once

#include "runtime/frame/types.hpp"
#include "runtime/frame/weight.hpp"

#include <optional>

/// Why a call failed, and what a call returns.
///
/// Source  sp_runtime::DispatchError; names and numbers are its own
namespace runtime {

struct ModuleError
{
    static constexpr std::string_view kPath = "sp_runtime::ModuleError";
    uint8_t index = 0;              ///< of the pallet
    std::array<uint8_t, 4> error{}; ///< of the pallet's Error, in the first byte
    friend bool operator==(const ModuleError&, const ModuleError&) = default;
};

enum class TokenError : uint8_t
{
    funds_unavailable,
    only_provider,
    below_minimum,
    cannot_create,
    unknown_asset,
    frozen,
    unsupported,
    cannot_create_hold,
    not_expendable,
    blocked,
};
constexpr std::string_view path_of(TokenError) { return "sp_runtime::TokenError"; }

enum class ArithmeticError : uint8_t
{
    underflow,
    overflow,
    division_by_zero,
};
constexpr std::string_view path_of(ArithmeticError) { return "sp_arithmetic::ArithmeticError"; }

enum class TransactionalError : uint8_t
{
    limit_reached,
    no_layer,
};
constexpr std::string_view path_of(TransactionalError) { return "sp_runtime::TransactionalError"; }

namespace dispatch_error {

struct Other
{
    static constexpr uint8_t kIndex = 0;
    friend bool operator==(const Other&, const Other&) = default;
};
struct CannotLookup
{
    static constexpr uint8_t kIndex = 1;
    friend bool operator==(const CannotLookup&, const CannotLookup&) = default;
};
struct BadOrigin
{
    static constexpr uint8_t kIndex = 2;
    friend bool operator==(const BadOrigin&, const BadOrigin&) = default;
};
struct ConsumerRemaining
{
    static constexpr uint8_t kIndex = 4;
    friend bool operator==(const ConsumerRemaining&, const ConsumerRemaining&) = default;
};
struct NoProviders
{
    static constexpr uint8_t kIndex = 5;
    friend bool operator==(const NoProviders&, const NoProviders&) = default;
};
struct TooManyConsumers
{
    static constexpr uint8_t kIndex = 6;
    friend bool operator==(const TooManyConsumers&, const TooManyConsumers&) = default;
};
struct Exhausted
{
    static constexpr uint8_t kIndex = 10;
    friend bool operator==(const Exhausted&, const Exhausted&) = default;
};
struct Corruption
{
    static constexpr uint8_t kIndex = 11;
    friend bool operator==(const Corruption&, const Corruption&) = default;
};
struct Unavailable
{
    static constexpr uint8_t kIndex = 12;
    friend bool operator==(const Unavailable&, const Unavailable&) = default;
};
struct RootNotAllowed
{
    static constexpr uint8_t kIndex = 13;
    friend bool operator==(const RootNotAllowed&, const RootNotAllowed&) = default;
};
struct Module
{
    static constexpr uint8_t kIndex = 3;
    ModuleError value{};
    friend bool operator==(const Module&, const Module&) = default;
};
struct Token
{
    static constexpr uint8_t kIndex = 7;
    TokenError value{};
    friend bool operator==(const Token&, const Token&) = default;
};
struct Arithmetic
{
    static constexpr uint8_t kIndex = 8;
    ArithmeticError value{};
    friend bool operator==(const Arithmetic&, const Arithmetic&) = default;
};
struct Transactional
{
    static constexpr uint8_t kIndex = 9;
    TransactionalError value{};
    friend bool operator==(const Transactional&, const Transactional&) = default;
};

} // namespace dispatch_error

struct DispatchError
    : scale::Variant<dispatch_error::Other, dispatch_error::CannotLookup, dispatch_error::BadOrigin,
                     dispatch_error::Module, dispatch_error::ConsumerRemaining, dispatch_error::NoProviders,
                     dispatch_error::TooManyConsumers, dispatch_error::Token, dispatch_error::Arithmetic,
                     dispatch_error::Transactional, dispatch_error::Exhausted, dispatch_error::Corruption,
                     dispatch_error::Unavailable, dispatch_error::RootNotAllowed>
{
    static constexpr std::string_view kPath = "sp_runtime::DispatchError";
    using Variant::Variant;
    DispatchError(TokenError error) : Variant(dispatch_error::Token{error}) {}
    DispatchError(ArithmeticError error) : Variant(dispatch_error::Arithmetic{error}) {}
};

/// A value or the reason why there is none; `Result<>` is Rust's DispatchResult.
template <class T = void>
using Result = std::expected<T, DispatchError>;

/// What a call says of itself after it ran.
struct PostInfo
{
    static constexpr std::string_view kPath = "frame_support::dispatch::PostDispatchInfo";
    std::optional<Weight> actual_weight; ///< none: as estimated
    Pays pays_fee = Pays::yes;
    friend bool operator==(const PostInfo&, const PostInfo&) = default;
};

/// A failed call, which may have weighed less than estimated.
struct Failure
{
    DispatchError error;
    PostInfo post{};
    Failure() = default;
    Failure(DispatchError why) : error(why) {}
    Failure(DispatchError why, PostInfo info) : error(why), post(info) {}
};
using Outcome = std::expected<PostInfo, Failure>;

/// Calls may return Result<> when they always weigh what was estimated.
template <class T>
Outcome as_outcome(const T& result)
{
    if constexpr (std::same_as<T, Outcome>)
        return result;
    else
    {
        static_assert(std::same_as<T, Result<>>);
        if (!result)
            return std::unexpected(Failure{result.error()});
        return PostInfo{};
    }
}

/// `return fail(ArithmeticError::overflow);` in any function that returns a Result or an Outcome.
inline std::unexpected<DispatchError> fail(DispatchError error) { return std::unexpected(error); }

} // namespace runtime
