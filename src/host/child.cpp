#include "host/encoding.hpp"
#include "host/function.hpp"
#include "host/table.hpp"

/// Child tries, named by their storage key.
///
/// Source  Polkadot specification, appendix B.3 "Child Storage"
namespace host {
namespace {

void set(State& state, ByteView child, ByteView key, ByteView value) { state.writable().set(child, key, copy(value)); }
void clear(State& state, ByteView child, ByteView key) { state.writable().clear(child, key); }

std::expected<Bytes, Trap> get(State& state, ByteView child, ByteView key)
{
    return then(state.overlay.read(child, key), encode_slice);
}

std::expected<Bytes, Trap> read(State& state, ByteView child, ByteView key, std::span<uint8_t> out, uint32_t offset)
{
    return then(state.overlay.read(child, key), [&](const auto& found) { return read_part(found, out, offset); });
}

std::expected<bool, Trap> exists(State& state, ByteView child, ByteView key)
{
    return then(state.overlay.read(child, key), [](const auto& found) { return found.has_value(); });
}

std::expected<executor::Removal, Trap> removal(State& state, ByteView child, ByteView prefix, ByteView limit)
{
    const auto count = decode_limit(limit);
    if (!count)
        return std::unexpected(count.error());
    return state.writable().clear_prefix(child, prefix, *count);
}

std::expected<void, Trap> kill_1(State& state, ByteView child)
{
    return then(state.writable().clear_prefix(child, {}), [](const auto&) {});
}
/// True when nothing is left.
std::expected<bool, Trap> kill_2(State& state, ByteView child, ByteView limit)
{
    return then(removal(state, child, {}, limit), [](const auto& done) { return !done.cursor; });
}
std::expected<Bytes, Trap> kill_3(State& state, ByteView child, ByteView limit)
{
    return then(removal(state, child, {}, limit), encode_removal);
}

std::expected<void, Trap> clear_prefix_1(State& state, ByteView child, ByteView prefix)
{
    return then(state.writable().clear_prefix(child, prefix), [](const auto&) {});
}
std::expected<Bytes, Trap> clear_prefix_2(State& state, ByteView child, ByteView prefix, ByteView limit)
{
    return then(removal(state, child, prefix, limit), encode_removal);
}

std::expected<Bytes, Trap> root_1(State& state, ByteView child)
{
    return then(state.child_root(child, trie::Version::v0), digest_bytes);
}
std::expected<Bytes, Trap> root_2(State& state, ByteView child, uint32_t version)
{
    return then(then(decode_version(version), [&](trie::Version form) { return state.child_root(child, form); }),
                digest_bytes);
}

std::expected<Bytes, Trap> next_key(State& state, ByteView child, ByteView key)
{
    return then(state.overlay.next_key(child, key), encode_option);
}

} // namespace

std::vector<HostFunction> child_storage_functions()
{
    const auto named = [](std::string name, auto function) {
        return host_function("ext_default_child_storage_" + name, function);
    };
    return {
        named("set_version_1", set),
        named("get_version_1", get),
        named("read_version_1", read),
        named("clear_version_1", clear),
        named("exists_version_1", exists),
        named("storage_kill_version_1", kill_1),
        named("storage_kill_version_2", kill_2),
        named("storage_kill_version_3", kill_3),
        named("clear_prefix_version_1", clear_prefix_1),
        named("clear_prefix_version_2", clear_prefix_2),
        named("root_version_1", root_1),
        named("root_version_2", root_2),
        named("next_key_version_1", next_key),
    };
}

} // namespace host
