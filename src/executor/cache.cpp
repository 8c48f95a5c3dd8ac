#include "executor/cache.hpp"

#include "executor/blob.hpp"

#include <algorithm>

namespace executor {

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
