#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include <algorithm>
#include <array>

/// Fees, as TransactionPaymentApi tells them.
///
/// Source  pallet_transaction_payment::{RuntimeDispatchInfo, FeeDetails}
namespace rpc {
namespace {

struct Weight
{
    scale::Compact<uint64_t> ref_time, proof_size;
};

struct DispatchInfo
{
    Weight weight;
    uint8_t dispatch_class = 0;
    scale::u128 partial_fee = 0;
};

struct InclusionFee
{
    scale::u128 base = 0, length = 0, adjusted_weight = 0;
};

struct FeeDetails
{
    std::optional<InclusionFee> inclusion;
    scale::u128 tip = 0;
};

constexpr auto kClasses = std::to_array<const char*>({"normal", "operational", "mandatory"});

std::string decimal(scale::u128 number)
{
    std::string digits;
    do
    {
        digits += char('0' + int(number % 10));
        number /= 10;
    } while (number != 0);
    std::ranges::reverse(digits);
    return digits;
}

std::string hex_number(scale::u128 number)
{
    if (number >> 64 == 0)
        return rpc::hex_number(uint64_t(number));
    const auto low = rpc::hex_number(uint64_t(number)).substr(2);
    return rpc::hex_number(uint64_t(number >> 64)) + std::string(16 - low.size(), '0') + low;
}

/// Calls `function` with the extrinsic that the first parameter holds, and its length.
template <class T>
std::expected<T, Error> ask(Session& session, Params& params, std::string_view function, std::string_view complaint)
{
    const auto extrinsic = params.bytes("encodedXt");
    const auto at = params.optional_hash("at");
    if (params.failed())
        return params.error();
    if (!without_length(extrinsic))
        return refuse(code::kUndecodable, std::string{complaint}, "the extrinsic's length is wrong");
    scale::Writer arguments{extrinsic.size() + 4};
    arguments.put(ByteView{extrinsic});
    scale::encode(uint32_t(extrinsic.size()), arguments);
    const auto result = session.backend().call(at.value_or(session.best()), function, arguments.bytes());
    if (!result)
        return refuse(code::kRuntime, std::string{complaint}, result.error().text);
    auto decoded = scale::decode<T>(ByteView{*result});
    if (!decoded)
        return refuse(code::kRuntime, std::string{complaint}, std::string{words(decoded.error().what)});
    return std::move(*decoded);
}

Reply query_info(Session& session, Params& params)
{
    const auto info =
        ask<DispatchInfo>(session, params, "TransactionPaymentApi_query_info", "Unable to query dispatch info.");
    if (!info)
        return std::unexpected(info.error());
    if (info->dispatch_class >= kClasses.size())
        return refuse(code::kRuntime, "Unable to query dispatch info.", "the runtime names an unknown class");
    return Json{
        {"weight", {{"ref_time", uint64_t{info->weight.ref_time}}, {"proof_size", uint64_t{info->weight.proof_size}}}},
        {"class", kClasses[info->dispatch_class]},
        {"partialFee", decimal(info->partial_fee)}};
}

Reply query_fee_details(Session& session, Params& params)
{
    const auto fee =
        ask<FeeDetails>(session, params, "TransactionPaymentApi_query_fee_details", "Unable to query fee details.");
    if (!fee)
        return std::unexpected(fee.error());
    Json inclusion;
    if (fee->inclusion)
        inclusion = Json{{"baseFee", hex_number(fee->inclusion->base)},
                         {"lenFee", hex_number(fee->inclusion->length)},
                         {"adjustedWeightFee", hex_number(fee->inclusion->adjusted_weight)}};
    return Json{{"inclusionFee", std::move(inclusion)}};
}

constexpr auto kMethods = std::to_array<Method>({
    {"payment_queryInfo", query_info},
    {"payment_queryFeeDetails", query_fee_details},
});

} // namespace

std::span<const Method> payment_methods() { return kMethods; }

} // namespace rpc
