#include "executor/host.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <limits>

namespace executor {

std::expected<std::span<uint8_t>, Trap> Caller::at(uint32_t pointer, uint32_t size)
{
    if (uint64_t{pointer} + size > memory_.size())
        return trap(TrapCode::bad_pointer, std::to_string(size) + " bytes at " + std::to_string(pointer));
    return memory_.subspan(pointer, size);
}

std::expected<std::span<uint8_t>, Trap> Caller::at(uint64_t pointer_and_size)
{
    return at(uint32_t(pointer_and_size), uint32_t(pointer_and_size >> 32));
}

std::expected<uint64_t, Trap> Caller::give(ByteView bytes)
{
    if (bytes.size() > std::numeric_limits<uint32_t>::max())
        return trap(TrapCode::allocation_too_large, std::to_string(bytes.size()) + " bytes");
    const auto size = uint32_t(bytes.size());
    const auto pointer = allocate(size);
    if (!pointer)
        return std::unexpected(pointer.error());
    const auto block = at(*pointer, size);
    if (!block)
        return std::unexpected(block.error());
    std::ranges::copy(bytes, block->begin());
    return uint64_t{*pointer} | uint64_t{size} << 32;
}

HostTable::HostTable(const std::vector<HostFunction>& functions)
{
    for (const auto& function : functions)
    {
        base::invariant(function.type.params.size() <= kParamsMax);
        const auto [at, added] = functions_.try_emplace(function.name, function);
        base::invariant(added);
    }
}

const HostFunction* HostTable::find(std::string_view name, const FunctionType& type) const
{
    const auto found = functions_.find(name);
    return found != functions_.end() && found->second.type == type ? &found->second : nullptr;
}

} // namespace executor
