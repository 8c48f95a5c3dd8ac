#include "ledger/new_code.hpp"

#include "executor/blob.hpp"
#include "hash/blake2b.hpp"
#include "host/state.hpp"
#include "ledger/state_view.hpp"
#include "primitives/version.hpp"

#include <algorithm>
#include <array>

namespace ledger {
namespace {

using base::Bytes;
using base::ByteView;
using Failure = std::unexpected<std::string>;

constexpr std::array<uint8_t, 8> kPacked{0x52, 0xBC, 0x53, 0x76, 0x46, 0xDB, 0x8E, 0x05};
constexpr std::array<uint8_t, 8> kPlain{0x00, 'a', 's', 'm', 1, 0, 0, 0};
constexpr size_t kApiBytes = 12;
constexpr size_t kApisMax = 1024;
/// Shorter byte strings are not looked into: no runtime is as small.
constexpr size_t kCodeBytesMin = 4096;

/// The compact length that ends just before `at`, if it fits the bytes from there on.
std::optional<size_t> length_before(ByteView bytes, size_t at)
{
    for (const size_t size : {2, 4})
    {
        if (at < size)
            break;
        uint32_t raw = 0;
        for (size_t i = 0; i != size; ++i)
            raw |= uint32_t{bytes[at - size + i]} << (8 * i);
        const bool mode_fits = (raw & 3) == (size == 2 ? 1U : 2U);
        if (mode_fits && raw >> 2 >= kCodeBytesMin && raw >> 2 <= bytes.size() - at)
            return raw >> 2;
    }
    return std::nullopt;
}

} // namespace

std::optional<Bytes> embedded_version(ByteView wasm)
{
    const auto section = executor::custom_section(wasm, "runtime_version");
    const auto apis = executor::custom_section(wasm, "runtime_apis");
    if (!section || !apis || apis->size() % kApiBytes != 0 || apis->size() / kApiBytes > kApisMax)
        return std::nullopt;
    auto version = scale::decode<primitives::RuntimeVersion>(*section);
    if (!version)
        return std::nullopt;
    version->apis.clear();
    for (size_t at = 0; at != apis->size(); at += kApiBytes)
    {
        const auto api = scale::decode<primitives::ApiVersion>(apis->subspan(at, kApiBytes));
        if (!api)
            return std::nullopt;
        version->apis.push_back(*api);
    }
    return scale::encode(*version);
}

std::expected<Bytes, std::string> version_of_code(executor::ModuleCache& modules, ByteView code)
{
    const auto module = modules.get(hash::blake2_256(code), code);
    if (!module)
        return Failure(module.error().words);
    trie::EmptyStore nothing;
    TrieState state(nothing, trie::empty_root());
    const host::Surroundings bare;
    host::State call({.values = &state, .nodes = &nothing, .root = trie::empty_root()}, bare);
    auto result = (*module)->call("Core_version", {}, call);
    if (!result)
        return Failure("Core_version: " + std::string(executor::name(result.error().code)) + " " +
                       result.error().detail);
    return std::move(*result);
}

std::expected<Bytes, std::string> version_of_new_code(executor::ModuleCache& modules, ByteView code)
{
    const auto wasm = executor::unpack(code);
    if (!wasm)
        return Failure(std::string(executor::words(wasm.error())));
    if (const auto good = modules.check_new(*wasm); !good)
        return Failure(good.error().words);
    auto version = embedded_version(*wasm);
    if (!version)
        return Failure("its custom sections runtime_version and runtime_apis are missing or do not read");
    return std::move(*version);
}

std::optional<std::string> unfit_here(executor::ModuleCache& modules, ByteView code)
{
    const auto wasm = executor::unpack(code);
    if (!wasm)
        return std::string(executor::words(wasm.error()));
    const auto good = modules.check_imports(*wasm);
    return good ? std::nullopt : std::optional(good.error().words);
}

bool sets_code(ByteView extrinsic, ByteView code)
{
    constexpr uint8_t kSystem = 0;
    constexpr std::array<uint8_t, 3> kCalls{2, 3, 11}; // set_code, set_code_without_checks, apply_authorized_upgrade
    const size_t at = size_t(code.data() - extrinsic.data()), call = 2 + (code.size() < 1 << 14 ? 2 : 4);
    return at >= call && extrinsic[at - call] == kSystem &&
           std::ranges::find(kCalls, extrinsic[at - call + 1]) != kCalls.end();
}

std::optional<ByteView> code_in(ByteView extrinsic)
{
    for (const auto& magic : {kPacked, kPlain})
        for (auto rest = extrinsic; !rest.empty();)
        {
            const auto found = std::ranges::search(rest, magic);
            if (found.empty())
                break;
            const auto at = size_t(found.begin() - extrinsic.begin());
            if (const auto length = length_before(extrinsic, at))
                return extrinsic.subspan(at, *length);
            rest = extrinsic.subspan(at + 1);
        }
    return std::nullopt;
}

} // namespace ledger
