#pragma once

#include "runtime/pallets/seat_tree.hpp"
#include "runtime/pallets/session_types.hpp"

#include <map>

/// Who held which keys in past sessions, as one hash a session, against which a proof of ownership is checked.
///
/// Leaf     the place of a seat, its owner, how many seats that owner had, the seat's keys, and the session; one a seat
/// Proof    Substrate's MembershipProof: trie_nodes holds the leaf, then the hashes of its branch (seat_tree.hpp)
/// Kept     the current session and kSessionsKept before it: a week of the shipped chain's hours. What happened earlier
///          can no longer be reported.
/// Source   pallet_session::historical, whose storage names and proof type these are; the tree is our own, smaller than
///          a trie of keys
namespace runtime::historical {

using base::Digest;

inline constexpr uint32_t kSessionsKept = 168;

/// A seat as a leaf of its session's tree.
struct Seat
{
    uint32_t index = 0;
    AccountId owner;
    uint32_t owner_seats = 0;
    session::SessionKeys keys;
    friend bool operator==(const Seat&, const Seat&) = default;
};

struct MembershipProof
{
    static constexpr std::string_view kPath = "sp_session::MembershipProof";
    SessionIndex session = 0;
    std::vector<Bytes> trie_nodes;
    uint32_t validator_count = 0; ///< seats of the session
    friend bool operator==(const MembershipProof&, const MembershipProof&) = default;
};

/// What a proof proves.
struct Membership
{
    AccountId owner;
    uint32_t owner_seats = 0;
    uint32_t seats = 0; ///< of the session
    SessionIndex session = 0;
    friend bool operator==(const Membership&, const Membership&) = default;
};

/// Root and number of seats.
using HistoricalSessions =
    OptionalMap<"Historical", "HistoricalSessions", Twox64Concat, SessionIndex, std::pair<H256, uint32_t>>;
/// The first session that is kept, and the one after the last.
using StoredRange = OptionalValue<"Historical", "StoredRange", std::pair<SessionIndex, SessionIndex>>;
/// The seats of the session that runs, for proofs.
using CurrentSeats = StorageValue<"Historical", "CurrentSeats", session::Queued>;

namespace detail {

inline Bytes leaf_content(SessionIndex session, const Seat& seat) { return scale::encode(std::pair{session, seat}); }

inline std::vector<Seat> seats_of(const session::Queued& entries)
{
    std::map<AccountId, uint32_t> held;
    for (const auto& [owner, keys] : entries)
        ++held[owner];
    std::vector<Seat> seats;
    for (const auto& [owner, keys] : entries)
        seats.push_back({uint32_t(seats.size()), owner, held[owner], keys});
    return seats;
}

inline std::vector<Digest> leaves_of(SessionIndex session, const std::vector<Seat>& seats)
{
    std::vector<Digest> leaves;
    for (const auto& seat : seats)
        leaves.push_back(seat_tree::leaf(leaf_content(session, seat)));
    return leaves;
}

inline bool holds(const session::SessionKeys& keys, const session::OwnedKey& key)
{
    const auto all = keys.keys();
    return std::ranges::find(all, key) != all.end();
}

} // namespace detail

/// Proves who has `key` in the session that runs; nothing if nobody has.
inline std::optional<MembershipProof> prove(const session::OwnedKey& key)
{
    const auto session = session::CurrentIndex::get();
    const auto seats = detail::seats_of(CurrentSeats::get());
    const auto seat = std::ranges::find_if(seats, [&](const Seat& one) { return detail::holds(one.keys, key); });
    if (seat == seats.end())
        return std::nullopt;
    std::vector<Digest> branch;
    (void)seat_tree::root(detail::leaves_of(session, seats), seat->index, &branch);
    MembershipProof proof{session, {scale::encode(*seat)}, uint32_t(seats.size())};
    for (const auto& hash : branch)
        proof.trie_nodes.emplace_back(hash.begin(), hash.end());
    return proof;
}

/// Who had `key`, if the proof proves it.
///
/// Bounds  as many hashes as the session's tree is high
inline std::optional<Membership> check(const session::OwnedKey& key, const MembershipProof& proof)
{
    const auto known = HistoricalSessions::get(proof.session);
    // No tree of a list that fits memory is higher than 32.
    if (!known || known->second != proof.validator_count || proof.trie_nodes.empty() || proof.trie_nodes.size() > 33)
        return std::nullopt;
    const auto seat = scale::decode<Seat>(ByteView{proof.trie_nodes.front()});
    if (!seat || !detail::holds(seat->keys, key))
        return std::nullopt;
    std::vector<Digest> branch;
    for (const auto& bytes : std::span{proof.trie_nodes}.subspan(1))
    {
        if (bytes.size() != sizeof(Digest))
            return std::nullopt;
        std::ranges::copy(bytes, branch.emplace_back().begin());
    }
    const auto leaf = seat_tree::leaf(detail::leaf_content(proof.session, *seat));
    const auto root = seat_tree::climb(leaf, seat->index, known->second, branch);
    if (!root || *root != known->first.value)
        return std::nullopt;
    return Membership{seat->owner, seat->owner_seats, known->second, proof.session};
}

/// R gives on_session_forgotten(index): nothing of that session can be proved any more.
template <class R>
struct Pallet
{
    static constexpr std::string_view kName = "Historical";
    static constexpr std::string_view kCrate = "pallet_session_historical";
    using Storage = List<HistoricalSessions, StoredRange, CurrentSeats>;

    struct SessionsKept
    {
        static uint32_t value() { return kSessionsKept; }
    };
    using Constants = List<SessionsKept>;

    /// Session `index` begins with these seats.
    static void on_new_session(SessionIndex index, const session::Queued& entries)
    {
        if (entries.empty())
            return host::log(host::LogLevel::warn, "historical: a session without seats");
        const auto seats = detail::seats_of(entries);
        CurrentSeats::put(entries);
        const auto root = seat_tree::root(detail::leaves_of(index, seats));
        HistoricalSessions::insert(index, {H256{root}, uint32_t(seats.size())});
        auto range = StoredRange::get().value_or(std::pair{index, index});
        range.second = index + 1;
        for (; range.second - range.first > kSessionsKept + 1; ++range.first)
        {
            HistoricalSessions::remove(range.first);
            R::on_session_forgotten(range.first);
        }
        StoredRange::put(range);
    }
};

} // namespace runtime::historical
