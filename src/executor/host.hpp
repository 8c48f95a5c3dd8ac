#pragma once

#include "base/bytes.hpp"
#include "executor/allocator.hpp"
#include "executor/trap.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Runs Substrate runtimes: Wasm engines behind one interface, the heap inside their memory, the storage overlay.
/// What a runtime may ask of its host comes as a table of functions; this library knows none of them.
namespace executor {

using base::Bytes;
using base::ByteView;

/// Wasm's number types, by their byte in the binary format.
enum class ValueType : uint8_t
{
    f64 = 0x7C,
    f32 = 0x7D,
    i64 = 0x7E,
    i32 = 0x7F,
};

struct FunctionType
{
    std::vector<ValueType> params;
    std::optional<ValueType> result;

    friend bool operator==(const FunctionType&, const FunctionType&) = default;
};

/// One number; i32 in the low half, the high half 0.
struct Value
{
    uint64_t bits = 0;

    uint32_t u32() const { return uint32_t(bits); }
    friend bool operator==(const Value&, const Value&) = default;
};

/// What host functions work on during one call: storage, keystore, clock. The host derives from it; see Caller::state.
class HostState
{
public:
    virtual ~HostState() = default;
};

/// The instance that calls a host function: its memory, its heap, and the state of the call.
class Caller
{
public:
    Caller(std::span<uint8_t> memory, uint32_t heap_base, HostState& state)
        : memory_(memory), allocator_(heap_base), state_(&state)
    {
    }

    /// The bytes at [pointer, pointer + size), borrowed from the memory until the runtime runs on.
    ///
    /// Errors  bad_pointer
    std::expected<std::span<uint8_t>, Trap> at(uint32_t pointer, uint32_t size);

    /// The same for Substrate's pointer-and-size: pointer | size << 32.
    std::expected<std::span<uint8_t>, Trap> at(uint64_t pointer_and_size);

    /// A block on the runtime's heap; errors as Allocator.
    std::expected<uint32_t, Trap> allocate(uint32_t size) { return allocator_.allocate(memory_, size); }
    std::expected<void, Trap> free(uint32_t pointer) { return allocator_.free(memory_, pointer); }

    /// Copies bytes to a new block. The result is pointer | size << 32.
    std::expected<uint64_t, Trap> give(ByteView bytes);

    std::span<uint8_t> memory() const { return memory_; }
    uint64_t heap_reached() const { return allocator_.reached(); }

    /// The state of this call, as the type that the host passed to Module::call.
    template <typename T>
    T& state() const
    {
        return static_cast<T&>(*state_);
    }

private:
    std::span<uint8_t> memory_; ///< never grows: memory.grow fails by construction (prepare.hpp)
    Allocator allocator_;
    HostState* state_;
};

inline constexpr size_t kParamsMax = 16;

/// A function of the host. The callback gets as many values as params has; the result is read if `type.result` is set.
/// It must not throw. It may call another module, on the same thread.
struct HostFunction
{
    std::string name;
    FunctionType type;
    std::function<std::expected<Value, Trap>(Caller&, std::span<const Value>)> call;
};

/// The host functions by name, as imports of module `env`.
class HostTable
{
public:
    HostTable() = default;

    /// Caller  names are distinct, no function has more than kParamsMax parameters
    explicit HostTable(const std::vector<HostFunction>& functions);

    /// The function of that name and exactly that type; null otherwise: a known name with another signature is unknown.
    const HostFunction* find(std::string_view name, const FunctionType& type) const;

    /// Whether there is a function of that name, whatever its type.
    bool has(std::string_view name) const { return functions_.contains(name); }

private:
    std::map<std::string, HostFunction, std::less<>> functions_;
};

} // namespace executor
