#pragma once

#include "executor/host.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace executor {

/// A value without a copy: bytes, and what keeps them alive. Without an owner they live until the overlay changes.
struct Slice
{
    ByteView bytes;
    std::shared_ptr<const void> owner;

    /// Owns the bytes.
    static Slice of(Bytes bytes);
};

/// Which trie: the main one, or the child with that storage key (less `:child_storage:default:`).
using Child = std::optional<ByteView>;

/// The state below the overlay: what was committed before this call. Nothing it returns changes during the call.
class Backend
{
public:
    virtual ~Backend() = default;

    /// Errors  storage: the state cannot be read (pruned, or missing from a proof)
    virtual std::expected<std::optional<Slice>, Trap> read(Child child, ByteView key) = 0;

    /// The smallest key greater than `key`.
    virtual std::expected<std::optional<Bytes>, Trap> next_key(Child child, ByteView key) = 0;
};

/// What clear_prefix did. Substrate's KillStorageResult is (cursor ? SomeRemaining : AllRemoved)(loops).
struct Removal
{
    std::optional<Bytes> cursor; ///< the first key of the backend that the limit left
    uint32_t backend = 0;        ///< keys of the backend newly deleted
    uint32_t unique = 0;         ///< the same and the keys set only in the overlay
    uint32_t loops = 0;          ///< keys of the backend looked at

    friend bool operator==(const Removal&, const Removal&) = default;
};

/// A value in the overlay. One that grows by append() keeps room in front for the SCALE count of its items.
class OverlayValue
{
public:
    OverlayValue() = default;
    explicit OverlayValue(Bytes bytes) : bytes_(std::move(bytes)) {}

    ByteView view() const { return ByteView(bytes_).subspan(start_); }

    /// Makes room for the count, if the bytes begin with one or are empty; their view stays the same.
    /// False, and nothing changes: they are no SCALE vector, or one of 2³² - 1 items.
    bool open();

    /// Appends one encoded item.
    ///
    /// Caller  open() was true
    void append(ByteView item);

    /// What undoes the appends that follow; of an open value.
    struct Mark
    {
        size_t size;
        size_t start;
        uint32_t count;
    };
    Mark mark() const { return {bytes_.size(), start_, *count_}; }
    void restore(const Mark& mark);

private:
    void write_count();

    Bytes bytes_;
    size_t start_ = 0;
    std::optional<uint32_t> count_; ///< set once open
};

/// Orders keys by their bytes, owned or borrowed.
struct KeyLess
{
    using is_transparent = void;
    bool operator()(ByteView a, ByteView b) const
    {
        const auto common = std::min(a.size(), b.size());
        const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
        return order != 0 ? order < 0 : a.size() < b.size();
    }
};

/// The writes of a call over a backend, in nested transactions.
///
/// Each write records how to undo it; a transaction is a mark in that record. Starting and committing cost O(1),
/// rolling back as much as was written; append() is O(length of the item), amortised, at any depth.
///
/// Holds    reads see the latest write; an entry is deleted (no value) or set
/// Bound    kTransactionDepthMax; memory linear in what was written since the outermost transaction began
/// Caller   keeps the runtime's hands off `:child_storage:` keys of the main trie; here they are keys like any other
/// Source   Substrate's sp-state-machine (OverlayedChanges, Ext); semantics only
class Overlay
{
public:
    struct Entry
    {
        std::optional<OverlayValue> value; ///< nothing: deleted

        /// The last record of how to undo a write to it, and whether that record undoes appends alone.
        uint64_t recorded = 0;
        bool recorded_append = false;
    };
    using Changes = std::map<Bytes, Entry, KeyLess>;

    explicit Overlay(Backend& backend) : backend_(&backend) {}
    Overlay(const Overlay&) = delete;
    Overlay& operator=(const Overlay&) = delete;

    std::expected<std::optional<Slice>, Trap> read(Child child, ByteView key);
    std::expected<std::optional<Bytes>, Trap> next_key(Child child, ByteView key);

    void set(Child child, ByteView key, Bytes value);
    void clear(Child child, ByteView key);

    /// Errors  storage, when the value is still in the backend and cannot be read
    std::expected<void, Trap> append(Child child, ByteView key, ByteView item);

    /// Deletes the keys that start with `prefix`; of those in the backend at most `limit`, from `cursor` on (both of
    /// version 2 and later; version 1 has no limit). Keys in the overlay are always all deleted.
    std::expected<Removal, Trap> clear_prefix(Child child, ByteView prefix, std::optional<uint32_t> limit = {},
                                              const std::optional<Bytes>& cursor = {});

    /// Errors  host: deeper than kTransactionDepthMax; none open
    std::expected<void, Trap> start();
    std::expected<void, Trap> rollback();
    std::expected<void, Trap> commit();
    size_t depth() const { return open_.size(); }

    /// The writes so far, sorted; what a trie root or a block import is computed from.
    const Changes& changes() const { return main_; }
    const std::map<Bytes, Changes, KeyLess>& child_changes() const { return children_; }

private:
    /// How to undo one write.
    struct Undo
    {
        enum class Kind : uint8_t
        {
            remove, ///< the entry was not there
            put,    ///< it was `before`
            shrink, ///< its value was shorter
        };
        Kind kind;
        Changes* trie;
        Changes::iterator entry;
        Entry before;            ///< for shrink only recorded and recorded_append
        OverlayValue::Mark mark; ///< for shrink
    };

    struct Transaction
    {
        size_t undo_size;
        uint64_t recorded; ///< records numbered higher belong to it
    };

    Changes& trie(Child child);
    const Changes* find_trie(Child child) const;
    bool must_record(const Entry& entry) const;
    Entry& entry_to_put(Changes& trie, ByteView key);
    std::expected<void, Trap> clear_backend(Child child, ByteView prefix, std::optional<uint32_t> limit,
                                            const std::optional<Bytes>& cursor, Removal& removal);

    Backend* backend_;
    Changes main_;
    std::map<Bytes, Changes, KeyLess> children_;
    std::vector<Undo> undo_;
    std::vector<Transaction> open_;
    uint64_t records_ = 0; ///< ever made
};

inline constexpr size_t kTransactionDepthMax = 512;

} // namespace executor
