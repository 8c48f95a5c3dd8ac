#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

/// The part of wasmtime's C API, version 50.0.1, that this library calls: opaque types, three structures, functions by
/// name. The shared library in the Python wheel comes without headers; names and layouts are facts of that API.
/// Another version may lay its structures out differently: kWasmtimeLibrary names the major version for that reason.
namespace executor::wasmtime {

struct Config;
struct Pooling;
struct EngineHandle;
struct ModuleHandle;
struct Linker;
struct InstancePre;
struct Store;
struct Context;
struct CallerHandle;
struct TrapHandle;
struct Error;
struct ValueTypeHandle;
struct FunctionTypeHandle;

/// wasm_byte_vec_t, wasm_valtype_vec_t: a length and what it owns.
template <typename T>
struct Vec
{
    size_t size;
    T* data;
};

/// wasmtime_func_t
struct Func
{
    uint64_t store_id;
    void* hidden;
};

/// wasmtime_memory_t
struct Memory
{
    struct
    {
        uint64_t store_id;
        uint32_t hidden;
    } store;
    uint32_t hidden;
};

/// wasmtime_instance_t
struct Instance
{
    uint64_t store_id;
    size_t hidden;
};

/// wasmtime_extern_t; wasmtime_global_t is its largest alternative.
struct Extern
{
    uint8_t kind;
    union {
        Func func;
        Memory memory;
        uint64_t room[3];
    } of;
};
inline constexpr uint8_t kExternFunc = 0, kExternMemory = 3;

/// wasmtime_val_raw_t: the number in the low bytes, little-endian.
union Raw {
    uint64_t bits;
    uint8_t v128[16];
};

static_assert(sizeof(Func) == 16 && sizeof(Memory) == 24 && sizeof(Instance) == 16 && sizeof(Extern) == 32 &&
              sizeof(Raw) == 16);

/// wasmtime_trap_code_t
enum class Code : uint8_t
{
    stack_overflow = 0,
    memory_out_of_bounds = 1,
    table_out_of_bounds = 3,
    indirect_call_to_null = 4,
    bad_signature = 5,
    integer_overflow = 6,
    division_by_zero = 7,
    bad_conversion = 8,
    unreachable = 9,
    interrupt = 10,
};

using Callback = TrapHandle*(void* env, CallerHandle*, Raw* values, size_t count);
using SetFlag = void(Config*, bool);
using SetPoolCount = void(Pooling*, uint32_t);
using SetPoolSize = void(Pooling*, size_t);

/// The functions, under their names in the C API less `wasmtime_` or `wasm_`.
struct Api
{
    Config* (*config_new)();
    SetFlag *threads_set, *tail_call_set, *reference_types_set, *function_references_set, *gc_set, *simd_set,
        *relaxed_simd_set, *bulk_memory_set, *multi_value_set, *multi_memory_set, *memory64_set, *exceptions_set,
        *wide_arithmetic_set, *custom_page_sizes_set, *stack_switching_set, *component_model_set,
        *component_model_async_set, *concurrency_support_set;
    SetFlag *epoch_interruption_set, *nan_canonicalization_set, *memory_init_cow_set, *native_unwind_info_set,
        *parallel_compilation_set;
    void (*strategy_set)(Config*, uint8_t);
    void (*opt_level_set)(Config*, uint8_t);
    void (*max_wasm_stack_set)(Config*, size_t);
    void (*memory_may_move_set)(Config*, bool);
    void (*pooling_strategy_set)(Config*, const Pooling*);
    Pooling* (*pooling_new)();
    void (*pooling_delete)(Pooling*);
    SetPoolCount *total_core_instances_set, *total_memories_set, *total_tables_set;
    SetPoolSize *table_keep_resident_set, *table_elements_set, *max_memory_size_set;

    EngineHandle* (*engine_new)(Config*);
    void (*engine_delete)(EngineHandle*);
    void (*engine_increment_epoch)(EngineHandle*);
    Error* (*module_new)(EngineHandle*, const uint8_t*, size_t, ModuleHandle**);
    Error* (*module_validate)(EngineHandle*, const uint8_t*, size_t);
    void (*module_delete)(ModuleHandle*);
    Linker* (*linker_new)(EngineHandle*);
    void (*linker_delete)(Linker*);
    Error* (*linker_define_func)(Linker*, const char*, size_t, const char*, size_t, const FunctionTypeHandle*,
                                 Callback*, void* env, void (*finalizer)(void*));
    Error* (*linker_instantiate_pre)(const Linker*, const ModuleHandle*, InstancePre**);
    void (*instance_pre_delete)(InstancePre*);
    Error* (*instantiate)(const InstancePre*, Context*, Instance*, TrapHandle**);
    bool (*instance_export_get)(Context*, const Instance*, const char*, size_t, Extern*);
    Store* (*store_new)(EngineHandle*, void* data, void (*finalizer)(void*));
    void (*store_delete)(Store*);
    Context* (*store_context)(Store*);
    void* (*context_get_data)(const Context*);
    void (*context_set_epoch_deadline)(Context*, uint64_t ticks_beyond_current);
    Context* (*caller_context)(CallerHandle*);
    Error* (*func_call)(Context*, const Func*, Raw* values, size_t count, TrapHandle**);
    uint8_t* (*memory_data)(const Context*, const Memory*);
    size_t (*memory_data_size)(const Context*, const Memory*);

    TrapHandle* (*trap_new)(const char*, size_t);
    bool (*trap_code)(const TrapHandle*, uint8_t*);
    void (*trap_message)(const TrapHandle*, Vec<char>*);
    void (*trap_delete)(TrapHandle*);
    void (*error_message)(const Error*, Vec<char>*);
    void (*error_delete)(Error*);
    void (*byte_vec_delete)(Vec<char>*);
    ValueTypeHandle* (*valtype_new)(uint8_t kind);
    void (*valtype_vec_new)(Vec<ValueTypeHandle*>*, size_t, ValueTypeHandle* const*);
    FunctionTypeHandle* (*functype_new)(Vec<ValueTypeHandle*>*, Vec<ValueTypeHandle*>*);
    void (*functype_delete)(FunctionTypeHandle*);
};

/// Loads the shared library for the rest of the process.
///
/// library  a file, or a bare name to look up beside the program, in its build folder, in the system's folders
/// Errors   one line: what is missing and what to do
std::expected<Api, std::string> load(const std::string& library);

} // namespace executor::wasmtime
