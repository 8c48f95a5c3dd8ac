#pragma once

#include "executor/engine.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace executor {

/// Compiled modules by the hash of their code, the most recently used ones. Safe from several threads.
///
/// An upgrade is compiled ahead of its first block by prepare(): whoever asks for the same code meanwhile waits for
/// that one compilation, other modules are found at once.
class ModuleCache
{
public:
    ModuleCache(std::shared_ptr<const Engine> engine, std::shared_ptr<const HostTable> host)
        : engine_(std::move(engine)), host_(std::move(host))
    {
    }
    ModuleCache(const ModuleCache&) = delete;
    ModuleCache& operator=(const ModuleCache&) = delete;
    /// Waits for a compilation that runs.
    ~ModuleCache();

    using Compiled = std::expected<std::shared_ptr<const Module>, CompileError>;

    /// The module of that code, compiled at first sight. A refusal is remembered too.
    ///
    /// hash   identifies `code`: Substrate's is blake2b-256 of the value of `:code`, packed or not
    /// code   as the state holds it; it is unpacked first
    /// Cost   found: a short lock
    Compiled get(const base::Digest& hash, ByteView code, uint32_t heap_pages = kHeapPagesDefault);

    /// Compiles that code in the background, on one thread, unless it is known or enough waits already.
    ///
    /// Bound  kAheadMax codes wait; one more is left for get()
    void prepare(const base::Digest& hash, ByteView code, uint32_t heap_pages = kHeapPagesDefault);

    /// Whether new code obeys rule set 1 for runtime code, which every node of a chain must answer alike: it follows
    /// from the bytes alone, not from the host functions of this release. Stricter than get(): no floats, no
    /// memory.grow.
    ///
    /// wasm    unpacked
    /// Cost    20 ms for each MB
    /// Source  docs/specs/runtime-code.md, section 3
    std::expected<void, CompileError> check_new(ByteView wasm) const;

    /// Whether this release has all host functions that the code imports. No rule of the chain: the next release may.
    ///
    /// Cost  8 ms for each MB
    std::expected<void, CompileError> check_imports(ByteView wasm) const;

private:
    struct Slot
    {
        base::Digest hash;
        uint32_t heap_pages;
        std::mutex compiling;
        std::optional<Compiled> compiled;
    };

    struct Ahead
    {
        base::Digest hash;
        Bytes code;
        uint32_t heap_pages;
    };

    std::shared_ptr<Slot> slot(const base::Digest& hash, uint32_t heap_pages);
    bool known(const base::Digest& hash, uint32_t heap_pages);
    void compile_ahead();

    std::shared_ptr<const Engine> engine_;
    std::shared_ptr<const HostTable> host_;
    std::mutex mutex_;
    std::list<std::shared_ptr<Slot>> slots_; ///< most recently used first

    std::mutex ahead_mutex_; ///< of what follows
    std::condition_variable ahead_changed_;
    std::deque<Ahead> ahead_;
    bool stopping_ = false;
    std::thread worker_; ///< started when first needed
};

/// A running chain needs one; across an upgrade with forks, two or three.
inline constexpr size_t kCachedModulesMax = 8;

/// Codes that wait for the background thread.
inline constexpr size_t kAheadMax = 2;

} // namespace executor
