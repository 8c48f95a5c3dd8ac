#include "executor/call.hpp"

#include "base/invariant.hpp"

#include <wabt/binary-reader.h>
#include <wabt/error.h>
#include <wabt/interp/binary-reader-interp.h>
#include <wabt/interp/interp.h>

#include <array>
#include <bit>
#include <utility>

namespace executor {
namespace {

namespace interp = wabt::interp;

/// WebAssembly 1.0 and nothing later.
wabt::Features features()
{
    wabt::Features mvp;
    mvp.disable_mutable_globals();
    mvp.disable_sat_float_to_int();
    mvp.disable_sign_extension();
    mvp.disable_simd();
    mvp.disable_multi_value();
    mvp.disable_bulk_memory();
    mvp.disable_reference_types();
    return mvp;
}

/// The interpreter tells its reason in words alone; these begin them.
TrapCode translated(std::string_view words)
{
    struct Reason
    {
        std::string_view begin;
        TrapCode code;
    };
    constexpr auto kReasons = std::to_array<Reason>({
        {"unreachable", TrapCode::unreachable},
        {"out of bounds memory access", TrapCode::memory_out_of_bounds},
        {"out of bounds table access", TrapCode::table_out_of_bounds},
        {"undefined table index", TrapCode::table_out_of_bounds},
        {"uninitialized table element", TrapCode::null_function},
        {"indirect call signature mismatch", TrapCode::signature},
        {"integer divide by zero", TrapCode::division_by_zero},
        {"integer overflow", TrapCode::integer_overflow},
        {"invalid conversion to integer", TrapCode::bad_conversion},
        {"call stack exhausted", TrapCode::stack_exhausted},
    });
    for (const auto& reason : kReasons)
        if (words.starts_with(reason.begin))
            return reason.code;
    return TrapCode::engine;
}

Value from_wabt(const interp::Value& value, ValueType type)
{
    switch (type)
    {
    case ValueType::i32:
        return {value.Get<uint32_t>()};
    case ValueType::i64:
        return {value.Get<uint64_t>()};
    case ValueType::f32:
        return {std::bit_cast<uint32_t>(value.Get<float>())};
    case ValueType::f64:
        return {std::bit_cast<uint64_t>(value.Get<double>())};
    }
    base::invariant(false);
    return {};
}

interp::Value to_wabt(Value value, ValueType type)
{
    switch (type)
    {
    case ValueType::i32:
        return interp::Value::Make(value.u32());
    case ValueType::i64:
        return interp::Value::Make(value.bits);
    case ValueType::f32:
        return interp::Value::Make(std::bit_cast<float>(value.u32()));
    case ValueType::f64:
        return interp::Value::Make(std::bit_cast<double>(value.bits));
    }
    base::invariant(false);
    return interp::Value::Make(uint64_t{0});
}

interp::ValueType to_wabt(ValueType type)
{
    switch (type)
    {
    case ValueType::i32:
        return interp::ValueType::I32;
    case ValueType::i64:
        return interp::ValueType::I64;
    case ValueType::f32:
        return interp::ValueType::F32;
    case ValueType::f64:
        return interp::ValueType::F64;
    }
    base::invariant(false);
    return interp::ValueType::I32;
}

struct Running
{
    Caller* caller = nullptr;
    std::optional<Trap> trap; ///< of the host function that ended the call
};

class WabtModule final : public Module
{
public:
    WabtModule(Prepared prepared, std::shared_ptr<const HostTable> host)
        : Module(std::move(prepared.shape)), code_(std::move(prepared.code)), host_(std::move(host))
    {
    }

    /// Reads and validates the binary, once; a sentence if the interpreter refuses it.
    std::expected<void, std::string> read();

    std::expected<Bytes, Trap> call(std::string_view name, ByteView input, HostState& state,
                                    const CallOptions& options) const override;

private:
    interp::HostFunc::Ptr import(interp::Store& store, const ImportedFunction& wanted, Running& running) const;
    std::expected<Bytes, Trap> run(interp::Store& store, interp::Instance& instance, Running& running,
                                   std::string_view name, ByteView input, HostState& state) const;

    Bytes code_;
    interp::ModuleDesc read_; ///< copied for each call: a tenth of the time that reading takes
    std::shared_ptr<const HostTable> host_;
};

std::expected<void, std::string> WabtModule::read()
{
    const wabt::ReadBinaryOptions options(features(), nullptr, false, true, true);
    wabt::Errors errors;
    if (Failed(interp::ReadBinaryInterp("runtime", code_.data(), code_.size(), options, &errors, &read_)))
        return std::unexpected(errors.empty() ? std::string("not valid") : errors.front().message);
    return {};
}

interp::HostFunc::Ptr WabtModule::import(interp::Store& store, const ImportedFunction& wanted, Running& running) const
{
    interp::ValueTypes params, results;
    for (const auto type : wanted.type.params)
        params.push_back(to_wabt(type));
    if (wanted.type.result)
        results.push_back(to_wabt(*wanted.type.result));
    const auto* const function = host_->find(wanted.name, wanted.type);
    const auto call = [function, &wanted, &running, &store](interp::Thread&, const interp::Values& given,
                                                            interp::Values& result,
                                                            interp::Trap::Ptr* out) -> wabt::Result {
        const auto stop = [&](Trap why) -> wabt::Result {
            running.trap = std::move(why);
            *out = interp::Trap::New(store, "host function");
            return wabt::Result::Error;
        };
        if (!function)
            return stop({TrapCode::missing_import, wanted.name});
        std::array<Value, kParamsMax> arguments;
        for (size_t i = 0; i != given.size(); ++i)
            arguments[i] = from_wabt(given[i], function->type.params[i]);
        auto value = function->call(*running.caller, std::span(arguments).first(given.size()));
        if (!value)
            return stop(std::move(value.error()));
        if (function->type.result)
            result[0] = to_wabt(*value, *function->type.result);
        return wabt::Result::Ok;
    };
    return interp::HostFunc::New(store, interp::FuncType(params, results), call);
}

std::expected<Bytes, Trap> WabtModule::call(std::string_view name, ByteView input, HostState& state,
                                            const CallOptions&) const
{
    if (!has_entry_point(shape(), name))
        return trap(TrapCode::missing_export, std::string(name));
    interp::Store store(features());
    Running running;
    const auto module = interp::Module::New(store, read_);
    std::vector<interp::HostFunc::Ptr> functions; // keeps them from the store's collector
    interp::RefVec imports;
    for (const auto& wanted : shape().imports)
    {
        functions.push_back(import(store, wanted, running));
        imports.push_back(functions.back().ref());
    }
    interp::Trap::Ptr stopped;
    const auto instance = interp::Instance::Instantiate(store, module.ref(), imports, &stopped);
    if (!instance)
        return trap(translated(stopped->message()), stopped->message());
    return run(store, *instance, running, name, input, state);
}

std::expected<Bytes, Trap> WabtModule::run(interp::Store& store, interp::Instance& instance, Running& running,
                                           std::string_view name, ByteView input, HostState& state) const
{
    const auto memory = store.UnsafeGet<interp::Memory>(instance.memories().at(0));
    const auto desc = store.UnsafeGet<interp::Module>(instance.module());
    const auto& exports = desc->export_types();
    size_t at = 0;
    while (exports.at(at).name != name)
        ++at;
    const auto function = store.UnsafeGet<interp::Func>(instance.exports().at(at));
    Caller caller{{memory->UnsafeData(), memory->ByteSize()}, shape().heap_base, state};
    running.caller = &caller;
    return pass_bytes(caller, input, [&](uint32_t pointer, uint32_t size) -> std::expected<uint64_t, Trap> {
        interp::Values results;
        interp::Trap::Ptr stopped;
        if (Succeeded(
                function->Call(store, {interp::Value::Make(pointer), interp::Value::Make(size)}, results, &stopped)))
            return results.at(0).Get<uint64_t>();
        if (running.trap)
            return std::unexpected(std::move(*running.trap));
        return trap(translated(stopped->message()), stopped->message());
    });
}

class WabtEngine final : public Engine
{
public:
    std::expected<std::shared_ptr<const Module>, CompileError>
    compile(ByteView code, std::shared_ptr<const HostTable> host, const CompileOptions& options) const override
    {
        auto prepared = prepare_module(code, options);
        if (!prepared)
            return std::unexpected(prepared.error());
        auto module = std::make_shared<WabtModule>(std::move(*prepared), std::move(host));
        if (const auto valid = module->read(); !valid)
            return std::unexpected(CompileError{std::nullopt, valid.error()});
        return module;
    }

    std::expected<void, CompileError> validate(ByteView code) const override
    {
        const auto compiled = compile(code, std::make_shared<const HostTable>(), {});
        return compiled ? std::expected<void, CompileError>{} : std::unexpected(compiled.error());
    }

    void tick() const override {}
    std::string_view name() const override { return "wabt"; }
};

} // namespace

std::unique_ptr<Engine> wabt_engine() { return std::make_unique<WabtEngine>(); }

} // namespace executor
