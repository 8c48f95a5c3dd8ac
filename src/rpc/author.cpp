#include "hash/blake2b.hpp"
#include "rpc/hex.hpp"
#include "rpc/method.hpp"
#include "rpc/present.hpp"
#include "rpc/watch.hpp"

#include <array>

namespace rpc {
namespace {

constexpr char kExtrinsicUpdate[] = "author_extrinsicUpdate";

Json present(const PoolEvent& event)
{
    using enum PoolEvent::What;
    switch (event.what)
    {
    case future:
        return "future";
    case ready:
        return "ready";
    case broadcast:
        return Json{{"broadcast", event.peers}};
    case in_block:
        return Json{{"inBlock", hex(event.block)}};
    case retracted:
        return Json{{"retracted", hex(event.block)}};
    case finality_timeout:
        return Json{{"finalityTimeout", hex(event.block)}};
    case finalized:
        return Json{{"finalized", hex(event.block)}};
    case usurped:
        return Json{{"usurped", hex(event.block)}};
    case dropped:
        return "dropped";
    case invalid:
        return "invalid";
    }
    return nullptr;
}

class ExtrinsicUpdates final : public TransactionWatch
{
public:
    explicit ExtrinsicUpdates(Bytes extrinsic) : TransactionWatch(kExtrinsicUpdate, std::move(extrinsic)) {}

private:
    std::expected<void, Error> refused(Session&, const PoolError& error) override
    {
        return std::unexpected(pool_error(error));
    }
    void report(Session& session, const PoolEvent& event) override { session.notify(*this, present(event)); }
};

Reply submit_extrinsic(Session& session, Params& params)
{
    const auto encoded = params.bytes("extrinsic");
    if (params.failed())
        return params.error();
    const auto extrinsic = without_length(encoded);
    if (!extrinsic)
        return refuse(code::kAuthorOther, "Client error: the extrinsic's length is wrong");
    const auto hash = session.backend().submit(*extrinsic);
    return hash ? Reply{hex(*hash)} : std::unexpected(pool_error(hash.error()));
}

Reply submit_and_watch(Session& session, Params& params)
{
    const auto encoded = params.bytes("bytes");
    if (params.failed())
        return params.error();
    auto extrinsic = without_length(encoded);
    if (!extrinsic)
        return refuse(code::kAuthorBadFormat, "Extrinsic has invalid format: its length is wrong");
    return session.open(std::make_unique<ExtrinsicUpdates>(std::move(*extrinsic)));
}

Reply pending_extrinsics(Session& session, Params&)
{
    auto list = Json::array();
    for (const auto& extrinsic : session.backend().pending())
        list.push_back(hex(with_length(extrinsic)));
    return list;
}

/// A hash, or an extrinsic whose hash it is.
std::optional<Hash> named_by(const Json& item)
{
    if (!item.is_object() || item.size() != 1)
        return std::nullopt;
    if (const auto hash = item.find("hash"); hash != item.end())
        return as_hash(*hash);
    const auto extrinsic = item.find("extrinsic");
    const auto bytes = extrinsic == item.end() ? std::nullopt : as_bytes(*extrinsic);
    return bytes ? std::optional{hash::blake2_256(ByteView{*bytes})} : std::nullopt;
}

Reply remove_extrinsic(Session& session, Params& params)
{
    const auto& items = params.any("bytes_or_hash");
    if (!items.is_array() || items.size() > kListMax)
        return invalid_params("bytes_or_hash must be a list");
    std::vector<Hash> transactions;
    for (const auto& item : items)
    {
        const auto hash = named_by(item);
        if (!hash)
            return invalid_params("bytes_or_hash must hold {\"hash\": …} or {\"extrinsic\": …}");
        transactions.push_back(*hash);
    }
    auto removed = Json::array();
    for (const auto& hash : session.backend().remove(transactions))
        removed.push_back(hex(hash));
    return removed;
}

constexpr size_t kKeyTypeSize = 4;

std::string key_type(Params& params)
{
    auto type = params.text("key_type");
    if (!params.failed() && type.size() != kKeyTypeSize)
        params.fail("key_type", "must have four letters");
    return type;
}

Reply insert_key(Session& session, Params& params)
{
    const auto type = key_type(params);
    const auto uri = params.text("suri");
    const auto public_key = params.bytes("public");
    if (params.failed())
        return params.error();
    const auto result = session.backend().insert_key(type, uri, public_key);
    return result ? Reply{Json()} : refuse(code::kAuthorOther, result.error());
}

Reply has_key(Session& session, Params& params)
{
    const auto public_key = params.bytes("public_key");
    const auto type = key_type(params);
    if (params.failed())
        return params.error();
    return session.backend().has_key(type, public_key);
}

/// New keys of one seat in the keystore, and their signatures for `owner`, an encoded account.
using GeneratedKeys = std::pair<Bytes, Bytes>;
std::expected<GeneratedKeys, Error> generate_keys(Session& session, const Bytes& owner)
{
    const auto arguments = scale::encode(std::pair{owner, std::optional<Bytes>{}});
    const auto result =
        session.backend().call(session.best(), "SessionKeys_generate_session_keys", arguments, CallContext::keystore);
    if (!result)
        return client_error(result.error(), code::kAuthorOther);
    auto made = scale::decode<GeneratedKeys>(ByteView{*result});
    if (!made)
        return refuse(code::kAuthorOther, "Session keys are not encoded correctly");
    return std::move(*made);
}

Reply rotate_keys(Session& session, Params&)
{
    const auto made = generate_keys(session, {});
    if (!made)
        return std::unexpected(made.error());
    return hex(made->first);
}

/// Also the proof of possession that Session.set_keys wants.
Reply rotate_keys_with_owner(Session& session, Params& params)
{
    const auto owner = params.bytes("owner");
    if (params.failed())
        return params.error();
    const auto made = generate_keys(session, owner);
    if (!made)
        return std::unexpected(made.error());
    return Json{{"keys", hex(made->first)}, {"proof", hex(made->second)}};
}

/// A public key and the four letters of its type.
using DecodedKeys = std::vector<std::pair<Bytes, std::array<uint8_t, kKeyTypeSize>>>;

Reply has_session_keys(Session& session, Params& params)
{
    const auto keys = params.bytes("session_keys");
    if (params.failed())
        return params.error();
    const auto result = session.backend().call(session.best(), "SessionKeys_decode_session_keys", with_length(keys));
    if (!result)
        return client_error(result.error(), code::kAuthorOther);
    const auto decoded = scale::decode<std::optional<DecodedKeys>>(ByteView{*result});
    if (!decoded || !*decoded)
        return refuse(code::kAuthorOther, "Session keys are not encoded correctly");
    for (const auto& [key, type] : **decoded)
        if (!session.backend().has_key({reinterpret_cast<const char*>(type.data()), type.size()}, key))
            return false;
    return true;
}

using enum Method::Needs;
constexpr auto kMethods = std::to_array<Method>({
    {"author_submitExtrinsic", submit_extrinsic},
    {"author_pendingExtrinsics", pending_extrinsics},
    {"author_submitAndWatchExtrinsic", submit_and_watch, socket},
    {"author_unwatchExtrinsic", unsubscribe<kExtrinsicUpdate>, socket},
    {"author_removeExtrinsic", remove_extrinsic, trust},
    {"author_insertKey", insert_key, trust},
    {"author_hasKey", has_key, trust},
    {"author_rotateKeys", rotate_keys, trust},
    {"author_rotateKeysWithOwner", rotate_keys_with_owner, trust},
    {"author_hasSessionKeys", has_session_keys, trust},
});

} // namespace

std::span<const Method> author_methods() { return kMethods; }

} // namespace rpc
