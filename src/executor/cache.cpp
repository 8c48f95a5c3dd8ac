#include "executor/cache.hpp"

#include "executor/blob.hpp"

#include <algorithm>

namespace executor {

ModuleCache::~ModuleCache()
{
    {
        const std::lock_guard lock(ahead_mutex_);
        stopping_ = true;
    }
    ahead_changed_.notify_all();
    if (worker_.joinable())
        worker_.join();
}

bool ModuleCache::known(const base::Digest& hash, uint32_t heap_pages)
{
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(slots_,
                               [&](const auto& slot) { return slot->hash == hash && slot->heap_pages == heap_pages; });
}

void ModuleCache::prepare(const base::Digest& hash, ByteView code, uint32_t heap_pages)
{
    if (known(hash, heap_pages))
        return;
    const std::lock_guard lock(ahead_mutex_);
    const auto same = [&](const Ahead& each) { return each.hash == hash && each.heap_pages == heap_pages; };
    if (ahead_.size() == kAheadMax || std::ranges::any_of(ahead_, same))
        return;
    ahead_.push_back({hash, Bytes(code.begin(), code.end()), heap_pages});
    if (!worker_.joinable())
        worker_ = std::thread([this] { compile_ahead(); });
    ahead_changed_.notify_one();
}

/// At ordinary priority: the next block may come to wait for this, and on a busy machine one that yields to all others
/// makes it wait for many slots.
void ModuleCache::compile_ahead()
{
    for (;;)
    {
        std::unique_lock lock(ahead_mutex_);
        ahead_changed_.wait(lock, [&] { return stopping_ || !ahead_.empty(); });
        if (stopping_)
            return;
        const auto next = std::move(ahead_.front());
        ahead_.pop_front();
        lock.unlock();
        static_cast<void>(get(next.hash, next.code, next.heap_pages));
    }
}

std::expected<void, CompileError> ModuleCache::check_new(ByteView wasm) const
{
    if (const auto shape = inspect(wasm, kRuleSet1); !shape)
        return std::unexpected(CompileError{shape.error(), words(shape.error())});
    return engine_->validate(wasm);
}

std::expected<void, CompileError> ModuleCache::check_imports(ByteView wasm) const
{
    if (const auto shape = inspect(wasm, Rules{.host = host_.get(), .heap_pages = std::nullopt}); !shape)
        return std::unexpected(CompileError{shape.error(), words(shape.error())});
    return {};
}

std::shared_ptr<ModuleCache::Slot> ModuleCache::slot(const base::Digest& hash, uint32_t heap_pages)
{
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        slots_, [&](const auto& known) { return known->hash == hash && known->heap_pages == heap_pages; });
    if (found != slots_.end())
        slots_.splice(slots_.begin(), slots_, found);
    else
    {
        if (slots_.size() == kCachedModulesMax)
            slots_.pop_back(); // calls that still run it keep it alive
        slots_.push_front(std::make_shared<Slot>());
        slots_.front()->hash = hash;
        slots_.front()->heap_pages = heap_pages;
    }
    return slots_.front();
}

ModuleCache::Compiled ModuleCache::get(const base::Digest& hash, ByteView code, uint32_t heap_pages)
{
    const auto mine = slot(hash, heap_pages);
    const std::lock_guard lock(mine->compiling);
    if (mine->compiled)
        return *mine->compiled;
    const auto wasm = unpack(code, kCodeBytesMax);
    if (wasm)
        mine->compiled = engine_->compile(*wasm, host_, {heap_pages});
    else
        mine->compiled = std::unexpected(CompileError{std::nullopt, std::string(words(wasm.error()))});
    return *mine->compiled;
}

} // namespace executor
