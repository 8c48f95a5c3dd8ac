#include "post_link.hpp"

#include "executor/blob.hpp"
#include "executor/engine.hpp"
#include "host/state.hpp"
#include "host/table.hpp"
#include "metadata/digest.hpp"
#include "primitives/version.hpp"
#include "runtime/product/metadata_hash.hpp"
#include "trie/root.hpp"

#include <algorithm>

namespace wasmcheck {
namespace {

using base::Bytes;
using base::ByteView;
using Failure = std::unexpected<std::string>;

constexpr uint32_t kMetadataVersion = 15;

/// A state without a key.
class NoState final : public executor::Backend
{
public:
    std::expected<std::optional<executor::Slice>, executor::Trap> read(executor::Child, ByteView) override
    {
        return std::nullopt;
    }
    std::expected<std::optional<Bytes>, executor::Trap> next_key(executor::Child, ByteView) override
    {
        return std::nullopt;
    }
};

/// The compiled binary; its calls see an empty state.
class Runtime
{
public:
    static std::expected<Runtime, std::string> compile(ByteView wasm)
    {
        auto engine = executor::wasmtime_engine();
        if (!engine)
            return Failure(engine.error());
        auto module = (*engine)->compile(wasm, host::host_table());
        if (!module)
            return Failure(module.error().words);
        return Runtime(std::move(*engine), std::move(*module));
    }

    std::expected<Bytes, std::string> call(std::string_view function, ByteView input) const
    {
        NoState values;
        const trie::EmptyStore nodes;
        const host::Surroundings bare;
        host::State state({.values = &values, .nodes = &nodes, .root = trie::empty_root()}, bare);
        auto result = module_->call(function, input, state);
        if (!result)
            return Failure(std::string(function) + ": " + std::string(executor::name(result.error().code)) + " " +
                           result.error().detail);
        return std::move(*result);
    }

private:
    Runtime(std::shared_ptr<const executor::Engine> engine, std::shared_ptr<const executor::Module> module)
        : engine_(std::move(engine)), module_(std::move(module))
    {
    }

    std::shared_ptr<const executor::Engine> engine_;
    std::shared_ptr<const executor::Module> module_;
};

std::expected<Bytes, std::string> with_version(const Runtime& runtime, ByteView wasm)
{
    const auto encoded = runtime.call("Core_version", {});
    if (!encoded)
        return Failure(encoded.error());
    auto version = scale::decode<primitives::RuntimeVersion>(ByteView(*encoded));
    if (!version)
        return Failure("Core_version: the result is no RuntimeVersion");
    scale::Writer apis;
    for (const auto& api : std::exchange(version->apis, {}))
        scale::encode(api, apis);
    const auto one = executor::with_custom_section(wasm, "runtime_version", scale::encode(*version));
    auto both = one ? executor::with_custom_section(*one, "runtime_apis", apis.bytes()) : one;
    if (!both)
        return Failure("the binary is damaged");
    return std::move(*both);
}

/// The place of the metadata hash: where the marker stands.
using runtime::product::kHashMarker;

/// The token that the sources name behind the marker: decimals, length, symbol.
std::optional<metadata::Token> token_at(ByteView after_marker)
{
    if (after_marker.size() < 2 || after_marker.size() - 2 < after_marker[1])
        return std::nullopt;
    const auto symbol = after_marker.subspan(2, after_marker[1]);
    return metadata::Token{std::string(symbol.begin(), symbol.end()), after_marker[0]};
}

std::expected<void, std::string> put_metadata_hash(const Runtime& runtime, Bytes& wasm)
{
    const auto marker = base::view(kHashMarker);
    const auto place = std::ranges::search(wasm, marker);
    if (place.empty())
        return {};
    if (!std::ranges::search(std::ranges::subrange(place.end(), wasm.end()), marker).empty())
        return Failure("the place of the metadata hash is there twice: keep its marker out of other constants");
    const auto token = token_at(ByteView(place.end(), wasm.end()));
    if (!token || place.begin() == wasm.begin())
        return Failure("the place of the metadata hash names no token");
    const auto encoded = runtime.call("Metadata_metadata_at_version", scale::encode(kMetadataVersion));
    if (!encoded)
        return Failure(encoded.error());
    const auto opaque = scale::decode<std::optional<Bytes>>(ByteView(*encoded));
    if (!opaque || !*opaque)
        return Failure("Metadata_metadata_at_version: the result is no metadata of version 15");
    const auto hash = metadata::digest(**opaque, *token);
    if (!hash)
        return Failure(std::string(metadata::words(hash.error())));
    *(place.begin() - 1) = 1; // there is a hash
    std::ranges::copy(*hash, place.begin());
    return {};
}

} // namespace

std::expected<Bytes, std::string> complete(ByteView wasm)
{
    const auto runtime = Runtime::compile(wasm);
    if (!runtime)
        return Failure(runtime.error());
    auto written = with_version(*runtime, wasm);
    if (!written)
        return written;
    if (const auto put = put_metadata_hash(*runtime, *written); !put)
        return Failure(put.error());
    return written;
}

} // namespace wasmcheck
