#pragma once

#include "executor/host.hpp"
#include "executor/inspect.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace executor {

/// Why code cannot be run.
struct CompileError
{
    std::optional<InspectError> refusal; ///< set: inspect() refused it; otherwise the engine did
    std::string words;                   ///< one line for people
};

struct CompileOptions
{
    uint32_t heap_pages = kHeapPagesDefault; ///< pages above the module's own; the state's :heappages
};

struct CallOptions
{
    /// Engine::tick() calls after which the call traps with `interrupted`; none: it runs to its end.
    std::optional<uint64_t> ticks;
};

/// Code that is ready to run. Calls are independent and may run on several threads at once.
class Module
{
public:
    virtual ~Module() = default;

    /// Calls an entry point (i32 pointer, i32 size) -> i64 in a fresh instance: no call sees what another one wrote.
    ///
    /// input    copied to a new block on the runtime's heap
    /// result   the bytes at the returned pointer | size << 32
    /// state    what the host functions work on; they get it as Caller::state
    /// Errors   any TrapCode; missing_export before the runtime runs
    /// Bound    the result is at most the memory; the stack at most kStackBytes of the calling thread's
    virtual std::expected<Bytes, Trap> call(std::string_view name, ByteView input, HostState& state,
                                            const CallOptions& options = {}) const = 0;

    const Shape& shape() const { return shape_; }

protected:
    explicit Module(Shape shape) : shape_(std::move(shape)) {}

private:
    Shape shape_;
};

/// What compiles: inspect() with lenient Rules, so that all engines refuse the same, then the engine.
class Engine
{
public:
    virtual ~Engine() = default;

    /// host  the functions that imports resolve to; an import without one traps with missing_import when called
    /// Cost  see README.md; may run on any thread, several at once
    virtual std::expected<std::shared_ptr<const Module>, CompileError>
    compile(ByteView code, std::shared_ptr<const HostTable> host, const CompileOptions& options = {}) const = 0;

    /// Whether compile() would take the code, types of operands included, without compiling it.
    ///
    /// Errors  those of compile()
    /// Cost    12 ms for each MB
    virtual std::expected<void, CompileError> validate(ByteView code) const = 0;

    /// Moves the clock of CallOptions::ticks. The owner calls it, say every 10 ms, from any thread.
    virtual void tick() const = 0;

    virtual std::string_view name() const = 0;
};

/// Stack for Wasm frames, on the calling thread; give threads that call at least twice that.
inline constexpr size_t kStackBytes = 1 << 20;

/// Instances that live at once in one wasmtime engine; a call above that ends with Trap engine.
inline constexpr uint32_t kInstancesMax = 64;

struct WasmtimeOptions
{
    bool interruptible = false; ///< honour CallOptions::ticks; costs a check in every loop and function
    /// The shared library; empty: kWasmtimeLibrary beside the program, in its build folder or in the system's folders.
    std::string library;
};

inline constexpr std::string_view kWasmtimeLibrary = "libwasmtime-50.so";

/// The engine of production: wasmtime's Cranelift compiler, from its shared library, loaded when first asked for.
///
/// Errors  the library is missing, or lacks a function: the sentence says what to do
std::expected<std::unique_ptr<Engine>, std::string> wasmtime_engine(const WasmtimeOptions& options = {});

/// The oracle: the interpreter of Debian's libwabt. Some 200 times slower, and each call clears the whole memory.
/// It cannot be interrupted: CallOptions::ticks is ignored.
std::unique_ptr<Engine> wabt_engine();

} // namespace executor
