#include "executor/call.hpp"
#include "executor/code_bounds.hpp"
#include "executor/prepare.hpp"
#include "executor/wasmtime_api.hpp"

#include "base/invariant.hpp"

#include <sys/resource.h>

#include <array>
#include <limits>
#include <utility>

namespace executor {
namespace {

using namespace wasmtime;

constexpr uint8_t kCranelift = 1, kSpeed = 1; // wasmtime_strategy_t, wasmtime_opt_level_t
constexpr uint64_t kNoDeadline = std::numeric_limits<uint64_t>::max() / 2;

/// Of a table, cleared instead of given back to the system when its instance ends: giving back interrupts the other
/// cores. Not of a memory, whose first MiB is a stack that calls touch the end of: its pages cost more to clear.
constexpr size_t kResidentTableBytes = 64 << 10;

constexpr std::string_view kModuleName = "env", kMemoryName = "memory";

/// The loaded library and its engine; modules keep it alive.
struct Machine
{
    Api api;
    EngineHandle* engine = nullptr;
    bool interruptible = false;

    explicit Machine(const Api& loaded) : api(loaded) {}
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine()
    {
        if (engine)
            api.engine_delete(engine);
    }

    std::string message(Error* error) const
    {
        Vec<char> text{};
        api.error_message(error, &text);
        std::string words(text.data, text.size);
        api.byte_vec_delete(&text);
        api.error_delete(error);
        return words;
    }
};

/// What the callbacks of one call share.
struct Running
{
    Caller* caller = nullptr;
    std::optional<Trap> trap; ///< of the host function that ended the call
};

/// One import of a module; `env` of its callback.
struct Import
{
    const Api* api;
    const HostFunction* function; ///< null: unknown to the host
    std::string name;
};

uint64_t truncated(uint64_t bits, ValueType type)
{
    return type == ValueType::i32 || type == ValueType::f32 ? bits & 0xFFFF'FFFF : bits;
}

TrapHandle* on_import(void* env, CallerHandle* caller, Raw* values, size_t)
{
    const auto& import = *static_cast<const Import*>(env);
    const auto& api = *import.api;
    auto& running = *static_cast<Running*>(api.context_get_data(api.caller_context(caller)));
    if (!import.function)
    {
        running.trap = Trap{TrapCode::missing_import, import.name};
        return api.trap_new(import.name.data(), import.name.size());
    }
    const auto& type = import.function->type;
    std::array<Value, kParamsMax> arguments;
    for (size_t i = 0; i != type.params.size(); ++i)
        arguments[i].bits = truncated(values[i].bits, type.params[i]);
    auto result = import.function->call(*running.caller, std::span(arguments).first(type.params.size()));
    if (!result)
    {
        running.trap = std::move(result.error());
        return api.trap_new(import.name.data(), import.name.size());
    }
    if (type.result)
        values[0].bits = truncated(result->bits, *type.result);
    return nullptr;
}

TrapCode translated(Code code)
{
    switch (code)
    {
    case Code::stack_overflow:
        return TrapCode::stack_exhausted;
    case Code::memory_out_of_bounds:
        return TrapCode::memory_out_of_bounds;
    case Code::table_out_of_bounds:
        return TrapCode::table_out_of_bounds;
    case Code::indirect_call_to_null:
        return TrapCode::null_function;
    case Code::bad_signature:
        return TrapCode::signature;
    case Code::integer_overflow:
        return TrapCode::integer_overflow;
    case Code::division_by_zero:
        return TrapCode::division_by_zero;
    case Code::bad_conversion:
        return TrapCode::bad_conversion;
    case Code::unreachable:
        return TrapCode::unreachable;
    case Code::interrupt:
        return TrapCode::interrupted;
    }
    return TrapCode::engine;
}

class WasmtimeModule final : public Module
{
public:
    WasmtimeModule(std::shared_ptr<const Machine> machine, std::shared_ptr<const HostTable> host, Shape shape)
        : Module(std::move(shape)), machine_(std::move(machine)), host_(std::move(host))
    {
    }
    WasmtimeModule(const WasmtimeModule&) = delete;
    WasmtimeModule& operator=(const WasmtimeModule&) = delete;
    ~WasmtimeModule() override
    {
        if (pre_)
            machine_->api.instance_pre_delete(pre_);
        if (module_)
            machine_->api.module_delete(module_);
    }

    /// Compiles and links; once, before the first call. A sentence if the engine refuses.
    std::expected<void, std::string> compile(ByteView code);

    std::expected<Bytes, Trap> call(std::string_view name, ByteView input, HostState& state,
                                    const CallOptions& options) const override;

private:
    Error* define_imports(Linker* linker);
    FunctionTypeHandle* function_type(const FunctionType& type) const;
    std::expected<Bytes, Trap> run(Context* context, Running& running, std::string_view name, ByteView input,
                                   HostState& state) const;
    std::unexpected<Trap> stopped(Error* error, TrapHandle* handle, Running& running) const;

    std::shared_ptr<const Machine> machine_;
    std::shared_ptr<const HostTable> host_;
    std::vector<Import> imports_; ///< never moved once linked
    ModuleHandle* module_ = nullptr;
    InstancePre* pre_ = nullptr;
};

std::expected<void, std::string> WasmtimeModule::compile(ByteView code)
{
    const auto& api = machine_->api;
    if (auto* const error = api.module_new(machine_->engine, code.data(), code.size(), &module_))
        return std::unexpected(machine_->message(error));
    auto* const linker = api.linker_new(machine_->engine);
    auto* error = define_imports(linker);
    if (!error)
        error = api.linker_instantiate_pre(linker, module_, &pre_);
    api.linker_delete(linker);
    return error ? std::unexpected(machine_->message(error)) : std::expected<void, std::string>{};
}

FunctionTypeHandle* WasmtimeModule::function_type(const FunctionType& type) const
{
    const auto& api = machine_->api;
    const auto make = [&](std::span<const ValueType> types) {
        std::vector<ValueTypeHandle*> handles;
        for (const auto one : types)
            handles.push_back(api.valtype_new(uint8_t(uint8_t(ValueType::i32) - uint8_t(one)))); // i32 i64 f32 f64
        Vec<ValueTypeHandle*> vec{};
        api.valtype_vec_new(&vec, handles.size(), handles.data());
        return vec;
    };
    auto params = make(type.params);
    auto results = type.result ? make(std::span(&*type.result, 1)) : make({});
    return api.functype_new(&params, &results);
}

Error* WasmtimeModule::define_imports(Linker* linker)
{
    const auto& api = machine_->api;
    const auto& wanted = shape().imports;
    imports_.reserve(wanted.size());
    std::map<std::string_view, bool> defined;
    for (const auto& import : wanted)
    {
        if (!defined.try_emplace(import.name, true).second)
            continue; // imported twice under one type
        imports_.push_back({&api, host_->find(import.name, import.type), import.name});
        auto* const type = function_type(import.type);
        auto* const error = api.linker_define_func(linker, kModuleName.data(), kModuleName.size(), import.name.data(),
                                                   import.name.size(), type, on_import, &imports_.back(), nullptr);
        api.functype_delete(type);
        if (error)
            return error;
    }
    return nullptr;
}

std::expected<Bytes, Trap> WasmtimeModule::call(std::string_view name, ByteView input, HostState& state,
                                                const CallOptions& options) const
{
    if (!has_entry_point(shape(), name))
        return trap(TrapCode::missing_export, std::string(name));
    const auto& api = machine_->api;
    Running running;
    auto* const store = api.store_new(machine_->engine, &running, nullptr);
    auto* const context = api.store_context(store);
    if (machine_->interruptible)
        api.context_set_epoch_deadline(context, options.ticks.value_or(kNoDeadline));
    auto result = run(context, running, name, input, state);
    api.store_delete(store);
    return result;
}

std::expected<Bytes, Trap> WasmtimeModule::run(Context* context, Running& running, std::string_view name,
                                               ByteView input, HostState& state) const
{
    const auto& api = machine_->api;
    Instance instance{};
    TrapHandle* handle = nullptr;
    if (auto* const error = api.instantiate(pre_, context, &instance, &handle); error || handle)
        return stopped(error, handle, running);
    Extern memory{}, function{};
    base::invariant(api.instance_export_get(context, &instance, kMemoryName.data(), kMemoryName.size(), &memory) &&
                    memory.kind == kExternMemory);
    base::invariant(api.instance_export_get(context, &instance, name.data(), name.size(), &function) &&
                    function.kind == kExternFunc);
    Caller caller{{api.memory_data(context, &memory.of.memory), api.memory_data_size(context, &memory.of.memory)},
                  shape().heap_base,
                  state};
    running.caller = &caller;
    return pass_bytes(caller, input, [&](uint32_t pointer, uint32_t size) -> std::expected<uint64_t, Trap> {
        std::array<Raw, 2> values{Raw{pointer}, Raw{size}};
        auto* const error = api.func_call(context, &function.of.func, values.data(), values.size(), &handle);
        if (error || handle)
            return stopped(error, handle, running);
        return values[0].bits;
    });
}

std::unexpected<Trap> WasmtimeModule::stopped(Error* error, TrapHandle* handle, Running& running) const
{
    const auto& api = machine_->api;
    // A trap made by a host function comes back as an error, with wasmtime's words around it.
    std::string words = error ? machine_->message(error) : std::string();
    auto why = TrapCode::engine;
    if (handle)
    {
        uint8_t code = 0;
        if (api.trap_code(handle, &code))
            why = translated(Code(code));
        Vec<char> text{};
        api.trap_message(handle, &text);
        words.assign(text.data, text.size);
        api.byte_vec_delete(&text);
        api.trap_delete(handle);
    }
    if (running.trap)
        return std::unexpected(std::move(*running.trap));
    return trap(why, std::move(words));
}

class WasmtimeEngine final : public Engine
{
public:
    explicit WasmtimeEngine(std::shared_ptr<const Machine> machine) : machine_(std::move(machine)) {}

    std::expected<std::shared_ptr<const Module>, CompileError>
    compile(ByteView code, std::shared_ptr<const HostTable> host, const CompileOptions& options) const override
    {
        auto prepared = prepare_module(code, options);
        if (!prepared)
            return std::unexpected(prepared.error());
        auto module = std::make_shared<WasmtimeModule>(machine_, std::move(host), std::move(prepared->shape));
        if (const auto compiled = module->compile(prepared->code); !compiled)
            return std::unexpected(CompileError{std::nullopt, compiled.error()});
        return module;
    }

    std::expected<void, CompileError> validate(ByteView code) const override
    {
        const auto prepared = prepare_module(code, {});
        if (!prepared)
            return std::unexpected(prepared.error());
        if (auto* const error =
                machine_->api.module_validate(machine_->engine, prepared->code.data(), prepared->code.size()))
            return std::unexpected(CompileError{std::nullopt, machine_->message(error)});
        return {};
    }

    void tick() const override { machine_->api.engine_increment_epoch(machine_->engine); }
    std::string_view name() const override { return "wasmtime"; }

private:
    std::shared_ptr<const Machine> machine_;
};

/// Whether the process may reserve what the pool reserves; wasmtime stops the process where it may not.
bool address_space_suffices()
{
    constexpr uint64_t kWanted = kInstancesMax * (5ull << 30); // 4 GiB and its guards for each instance
    rlimit limit{};
    return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= kWanted;
}

/// WebAssembly 1.0 only, optimised code, instances from a pool with copy-on-write memories.
Config* configuration(const Api& api, bool interruptible)
{
    auto* const config = api.config_new();
    for (auto* const disable :
         {api.threads_set, api.tail_call_set, api.gc_set, api.function_references_set, api.reference_types_set,
          api.relaxed_simd_set, api.simd_set, api.bulk_memory_set, api.multi_value_set, api.multi_memory_set,
          api.memory64_set, api.exceptions_set, api.wide_arithmetic_set, api.custom_page_sizes_set,
          api.stack_switching_set, api.component_model_async_set, api.component_model_set, api.concurrency_support_set})
        disable(config, false);
    api.strategy_set(config, kCranelift);
    api.opt_level_set(config, kSpeed);
    api.nan_canonicalization_set(config, true);
    api.epoch_interruption_set(config, interruptible);
    api.max_wasm_stack_set(config, kStackBytes);
    api.parallel_compilation_set(config, false); // an upgrade is compiled beside block production: on one core
    api.memory_init_cow_set(config, true);
    api.memory_may_move_set(config, false);

    auto* const pool = api.pooling_new();
    api.total_core_instances_set(pool, kInstancesMax);
    api.total_memories_set(pool, kInstancesMax);
    api.total_tables_set(pool, kInstancesMax);
    api.table_elements_set(pool, kTableElementsMax);
    api.max_memory_size_set(pool, size_t{kMemoryPagesMax} * kPageBytes);
    api.table_keep_resident_set(pool, kResidentTableBytes);
    api.pooling_strategy_set(config, pool);
    api.pooling_delete(pool);
    return config;
}

} // namespace

std::expected<std::unique_ptr<Engine>, std::string> wasmtime_engine(const WasmtimeOptions& options)
{
    const auto api = load(options.library.empty() ? std::string(kWasmtimeLibrary) : options.library);
    if (!api)
        return std::unexpected(api.error());
    if (!address_space_suffices())
        return std::unexpected(std::string("the Wasm engine reserves 320 GiB of address space: lift ulimit -v"));
    const auto machine = std::make_shared<Machine>(*api);
    machine->interruptible = options.interruptible;
    machine->engine = machine->api.engine_new(configuration(machine->api, options.interruptible));
    base::invariant(machine->engine != nullptr); // it stops the process when it refuses a configuration
    return std::make_unique<WasmtimeEngine>(machine);
}

} // namespace executor
