#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"

#include <array>

namespace rpc {
namespace {

/// Nothing for the persistent store, which alone can be reached; else the refusal.
std::optional<Error> wrong_kind(const std::string& kind)
{
    if (kind == "PERSISTENT")
        return std::nullopt;
    if (kind == "LOCAL")
        return Error{code::kOffchainKind, "This storage kind is not available yet", nullptr};
    return invalid_params("kind must be PERSISTENT or LOCAL").error();
}

Reply get(Session& session, Params& params)
{
    const auto kind = params.text("kind");
    const auto key = params.bytes("key");
    if (params.failed())
        return params.error();
    if (auto wrong = wrong_kind(kind))
        return std::unexpected(std::move(*wrong));
    return present_bytes(session.backend().local_storage(key));
}

Reply set(Session& session, Params& params)
{
    const auto kind = params.text("kind");
    const auto key = params.bytes("key");
    const auto value = params.bytes("value");
    if (params.failed())
        return params.error();
    if (auto wrong = wrong_kind(kind))
        return std::unexpected(std::move(*wrong));
    session.backend().set_local_storage(key, value);
    return nullptr;
}

Reply clear(Session& session, Params& params)
{
    const auto kind = params.text("kind");
    const auto key = params.bytes("key");
    if (params.failed())
        return params.error();
    if (auto wrong = wrong_kind(kind))
        return std::unexpected(std::move(*wrong));
    session.backend().set_local_storage(key, std::nullopt);
    return nullptr;
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"offchain_localStorageGet", get, trust},
    {"offchain_localStorageSet", set, trust},
    {"offchain_localStorageClear", clear, trust},
});

} // namespace

std::span<const Method> offchain_methods() { return kMethods; }

} // namespace rpc
