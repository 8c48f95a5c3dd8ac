#pragma once

#include "trie/root.hpp"

#include <map>
#include <random>

/// A second trie, written from the specification for the tests: a map, and the root computed from it by recursion over
/// strings of nibbles. It shares nothing with the library but the hash function.
namespace trie::testing {

using State = std::map<Bytes, Bytes>;

inline std::string compact(size_t value)
{
    std::string out;
    const auto put = [&](uint64_t bits, int bytes) {
        for (; bytes != 0; --bytes, bits >>= 8)
            out += char(bits & 255);
    };
    value < 64 ? put(value << 2, 1) : value < 16384 ? put(value << 2 | 1, 2) : put(value << 2 | 2, 4);
    return out;
}

inline std::string blake(const std::string& text)
{
    const auto digest = blake2_256(base::view(text));
    return {digest.begin(), digest.end()};
}

/// The nibble strings [first, last), which share `skip` nibbles, as one encoded node.
inline std::string naive_node(std::map<std::string, std::string>::const_iterator first,
                              std::map<std::string, std::string>::const_iterator last, size_t skip, Version version)
{
    const auto& low = first->first;
    const auto& high = std::prev(last)->first;
    size_t end = skip;
    while (end < low.size() && end < high.size() && low[end] == high[end])
        ++end;
    const bool value = low.size() == end, branch = std::next(first) != last;
    const bool hashed = value && version == Version::v1 && first->second.size() > 32;
    const auto held = value ? hashed ? blake(first->second) : compact(first->second.size()) + first->second : "";

    const size_t size = end - skip;
    const int lead = hashed ? 1 : branch ? value ? 3 : 2 : 1;
    const size_t bits = hashed ? branch ? 4 : 5 : 6, most = (size_t{1} << bits) - 1;
    std::string out(1, char(size_t(lead) << bits | std::min(size, most)));
    if (size >= most)
        out += std::string((size - most) / 255, char(255)) + char((size - most) % 255);
    auto packed = low.substr(skip, size);
    if (size % 2 == 1)
        packed.insert(0, 1, 0);
    for (size_t i = 0; i != packed.size(); i += 2)
        out += char(packed[i] << 4 | packed[i + 1]);
    if (!branch)
        return out + held;

    std::string children;
    unsigned bitmap = 0;
    for (auto at = value ? std::next(first) : first; at != last;)
    {
        const char nibble = at->first[end];
        auto stop = at;
        while (stop != last && stop->first[end] == nibble)
            ++stop;
        const auto child = naive_node(at, stop, end + 1, version);
        const auto merkle = child.size() < 32 ? child : blake(child);
        children += compact(merkle.size()) + merkle;
        bitmap |= 1u << nibble;
        at = stop;
    }
    return out + char(bitmap & 255) + char(bitmap >> 8) + held + children;
}

inline Digest naive_root(const State& state, Version version)
{
    if (state.empty())
        return blake2_256(Bytes{0});
    std::map<std::string, std::string> nibbles;
    for (const auto& [key, value] : state)
    {
        std::string path;
        for (const auto byte : key)
            path += {char(byte >> 4), char(byte & 15)};
        nibbles[path] = {value.begin(), value.end()};
    }
    return blake2_256(base::view(naive_node(nibbles.begin(), nibbles.end(), 0, version)));
}

/// Keys that branch often, end inside one another and share long beginnings.
inline Bytes random_key(std::mt19937_64& random)
{
    Bytes key;
    if (random() % 3 == 0)
        key.assign(20 + random() % 3, uint8_t(0xa0 | random() % 2));
    for (size_t size = random() % 5; size != 0; --size)
        key.push_back(std::array<uint8_t, 6>{0, 1, 0x10, 0x11, 0xff, 0x7f}[random() % 6]);
    return key;
}

/// Sizes on both sides of what is inlined and what is hashed.
inline Bytes random_value(std::mt19937_64& random)
{
    constexpr std::array<size_t, 10> sizes{0, 1, 2, 20, 31, 32, 33, 34, 64, 300};
    Bytes value(sizes[random() % sizes.size()]);
    for (auto& byte : value)
        byte = uint8_t(random() % 3);
    return value;
}

inline std::vector<Pair> pairs_of(const State& state)
{
    std::vector<Pair> pairs;
    for (const auto& [key, value] : state)
        pairs.push_back({key, value});
    return pairs;
}

/// A batch that owns its keys and values.
using Batch = std::map<Bytes, std::optional<Bytes>>;

inline std::vector<Change> changes_of(const Batch& batch)
{
    std::vector<Change> changes;
    for (const auto& [key, value] : batch)
        changes.push_back({key, value ? std::optional<ByteView>(*value) : std::nullopt});
    return changes;
}

inline void apply_to(State& state, const Batch& batch)
{
    for (const auto& [key, value] : batch)
    {
        state.erase(key);
        if (value)
            state[key] = *value;
    }
}

} // namespace trie::testing
