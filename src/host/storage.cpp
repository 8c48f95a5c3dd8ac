#include "host/encoding.hpp"
#include "host/function.hpp"
#include "host/table.hpp"

#include <algorithm>

/// The main trie.
///
/// Source  Polkadot specification, appendix B.2 "Storage"
namespace host {
namespace {

using executor::Child;

constexpr Child kMain = std::nullopt;

bool starts_with(ByteView bytes, ByteView prefix)
{
    return bytes.size() >= prefix.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
}

/// Roots of child tries are the host's: what a runtime writes there itself is ignored.
bool is_hosts(ByteView key) { return starts_with(key, base::view(":child_storage:")); }

void set(State& state, ByteView key, ByteView value)
{
    if (!is_hosts(key))
        state.writable().set(kMain, key, copy(value));
}
void clear(State& state, ByteView key)
{
    if (!is_hosts(key))
        state.writable().clear(kMain, key);
}

std::expected<Bytes, Trap> get(State& state, ByteView key)
{
    return then(state.overlay.read(kMain, key), encode_slice);
}

std::expected<Bytes, Trap> read(State& state, ByteView key, std::span<uint8_t> out, uint32_t offset)
{
    return then(state.overlay.read(kMain, key), [&](const auto& found) { return read_part(found, out, offset); });
}

std::expected<bool, Trap> exists(State& state, ByteView key)
{
    return then(state.overlay.read(kMain, key), [](const auto& found) { return found.has_value(); });
}

/// Also a prefix of the child tries' keys would remove them.
bool covers_hosts(ByteView prefix) { return is_hosts(prefix) || starts_with(base::view(":child_storage:"), prefix); }

std::expected<void, Trap> clear_prefix_1(State& state, ByteView prefix)
{
    if (covers_hosts(prefix))
        return {};
    return then(state.writable().clear_prefix(kMain, prefix), [](const auto&) {});
}
std::expected<Bytes, Trap> clear_prefix_2(State& state, ByteView prefix, ByteView limit)
{
    const auto count = decode_limit(limit);
    if (!count)
        return std::unexpected(count.error());
    if (covers_hosts(prefix))
        return encode_removal({});
    return then(state.writable().clear_prefix(kMain, prefix, *count), encode_removal);
}

std::expected<void, Trap> append(State& state, ByteView key, ByteView item)
{
    return is_hosts(key) ? std::expected<void, Trap>() : state.writable().append(kMain, key, item);
}

std::expected<Bytes, Trap> root_1(State& state) { return then(state.storage_root(trie::Version::v0), digest_bytes); }
std::expected<Bytes, Trap> root_2(State& state, uint32_t version)
{
    return then(then(decode_version(version), [&](trie::Version form) { return state.storage_root(form); }),
                digest_bytes);
}

/// No trie of changes is kept any more: None.
Bytes changes_root(State&, ByteView) { return {0}; }

std::expected<Bytes, Trap> next_key(State& state, ByteView key)
{
    return then(state.overlay.next_key(kMain, key), encode_option);
}

std::expected<void, Trap> start(State& state) { return state.overlay.start(); }
std::expected<void, Trap> owned(const State& state)
{
    if (state.overlay.depth() > state.host_depth)
        return {};
    return executor::trap(TrapCode::host, "no transaction of the runtime is open");
}
std::expected<void, Trap> rollback(State& state)
{
    const auto open = owned(state);
    return open ? state.writable().rollback() : open;
}
std::expected<void, Trap> commit(State& state)
{
    const auto open = owned(state);
    return open ? state.overlay.commit() : open;
}

} // namespace

std::vector<HostFunction> storage_functions()
{
    return {
        host_function("ext_storage_set_version_1", set),
        host_function("ext_storage_get_version_1", get),
        host_function("ext_storage_read_version_1", read),
        host_function("ext_storage_clear_version_1", clear),
        host_function("ext_storage_exists_version_1", exists),
        host_function("ext_storage_clear_prefix_version_1", clear_prefix_1),
        host_function("ext_storage_clear_prefix_version_2", clear_prefix_2),
        host_function("ext_storage_append_version_1", append),
        host_function("ext_storage_root_version_1", root_1),
        host_function("ext_storage_root_version_2", root_2),
        host_function("ext_storage_changes_root_version_1", changes_root),
        host_function("ext_storage_next_key_version_1", next_key),
        host_function("ext_storage_start_transaction_version_1", start),
        host_function("ext_storage_rollback_transaction_version_1", rollback),
        host_function("ext_storage_commit_transaction_version_1", commit),
    };
}

} // namespace host
