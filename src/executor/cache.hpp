#pragma once

#include "executor/engine.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

namespace executor {

/// Compiled modules by the hash of their code, the most recently used ones. Safe from several threads.
///
/// To compile an upgrade ahead of its first block, call get() on a background thread: whoever asks for the same code
/// meanwhile waits for that one compilation, other modules are found at once.
class ModuleCache
{
public:
    ModuleCache(std::shared_ptr<const Engine> engine, std::shared_ptr<const HostTable> host)
        : engine_(std::move(engine)), host_(std::move(host))
    {
    }

    using Compiled = std::expected<std::shared_ptr<const Module>, CompileError>;

    /// The module of that code, compiled at first sight. A refusal is remembered too.
    ///
    /// hash   identifies `code`: Substrate's is blake2b-256 of the value of `:code`, packed or not
    /// code   as the state holds it; it is unpacked first
    /// Cost   found: a short lock
    Compiled get(const base::Digest& hash, ByteView code, uint32_t heap_pages = kHeapPagesDefault);

private:
    struct Slot
    {
        base::Digest hash;
        uint32_t heap_pages;
        std::mutex compiling;
        std::optional<Compiled> compiled;
    };

    std::shared_ptr<Slot> slot(const base::Digest& hash, uint32_t heap_pages);

    std::shared_ptr<const Engine> engine_;
    std::shared_ptr<const HostTable> host_;
    std::mutex mutex_;
    std::list<std::shared_ptr<Slot>> slots_; ///< most recently used first
};

/// A running chain needs one; across an upgrade with forks, two or three.
inline constexpr size_t kCachedModulesMax = 8;

} // namespace executor
