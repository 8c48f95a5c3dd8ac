#include "offchain/local_storage.hpp"

#include "env/file.hpp"
#include "hash/blake2b.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace offchain {
namespace {

constexpr std::string_view kMagic = "zkp offchain 1\n\n";
constexpr size_t kSumBytes = 8;
constexpr uint64_t kFileBytesMax = 8 * kStorageBytesMax; // more than compact() ever lets it become
constexpr uint64_t kCompactFrom = uint64_t{1} << 20;
constexpr uint32_t kMode = 0600;

Bytes sum_of(ByteView bytes)
{
    const auto hash = hash::blake2_256(bytes);
    return {hash.begin(), hash.begin() + kSumBytes};
}

void put_record(base::Writer& out, LocalStorage kind, ByteView key, std::optional<ByteView> value)
{
    base::Writer body;
    body.put(uint8_t(kind));
    body.put(uint8_t(value.has_value()));
    body.put(uint32_t(key.size()));
    body.put(key);
    if (value)
        body.put(*value);
    out.put(uint32_t(body.bytes().size()));
    out.put(ByteView(body.bytes()));
    out.put(ByteView(sum_of(body.bytes())));
}

struct Record
{
    LocalStorage kind = LocalStorage::persistent;
    ByteView key;
    std::optional<ByteView> value;
};

std::optional<Record> take_record(base::Reader& in)
{
    const auto size = in.get<uint32_t>();
    const auto body = size ? in.take(*size) : std::nullopt;
    const auto sum = body ? in.take(kSumBytes) : std::nullopt;
    if (!sum || !std::ranges::equal(*sum, sum_of(*body)))
        return std::nullopt;
    base::Reader fields(*body);
    const auto kind = fields.get<uint8_t>(), set = fields.get<uint8_t>();
    const auto key_size = fields.get<uint32_t>();
    const auto key = key_size ? fields.take(*key_size) : std::nullopt;
    if (!kind || !set || !key || key->size() > kKeyBytesMax || fields.left() > kValueBytesMax ||
        (*kind != uint8_t(LocalStorage::persistent) && *kind != uint8_t(LocalStorage::local)))
        return std::nullopt;
    return Record{.kind = LocalStorage(*kind),
                  .key = *key,
                  .value = *set != 0 ? fields.take(fields.left()) : std::optional<ByteView>()};
}

Bytes own(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

} // namespace

std::expected<std::unique_ptr<LocalStorageFile>, std::string> LocalStorageFile::open(std::string path)
{
    auto storage = std::unique_ptr<LocalStorageFile>(new LocalStorageFile(std::move(path)));
    if (storage->path_.empty())
        return storage;
    if (const auto loaded = storage->load(); !loaded)
        return std::unexpected(loaded.error());
    return storage;
}

std::expected<void, std::string> LocalStorageFile::load()
{
    auto file = env::read_file(path_, kFileBytesMax);
    if (!file && file.error().code != ENOENT)
        return std::unexpected(file.error().words);
    if (!file)
    {
        const std::array parts{base::view(kMagic)};
        if (const auto made = env::write_file(path_, parts, kMode); !made)
            return std::unexpected(made.error().words);
        file = own(base::view(kMagic));
    }
    const ByteView bytes(*file);
    if (bytes.size() < kMagic.size() || !std::ranges::equal(bytes.first(kMagic.size()), base::view(kMagic)))
        return std::unexpected(path_ + ": not the local storage of off-chain workers; move it away");
    base::Reader in(bytes.subspan(kMagic.size()));
    uint64_t whole = kMagic.size();
    while (const auto record = take_record(in))
    {
        apply(record->kind, record->key, record->value);
        whole = bytes.size() - in.left();
    }
    auto end = env::AppendFile::open(path_, whole);
    if (!end)
        return std::unexpected(end.error().words);
    file_ = std::move(*end);
    return {};
}

std::optional<Bytes> LocalStorageFile::get(LocalStorage kind, ByteView key) const
{
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find({kind, own(key)});
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

bool LocalStorageFile::set(LocalStorage kind, ByteView key, ByteView value)
{
    const std::lock_guard lock(mutex_);
    return change(kind, key, value);
}

bool LocalStorageFile::remove(LocalStorage kind, ByteView key)
{
    const std::lock_guard lock(mutex_);
    return change(kind, key, std::nullopt);
}

bool LocalStorageFile::compare_and_set(LocalStorage kind, ByteView key, std::optional<ByteView> expected,
                                       ByteView value)
{
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find({kind, own(key)});
    const bool holds = found == entries_.end() ? !expected : expected && std::ranges::equal(found->second, *expected);
    return holds && change(kind, key, value);
}

size_t LocalStorageFile::bytes() const
{
    const std::lock_guard lock(mutex_);
    return bytes_;
}

bool LocalStorageFile::change(LocalStorage kind, ByteView key, std::optional<ByteView> value)
{
    const auto found = entries_.find({kind, own(key)});
    const size_t before = found == entries_.end() ? 0 : kEntryBytes + key.size() + found->second.size();
    const size_t after = value ? kEntryBytes + key.size() + value->size() : 0;
    if (key.size() > kKeyBytesMax || (value && value->size() > kValueBytesMax) ||
        bytes_ - before + after > kStorageBytesMax)
        return false;
    if (!value && found == entries_.end())
        return true;
    if (!path_.empty())
    {
        base::Writer record;
        put_record(record, kind, key, value);
        if (!file_.append(record.bytes()))
            return false;
    }
    apply(kind, key, value);
    if (!path_.empty() && file_.size() > kCompactFrom + 2 * bytes_)
        compact();
    return true;
}

/// Replaces the file by one without what is overwritten. When that fails, the old file goes on.
void LocalStorageFile::compact()
{
    base::Writer out;
    out.put(base::view(kMagic));
    for (const auto& [name, value] : entries_)
        put_record(out, name.first, name.second, ByteView(value));
    const std::array parts{ByteView(out.bytes())};
    if (!env::write_file(path_, parts, kMode))
        return;
    // Should it not open, the old file, which nobody will read, must not go on either: nothing is written any more.
    auto end = env::AppendFile::open(path_, out.bytes().size());
    file_ = end ? std::move(*end) : env::AppendFile();
}

void LocalStorageFile::apply(LocalStorage kind, ByteView key, std::optional<ByteView> value)
{
    const Name name{kind, own(key)};
    if (const auto found = entries_.find(name); found != entries_.end())
    {
        bytes_ -= kEntryBytes + key.size() + found->second.size();
        entries_.erase(found);
    }
    if (!value)
        return;
    bytes_ += kEntryBytes + key.size() + value->size();
    entries_.emplace(name, own(*value));
}

} // namespace offchain
