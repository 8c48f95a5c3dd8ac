#include "artifact/container.hpp"

#include "base/invariant.hpp"
#include "crypto/blake3.hpp"

#include <algorithm>
#include <array>

namespace artifact {
namespace {

constexpr uint16_t kVersion = 1;
constexpr size_t kFixedBytes = 4 + 2 + 2 + sizeof(base::Digest);

constexpr std::array<uint8_t, kAlignment> kZeros{};

uint64_t aligned(uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

base::Digest checksum(ByteView lengths, std::span<const ByteView> small)
{
    auto hash = crypto::Blake3::derive_key("zkp artifact v1");
    hash.update(lengths);
    for (const auto section : small)
        hash.update(section);
    return hash.digest();
}

/// Takes the sections out of what follows the header, or nothing if the lengths do not add up to exactly the file.
bool cut(ByteView file, std::span<const uint64_t> lengths, size_t small, Sections& sections)
{
    uint64_t offset = kFixedBytes + lengths.size() * sizeof(uint64_t);
    for (size_t i = 0; i != lengths.size(); ++i)
    {
        if (i >= small)
            offset = aligned(offset);
        if (offset > file.size() || lengths[i] > file.size() - offset)
            return false;
        (i < small ? sections.small : sections.large).push_back(file.subspan(offset, lengths[i]));
        offset += lengths[i];
    }
    return offset == file.size();
}

} // namespace

Packed::Packed(std::string_view magic, std::span<const ByteView> small, std::span<const ByteView> large)
{
    base::invariant(magic.size() == 4);
    base::Writer lengths;
    for (const auto sections : {small, large})
        for (const auto section : sections)
            lengths.put(uint64_t{section.size()});
    base::Writer head;
    head.put(base::view(magic));
    head.put(kVersion);
    head.put(uint16_t(small.size() + large.size()));
    head.put(checksum(lengths.bytes(), small));
    head.put(lengths.bytes());
    head_ = head.take();

    parts_.push_back(head_);
    uint64_t offset = head_.size();
    for (const auto section : small)
    {
        parts_.push_back(section);
        offset += section.size();
    }
    for (const auto section : large)
    {
        parts_.push_back(ByteView(kZeros).first(aligned(offset) - offset));
        parts_.push_back(section);
        offset = aligned(offset) + section.size();
    }
}

std::expected<Sections, Error> unpack(ByteView file, std::string_view magic, size_t small, size_t large)
{
    base::Reader in(file);
    const auto head = in.take(magic.size());
    if (!head || !std::ranges::equal(*head, base::view(magic)))
        return failed(Fault::damaged, "not a file of this kind");
    const auto version = in.get<uint16_t>();
    const auto count = in.get<uint16_t>();
    const auto sum = in.take(sizeof(base::Digest));
    if (version && *version != kVersion)
        return failed(Fault::damaged, "a file of another format version; make it again with this program");
    if (!sum || *count != small + large)
        return failed(Fault::damaged, "damaged or cut short; make it again");
    std::vector<uint64_t> lengths(*count);
    const auto raw = in.take(lengths.size() * sizeof(uint64_t));
    if (!raw)
        return failed(Fault::damaged, "damaged or cut short; make it again");
    base::Reader reader(*raw);
    for (auto& length : lengths)
        length = *reader.get<uint64_t>();

    Sections sections;
    if (!cut(file, lengths, small, sections))
        return failed(Fault::damaged, "cut short or extended; make it again");
    if (!std::ranges::equal(checksum(*raw, sections.small), *sum))
        return failed(Fault::damaged, "damaged: its checksum differs; make it again");
    return sections;
}

} // namespace artifact
