#include "executor/wasmtime_api.hpp"

#include <dlfcn.h>

namespace executor::wasmtime {
namespace {

/// Looks functions up until one is missing.
class Symbols
{
public:
    explicit Symbols(void* library) : library_(library) {}

    template <typename F>
    void bind(F*& function, const char* name)
    {
        function = reinterpret_cast<F*>(dlsym(library_, name));
        if (!function && missing_.empty())
            missing_ = name;
    }

    const std::string& missing() const { return missing_; }

private:
    void* library_;
    std::string missing_;
};

void bind_config(Symbols& from, Api& api)
{
    from.bind(api.config_new, "wasm_config_new");
    from.bind(api.threads_set, "wasmtime_config_wasm_threads_set");
    from.bind(api.tail_call_set, "wasmtime_config_wasm_tail_call_set");
    from.bind(api.reference_types_set, "wasmtime_config_wasm_reference_types_set");
    from.bind(api.function_references_set, "wasmtime_config_wasm_function_references_set");
    from.bind(api.gc_set, "wasmtime_config_wasm_gc_set");
    from.bind(api.simd_set, "wasmtime_config_wasm_simd_set");
    from.bind(api.relaxed_simd_set, "wasmtime_config_wasm_relaxed_simd_set");
    from.bind(api.bulk_memory_set, "wasmtime_config_wasm_bulk_memory_set");
    from.bind(api.multi_value_set, "wasmtime_config_wasm_multi_value_set");
    from.bind(api.multi_memory_set, "wasmtime_config_wasm_multi_memory_set");
    from.bind(api.memory64_set, "wasmtime_config_wasm_memory64_set");
    from.bind(api.exceptions_set, "wasmtime_config_wasm_exceptions_set");
    from.bind(api.wide_arithmetic_set, "wasmtime_config_wasm_wide_arithmetic_set");
    from.bind(api.custom_page_sizes_set, "wasmtime_config_wasm_custom_page_sizes_set");
    from.bind(api.stack_switching_set, "wasmtime_config_wasm_stack_switching_set");
    from.bind(api.component_model_set, "wasmtime_config_wasm_component_model_set");
    from.bind(api.component_model_async_set, "wasmtime_config_wasm_component_model_async_set");
    from.bind(api.concurrency_support_set, "wasmtime_config_concurrency_support_set");
    from.bind(api.epoch_interruption_set, "wasmtime_config_epoch_interruption_set");
    from.bind(api.nan_canonicalization_set, "wasmtime_config_cranelift_nan_canonicalization_set");
    from.bind(api.memory_init_cow_set, "wasmtime_config_memory_init_cow_set");
    from.bind(api.parallel_compilation_set, "wasmtime_config_parallel_compilation_set");
    from.bind(api.native_unwind_info_set, "wasmtime_config_native_unwind_info_set");
    from.bind(api.strategy_set, "wasmtime_config_strategy_set");
    from.bind(api.opt_level_set, "wasmtime_config_cranelift_opt_level_set");
    from.bind(api.max_wasm_stack_set, "wasmtime_config_max_wasm_stack_set");
    from.bind(api.memory_may_move_set, "wasmtime_config_memory_may_move_set");
    from.bind(api.pooling_strategy_set, "wasmtime_pooling_allocation_strategy_set");
    from.bind(api.pooling_new, "wasmtime_pooling_allocation_config_new");
    from.bind(api.pooling_delete, "wasmtime_pooling_allocation_config_delete");
    from.bind(api.total_core_instances_set, "wasmtime_pooling_allocation_config_total_core_instances_set");
    from.bind(api.total_memories_set, "wasmtime_pooling_allocation_config_total_memories_set");
    from.bind(api.total_tables_set, "wasmtime_pooling_allocation_config_total_tables_set");
    from.bind(api.table_keep_resident_set, "wasmtime_pooling_allocation_config_table_keep_resident_set");
    from.bind(api.table_elements_set, "wasmtime_pooling_allocation_config_table_elements_set");
    from.bind(api.max_memory_size_set, "wasmtime_pooling_allocation_config_max_memory_size_set");
}

void bind_running(Symbols& from, Api& api)
{
    from.bind(api.engine_new, "wasm_engine_new_with_config");
    from.bind(api.engine_delete, "wasm_engine_delete");
    from.bind(api.engine_increment_epoch, "wasmtime_engine_increment_epoch");
    from.bind(api.module_new, "wasmtime_module_new");
    from.bind(api.module_validate, "wasmtime_module_validate");
    from.bind(api.module_delete, "wasmtime_module_delete");
    from.bind(api.linker_new, "wasmtime_linker_new");
    from.bind(api.linker_delete, "wasmtime_linker_delete");
    from.bind(api.linker_define_func, "wasmtime_linker_define_func_unchecked");
    from.bind(api.linker_instantiate_pre, "wasmtime_linker_instantiate_pre");
    from.bind(api.instance_pre_delete, "wasmtime_instance_pre_delete");
    from.bind(api.instantiate, "wasmtime_instance_pre_instantiate");
    from.bind(api.instance_export_get, "wasmtime_instance_export_get");
    from.bind(api.store_new, "wasmtime_store_new");
    from.bind(api.store_delete, "wasmtime_store_delete");
    from.bind(api.store_context, "wasmtime_store_context");
    from.bind(api.context_get_data, "wasmtime_context_get_data");
    from.bind(api.context_set_epoch_deadline, "wasmtime_context_set_epoch_deadline");
    from.bind(api.caller_context, "wasmtime_caller_context");
    from.bind(api.func_call, "wasmtime_func_call_unchecked");
    from.bind(api.memory_data, "wasmtime_memory_data");
    from.bind(api.memory_data_size, "wasmtime_memory_data_size");
    from.bind(api.trap_new, "wasmtime_trap_new");
    from.bind(api.trap_code, "wasmtime_trap_code");
    from.bind(api.trap_message, "wasm_trap_message");
    from.bind(api.trap_delete, "wasm_trap_delete");
    from.bind(api.error_message, "wasmtime_error_message");
    from.bind(api.error_delete, "wasmtime_error_delete");
    from.bind(api.byte_vec_delete, "wasm_byte_vec_delete");
    from.bind(api.valtype_new, "wasm_valtype_new");
    from.bind(api.valtype_vec_new, "wasm_valtype_vec_new");
    from.bind(api.functype_new, "wasm_functype_new");
    from.bind(api.functype_delete, "wasm_functype_delete");
}

} // namespace

std::expected<Api, std::string> load(const std::string& library)
{
    // Never unloaded: wasmtime installs signal handlers that must outlive every engine.
    void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
    {
        const char* const why = dlerror();
        return std::unexpected("the Wasm engine is missing (" + std::string(why ? why : library) +
                               "): run tools/install and build again, or put " + library + " beside the program");
    }
    Symbols symbols{handle};
    Api api{};
    bind_config(symbols, api);
    bind_running(symbols, api);
    if (!symbols.missing().empty())
        return std::unexpected(library + " is not wasmtime 50: it lacks " + symbols.missing() +
                               "; run tools/install and build again");
    return api;
}

} // namespace executor::wasmtime
