#pragma once

#include "base/bytes.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host {
class VerifiedSignatures;
}

/// Random blocks executed by three builds of one runtime: the production engine, an interpreter, and native code over a
/// storage that shares nothing with the node's. All must agree on every byte.
namespace differential {

using base::Bytes;
using base::ByteView;

using Pairs = std::map<Bytes, Bytes>;

/// What became of one call: its result, or nothing where it trapped; and what the runtime logged, which for a trap is
/// the panic's message.
struct Outcome
{
    std::optional<Bytes> result;
    std::vector<std::string> log;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Answers what version a blob of code has: kCodeMagic, then an encoded RuntimeVersion. The same for all machines.
std::optional<Bytes> version_of(ByteView code);
inline constexpr std::string_view kCodeMagic = "code";

/// A runtime and the state that it works on: what is settled, and the writes since.
class Machine
{
public:
    virtual ~Machine() = default;

    virtual std::string_view name() const = 0;

    /// Calls an API function. Writes stay, those of a call that trapped too: see undo().
    virtual Outcome call(std::string_view function, ByteView input) = 0;

    /// A layer of the host's own: what is written from begin() on is kept or undone.
    virtual void begin() = 0;
    virtual void keep() = 0;
    virtual void undo() = 0;

    /// Forgets all writes since the last settle().
    virtual void reset() = 0;
    /// Makes the writes part of the settled state.
    virtual void settle() = 0;
    /// Makes `pairs` the settled state, whatever it was.
    virtual void load(const Pairs& pairs) = 0;

    /// All keys and values, writes included.
    virtual Pairs pairs() const = 0;
};

/// What one dispatch touched first: keys that its extrinsic had not read or written before, and that not every block
/// touches anyway. Or, at settle(), what all calls since the last one touched.
struct Touched
{
    size_t reads = 0;
    size_t writes = 0;
    bool whole = false;
};

/// The native build; `touched`, if given, hears of each outermost dispatch at its end and of each settle().
std::unique_ptr<Machine> native_machine(std::function<void(const Touched&)> touched = {});

/// The interpreter clears the whole memory before each call: no more of it than these runtimes need.
inline constexpr uint32_t kHeapPages = 160;

/// wasmtime, libwabt's interpreter. `wasm` is the runtime's code; null if it does not compile.
///
/// verified  borrowed: signatures that need no second verification; none are remembered without
std::unique_ptr<Machine> wasmtime_machine(ByteView wasm, uint32_t heap_pages = kHeapPages,
                                          host::VerifiedSignatures* verified = nullptr);
std::unique_ptr<Machine> wabt_machine(ByteView wasm);

} // namespace differential
