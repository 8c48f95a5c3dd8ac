#include "host/encoding.hpp"
#include "host/function.hpp"
#include "host/table.hpp"

#include "scale/scale.hpp"

/// What off-chain workers may do. A call that executes a block has no Offchain, and traps.
///
/// Source  Polkadot specification, appendix B.6 "Offchain"
namespace host {
namespace {

using Deadline = Offchain::Deadline;

std::unexpected<Trap> refused(const char* what) { return executor::trap(TrapCode::host, what); }

/// A function that needs the call's Offchain.
template <auto function>
struct Off;
template <class R, class... Params, R (*function)(Offchain&, Params...)>
struct Off<function>
{
    using Plain = typename detail::Unwrapped<R>::type;
    static std::expected<Plain, Trap> call(State& state, Params... params)
    {
        if (state.offchain == nullptr)
            return refused("this function serves off-chain workers; blocks must not depend on it");
        if constexpr (std::is_void_v<R>)
        {
            function(*state.offchain, params...);
            return {};
        }
        else
            return function(*state.offchain, params...);
    }
};

template <class T>
std::expected<T, Trap> decoded(ByteView bytes, const char* what)
{
    auto value = scale::decode<T>(bytes);
    if (!value)
        return refused(what);
    return std::move(*value);
}

std::string_view text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

const Bytes kOk{0}, kError{1}; // Result<(), ()>

bool is_validator(Offchain& offchain) { return offchain.is_validator(); }
Bytes submit(Offchain& offchain, ByteView extrinsic)
{
    // The argument is an encoded Vec<u8>'s content: the extrinsic with its length in front.
    const auto inner = scale::decode<Bytes>(extrinsic);
    return inner && offchain.submit(*inner) ? kOk : kError;
}
uint64_t timestamp(Offchain& offchain) { return offchain.timestamp_ms(); }
void sleep_until(Offchain& offchain, uint64_t deadline) { offchain.sleep_until(deadline); }
std::array<uint8_t, 32> random_seed(Offchain& offchain) { return offchain.random_seed(); }
Bytes network_state(Offchain& offchain)
{
    return scale::encode(std::expected<std::pair<Bytes, std::vector<Bytes>>, std::tuple<>>(offchain.network_state()));
}

std::expected<LocalStorage, Trap> kind_of(uint32_t kind)
{
    if (kind != uint32_t(LocalStorage::persistent) && kind != uint32_t(LocalStorage::local))
        return refused("there are local storages 1 (persistent) and 2 (local)");
    return LocalStorage(kind);
}

std::expected<void, Trap> store(Offchain& offchain, uint32_t kind, ByteView key, ByteView value)
{
    return then(kind_of(kind), [&](LocalStorage where) { offchain.store(where, key, value); });
}
std::expected<void, Trap> remove(Offchain& offchain, uint32_t kind, ByteView key)
{
    return then(kind_of(kind), [&](LocalStorage where) { offchain.remove(where, key); });
}
std::expected<Bytes, Trap> load(Offchain& offchain, uint32_t kind, ByteView key)
{
    return then(kind_of(kind), [&](LocalStorage where) { return encode_option(offchain.load(where, key)); });
}
std::expected<bool, Trap> compare_and_set(Offchain& offchain, uint32_t kind, ByteView key, ByteView old, ByteView value)
{
    const auto where = kind_of(kind);
    const auto expected = decoded<std::optional<Bytes>>(old, "the old value is not an encoded Option<Vec<u8>>");
    if (!where)
        return std::unexpected(where.error());
    if (!expected)
        return std::unexpected(expected.error());
    return offchain.compare_and_set(*where, key,
                                    expected->transform([](const Bytes& bytes) { return ByteView(bytes); }), value);
}

/// Blocks may ask for this, so it must not depend on the node: no index is kept.
void index_set(State&, ByteView, ByteView) {}
void index_clear(State&, ByteView) {}

Bytes http_start(Offchain& offchain, ByteView method, ByteView uri, ByteView)
{
    const auto id = offchain.http_start(text(method), text(uri));
    return id ? Bytes{0, uint8_t(*id), uint8_t(*id >> 8)} : kError;
}
Bytes http_header(Offchain& offchain, uint32_t id, ByteView name, ByteView value)
{
    return offchain.http_header(uint16_t(id), text(name), text(value)) ? kOk : kError;
}

std::expected<Deadline, Trap> deadline_of(ByteView bytes)
{
    return decoded<Deadline>(bytes, "the deadline is not an encoded Option<u64>");
}

std::expected<Bytes, Trap> http_write(Offchain& offchain, uint32_t id, ByteView chunk, ByteView deadline)
{
    return then(deadline_of(deadline), [&](const Deadline& until) {
        const auto done = offchain.http_write(uint16_t(id), chunk, until);
        return done ? kOk : Bytes{1, uint8_t(done.error())};
    });
}

std::expected<Bytes, Trap> http_wait(Offchain& offchain, ByteView encoded_ids, ByteView deadline)
{
    const auto ids = decoded<std::vector<uint16_t>>(encoded_ids, "the requests are not an encoded Vec<u16>");
    const auto until = deadline_of(deadline);
    if (!ids)
        return std::unexpected(ids.error());
    if (!until)
        return std::unexpected(until.error());
    scale::Writer writer;
    const auto statuses = offchain.http_wait(*ids, *until);
    scale::encode(scale::Compact<uint32_t>{uint32_t(statuses.size())}, writer);
    for (const auto& status : statuses)
    {
        writer.put(uint8_t(status.kind));
        if (status.kind == HttpStatus::Kind::finished)
            scale::encode(status.code, writer);
    }
    return writer.take();
}

Bytes http_headers(Offchain& offchain, uint32_t id) { return scale::encode(offchain.http_headers(uint16_t(id))); }

std::expected<Bytes, Trap> http_read(Offchain& offchain, uint32_t id, std::span<uint8_t> out, ByteView deadline)
{
    return then(deadline_of(deadline), [&](const Deadline& until) {
        const auto count = offchain.http_read(uint16_t(id), out, until);
        scale::Writer writer;
        writer.put(uint8_t(!count));
        count ? scale::encode(*count, writer) : writer.put(uint8_t(count.error()));
        return writer.take();
    });
}

template <auto function>
HostFunction named(const std::string& name)
{
    return host_function("ext_offchain_" + name + "_version_1", &Off<function>::call);
}

} // namespace

std::vector<HostFunction> offchain_functions()
{
    return {
        named<is_validator>("is_validator"),
        named<submit>("submit_transaction"),
        named<network_state>("network_state"),
        named<timestamp>("timestamp"),
        named<sleep_until>("sleep_until"),
        named<random_seed>("random_seed"),
        named<store>("local_storage_set"),
        named<remove>("local_storage_clear"),
        named<compare_and_set>("local_storage_compare_and_set"),
        named<load>("local_storage_get"),
        named<http_start>("http_request_start"),
        named<http_header>("http_request_add_header"),
        named<http_write>("http_request_write_body"),
        named<http_wait>("http_response_wait"),
        named<http_headers>("http_response_headers"),
        named<http_read>("http_response_read_body"),
        host_function("ext_offchain_index_set_version_1", index_set),
        host_function("ext_offchain_index_clear_version_1", index_clear),
    };
}

} // namespace host
