#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>

/// What the keys of a node signed last. A mark only rises: nothing at or below it is signed again.
namespace watermark {

using base::Bytes;
using base::ByteView;
using base::Digest;
using Key = std::array<uint8_t, 32>;

/// The steps of a GRANDPA round, in their order; a key votes at most once in each.
enum class Step : uint8_t
{
    propose,
    prevote,
    precommit,
};

struct Vote
{
    uint64_t set_id = 0;
    uint64_t round = 0;
    Step step = Step::precommit;
    Digest target{};
    friend bool operator==(const Vote&, const Vote&) = default;
};

enum class Why : uint8_t
{
    signed_already, ///< this, or something later, is signed: wait until the chain is past it
    too_many,       ///< kMarksMax keys have signed
    disk,           ///< the record cannot be written: nothing is signed any more
};

struct Refusal
{
    Why why;
    std::string words; ///< one line; names no secret
};

/// One for each public key and duty.
inline constexpr size_t kMarksMax = 512;

/// All marks of a node, without a file. Changed copies are kept only once they are written: see Record.
class Marks
{
public:
    /// Slots up to and including this one are not signed by any key.
    uint64_t floor_slot = 0;

    /// Raises the mark of a key that seals the block of a slot. Never the same slot twice: sr25519 signatures differ.
    ///
    /// Errors  signed_already, too_many: then nothing changes
    std::expected<void, Refusal> raise_slot(const Key& key, uint64_t slot);

    /// Raises the marks of keys that all cast the same vote; true when one of them did rise. The same vote may be cast
    /// again: ed25519 signs it with the same bytes.
    ///
    /// Errors  signed_already, too_many: then nothing changes
    std::expected<bool, Refusal> raise_vote(std::span<const Key> keys, const Vote& vote);

    /// The last vote of a key.
    std::optional<Vote> last_vote(const Key& key) const;
    std::optional<uint64_t> last_slot(const Key& key) const;

    Bytes encode() const;
    /// Nothing where encode() did not write it.
    static std::optional<Marks> decode(ByteView bytes);

    friend bool operator==(const Marks&, const Marks&) = default;

private:
    std::map<Key, uint64_t> slots_;
    std::map<Key, Vote> votes_;
};

} // namespace watermark
