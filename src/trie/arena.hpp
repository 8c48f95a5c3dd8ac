#pragma once

#include "base/bytes.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace trie {

/// Bytes that live, unmoved, as long as the arena.
class Arena
{
public:
    base::ByteView keep(base::ByteView bytes)
    {
        if (bytes.empty())
            return {};
        if (left_ < bytes.size())
        {
            left_ = std::max(kChunk, bytes.size());
            chunks_.push_back(std::make_unique_for_overwrite<uint8_t[]>(left_));
            next_ = chunks_.back().get();
        }
        uint8_t* const place = next_;
        std::ranges::copy(bytes, place);
        next_ += bytes.size();
        left_ -= bytes.size();
        return {place, bytes.size()};
    }

private:
    static constexpr size_t kChunk = 1 << 14;

    std::vector<std::unique_ptr<uint8_t[]>> chunks_;
    uint8_t* next_ = nullptr;
    size_t left_ = 0;
};

} // namespace trie
