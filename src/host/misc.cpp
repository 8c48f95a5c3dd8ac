#include "host/encoding.hpp"
#include "host/function.hpp"
#include "host/table.hpp"

#include "base/hex.hpp"
#include "scale/scale.hpp"

#include <algorithm>
#include <string>

/// Allocator, logging, printing, the version of other blobs.
///
/// Source  Polkadot specification, appendices B.9 "Miscellaneous", B.10 "Allocator", B.11 "Logging"
namespace host {
namespace {

constexpr size_t kTextMax = 4096; // of what a runtime says; more is cut

std::string_view text(ByteView bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kTextMax)};
}

void say(const State& state, LogLevel level, std::string_view target, std::string_view message)
{
    if (state.around.log && level <= state.around.log_max)
        state.around.log(level, target, message);
}

void log(State& state, uint32_t level, ByteView target, ByteView message)
{
    say(state, LogLevel(std::min(level, uint32_t(LogLevel::trace))), text(target), text(message));
}

/// Substrate's numbers: 0 is off, 1 error … 5 trace.
uint32_t max_level(State& state) { return state.around.log ? uint32_t(state.around.log_max) + 1 : 0; }

void print_number(State& state, uint64_t number) { say(state, LogLevel::debug, "runtime", std::to_string(number)); }
void print_text(State& state, ByteView bytes) { say(state, LogLevel::debug, "runtime", text(bytes)); }
void print_hex(State& state, ByteView bytes)
{
    if (!state.around.log || state.around.log_max < LogLevel::debug)
        return;
    bytes = bytes.first(std::min(bytes.size(), kTextMax));
    say(state, LogLevel::debug, "runtime", "0x" + base::hex(bytes));
}

Bytes runtime_version(State& state, ByteView code)
{
    return encode_option(state.around.version_of ? state.around.version_of(code) : std::nullopt);
}

std::expected<void, Trap> abort_on_panic(State&, ByteView message)
{
    return executor::trap(TrapCode::unreachable, std::string(text(message)));
}

uint64_t proof_size(State& state)
{
    // Without a proof the answer is all ones.  [polkadot-fellows RFC 22, "storage_proof_size"]
    return (state.around.proof_size ? state.around.proof_size() : std::nullopt).value_or(~uint64_t{0});
}

void transaction_index(State&, uint32_t, uint32_t, std::span<const uint8_t, 32>) {} // nothing is indexed
void transaction_renew(State&, uint32_t, std::span<const uint8_t, 32>) {}

HostFunction allocate()
{
    return {"ext_allocator_malloc_version_1",
            {.params = {ValueType::i32}, .result = ValueType::i32},
            [](Caller& caller, std::span<const Value> values) -> std::expected<Value, Trap> {
                return then(caller.allocate(values[0].u32()), [](uint32_t at) { return Value{at}; });
            }};
}

HostFunction release()
{
    return {"ext_allocator_free_version_1",
            {.params = {ValueType::i32}, .result = std::nullopt},
            [](Caller& caller, std::span<const Value> values) -> std::expected<Value, Trap> {
                return then(caller.free(values[0].u32()), [] { return Value{}; });
            }};
}

} // namespace

std::vector<HostFunction> misc_functions()
{
    return {
        allocate(),
        release(),
        host_function("ext_logging_log_version_1", log),
        host_function("ext_logging_max_level_version_1", max_level),
        host_function("ext_misc_print_num_version_1", print_number),
        host_function("ext_misc_print_utf8_version_1", print_text),
        host_function("ext_misc_print_hex_version_1", print_hex),
        host_function("ext_misc_runtime_version_version_1", runtime_version),
        host_function("ext_panic_handler_abort_on_panic_version_1", abort_on_panic),
        host_function("ext_storage_proof_size_storage_proof_size_version_1", proof_size),
        host_function("ext_transaction_index_index_version_1", transaction_index),
        host_function("ext_transaction_index_renew_version_1", transaction_renew),
    };
}

} // namespace host
