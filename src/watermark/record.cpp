#include "watermark/record.hpp"

#include "hash/blake2b.hpp"

#include <algorithm>

namespace watermark {
namespace {

constexpr std::string_view kMagic = "ZKPMARK1";

// A copy: magic, sequence u64, length of the marks u32, marks, BLAKE2b-256 of all before; zeros follow.
Bytes frame(const Marks& marks, uint64_t sequence)
{
    const auto body = marks.encode();
    base::Writer out;
    out.put(base::view(kMagic));
    out.put(sequence);
    out.put(uint32_t(body.size()));
    out.put(ByteView(body));
    const auto check = hash::blake2_256(ByteView(out.bytes()));
    out.put(ByteView(check));
    return out.take();
}

struct Copy
{
    uint64_t sequence;
    Marks marks;
};

std::optional<Copy> read_copy(ByteView bytes)
{
    base::Reader in(bytes);
    const auto magic = in.take(kMagic.size());
    const auto sequence = in.get<uint64_t>();
    const auto length = in.get<uint32_t>();
    const auto body = in.take(length.value_or(0));
    const auto check = in.take(sizeof(Digest));
    if (!check || !std::ranges::equal(*magic, base::view(kMagic)))
        return std::nullopt;
    const size_t framed = kMagic.size() + sizeof(*sequence) + sizeof(*length) + *length;
    if (!std::ranges::equal(hash::blake2_256(bytes.first(framed)), *check))
        return std::nullopt;
    auto marks = Marks::decode(*body);
    return marks ? std::optional(Copy{*sequence, std::move(*marks)}) : std::nullopt;
}

} // namespace

bool Record::exists(const std::string& folder) { return env::exists(path_of(folder)); }

std::expected<void, std::string> Record::create(const std::string& folder, uint64_t floor_slot)
{
    if (exists(folder))
        return std::unexpected(path_of(folder) + " exists already");
    Marks marks;
    marks.floor_slot = floor_slot;
    auto copy = frame(marks, 1);
    copy.resize(kCopyBytes);
    const std::array parts{ByteView(copy), ByteView(copy)};
    if (const auto written = env::write_file(path_of(folder), parts, 0600); !written)
        return std::unexpected(written.error().words);
    return {};
}

std::expected<std::unique_ptr<Record>, std::string> Record::open(const std::string& folder)
{
    const auto path = path_of(folder);
    if (!exists(folder))
        return std::unexpected(path + ", the record of what this node's keys signed, is missing: restore it");
    const auto bytes = env::read_file(path, 2 * kCopyBytes);
    if (!bytes)
        return std::unexpected(bytes.error().words);
    const ByteView all(*bytes);
    std::optional<Copy> newest;
    if (all.size() == 2 * kCopyBytes)
        for (const size_t index : {0, 1})
            if (auto copy = read_copy(all.subspan(index * kCopyBytes, kCopyBytes));
                copy && (!newest || copy->sequence > newest->sequence))
                newest = std::move(copy);
    if (!newest)
        return std::unexpected(path + ", the record of what this node's keys signed, is damaged: restore it; "
                                      "without it they might sign twice, for which a validator is slashed");
    auto file = env::SyncedFile::open(path);
    if (!file)
        return std::unexpected(file.error().words);
    auto record = std::unique_ptr<Record>(new Record(std::move(*file)));
    record->marks_ = newest->marks;
    record->sequence_ = newest->sequence;
    // A copy that was cut short is made whole before anything is signed.
    if (auto kept = record->keep(std::move(newest->marks)); !kept)
        return std::unexpected(kept.error().words);
    return record;
}

std::expected<void, Refusal> Record::keep(Marks marks)
{
    if (file_)
    {
        const auto copy = frame(marks, sequence_ + 1);
        auto written = file_->put(0, copy);
        if (written)
            written = file_->put(kCopyBytes, copy);
        if (!written)
        {
            broken_ = Refusal{Why::disk, written.error().words + "; nothing is signed until the node is started again"};
            return std::unexpected(*broken_);
        }
        ++sequence_;
    }
    marks_ = std::move(marks);
    return {};
}

std::expected<void, Refusal> Record::seal(const Key& key, uint64_t slot)
{
    const std::lock_guard lock(mutex_);
    if (broken_)
        return std::unexpected(*broken_);
    auto marks = marks_;
    if (auto raised = marks.raise_slot(key, slot); !raised)
        return raised;
    return keep(std::move(marks));
}

std::expected<void, Refusal> Record::vote(std::span<const Key> keys, const Vote& vote)
{
    const std::lock_guard lock(mutex_);
    if (broken_)
        return std::unexpected(*broken_);
    auto marks = marks_;
    const auto rises = marks.raise_vote(keys, vote);
    if (!rises)
        return std::unexpected(rises.error());
    return *rises ? keep(std::move(marks)) : std::expected<void, Refusal>{};
}

Marks Record::marks() const
{
    const std::lock_guard lock(mutex_);
    return marks_;
}

} // namespace watermark
