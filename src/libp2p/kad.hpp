#pragma once

#include "libp2p/connection.hpp"
#include "libp2p/kad_query.hpp"
#include "libp2p/kad_store.hpp"

#include <functional>
#include <set>

namespace libp2p {

using KadQueryId = uint64_t;
using KadAskId = uint64_t;

/// What values mean, which only the owner knows.
struct KadRules
{
    /// Whether a value may be stored, counted and handed on.
    std::function<bool(ByteView key, ByteView value)> valid = [](ByteView, ByteView) { return false; };
    /// The index of the best of several different valid values.
    std::function<size_t(ByteView key, std::span<const Bytes> values)> best = [](ByteView, std::span<const Bytes>) {
        return size_t{0};
    };
};

struct KadLimits
{
    KadStoreLimits store = {};
    KadQueryLimits query = {};
    size_t queries_max = 32; ///< at a time
    size_t values_max = 20;  ///< different ones that a query collects
    size_t providers_max = 64;
    size_t probes_max = 16;                              ///< single questions, to see whether a peer lives
    Time answer_wait = std::chrono::seconds(10);         ///< of one peer, the dial included
    Time walk_first = std::chrono::seconds(1);           ///< between random walks; doubles
    Time walk_last = std::chrono::seconds(60);           ///< up to this [Substrate's values]
    Time stale_after = std::chrono::minutes(10);         ///< a contact silent for so long is asked
    size_t burst = 64;                                   ///< requests of one peer at once
    Time request_every = std::chrono::milliseconds(100); ///< and over time
};

namespace kad_effect {

/// Send the request to the connected peer, then say response().
struct Ask
{
    KadAskId id;
    PeerId peer;
    Bytes message;
};
/// Connect, then say connected() or unreachable().
struct Reach
{
    KadContact contact;
};
/// Answered, and is in the table now: an address worth remembering.
struct Learned
{
    KadContact contact;
};
/// Sent what no honest peer sends.
struct Junk
{
    PeerId peer;
};
/// Of find_node(): those that answered, nearest first.
struct Closest
{
    KadQueryId query;
    std::vector<KadContact> peers;
};
/// Of get_value().
struct Value
{
    KadQueryId query;
    Bytes key;
    std::optional<Bytes> best;
    size_t holders; ///< how many had a valid one, we included
};
/// Of put_value() and provide().
struct Stored
{
    KadQueryId query;
    size_t peers; ///< that took it; of providers, that it was sent to
};
/// Of find_providers().
struct Providers
{
    KadQueryId query;
    std::vector<KadContact> peers;
};

} // namespace kad_effect

using KadEffect = std::variant<kad_effect::Ask, kad_effect::Reach, kad_effect::Learned, kad_effect::Junk,
                               kad_effect::Closest, kad_effect::Value, kad_effect::Stored, kad_effect::Providers>;

/// Kademlia as Substrate's nodes speak it: finds peers, keeps and finds values and providers. Without I/O.
///
///     owner   connected, identified, response, request, tick  →  Kad  →  next_effect: Ask, Reach, results
///
/// Holds    the table has only peers that answered us; addresses are kept by AddressRules; a value is stored or counted
///          only when the owner's rules accept it; a peer may announce only itself as a provider
/// Bounds   KadLimits and what they name: the table, the store, queries in peers, time and answers; a peer's requests
///          by a rate. Requests beyond it, and messages that are none, are closed without an answer.
/// Source   libp2p specs, kad-dht/README.md; intervals of Substrate's discovery
class Kad
{
public:
    Kad(const PeerId& self, crypto::Entropy& entropy, AddressRules addresses, KadRules rules, KadLimits limits = {});

    // What happens to peers.
    void connected(const PeerId& peer, Time now);
    void disconnected(const PeerId& peer);
    /// `tried`: its addresses were dialled, in vain; else nobody had room to try, which is not its fault.
    void unreachable(const PeerId& peer, bool tried, Time now);
    /// What it said of itself. One that speaks Kademlia is asked, and once it answered the table may take it.
    void identified(const PeerId& peer, const std::vector<Bytes>& addresses, bool speaks_kad, Time now);

    /// What to answer; nothing: end the stream without an answer.
    std::optional<Bytes> request(const PeerId& from, ByteView message, Time now);
    /// Of an Ask.
    void response(KadAskId id, const std::expected<Bytes, RequestFailure>& result, Time now);

    // Queries; each ends with an effect of its kind. Nothing when queries_max are under way, or a key or value is over
    // its bound.
    std::optional<KadQueryId> find_node(const PeerId& peer, Time now);
    /// Ends early when `quorum` peers had a valid value.
    std::optional<KadQueryId> get_value(Bytes key, size_t quorum, Time now);
    /// At the nearest peers, and here, for KadStoreLimits::record_ttl at most. Nothing also when the rules do not
    /// accept it.
    std::optional<KadQueryId> put_value(KadRecord record, Time now);
    /// Tells the nearest peers that we have what the key names; again before KadStoreLimits::provider_ttl is over.
    std::optional<KadQueryId> provide(Bytes key, Time now);
    /// Ends early when `enough` are known.
    std::optional<KadQueryId> find_providers(Bytes key, size_t enough, Time now);

    /// Random walks, on from the start: off while there are peers enough.
    void set_walking(bool on) { walking_ = on; }
    /// Where we can be reached: goes into what provide() tells.
    void set_addresses(std::vector<Multiaddr> addresses) { own_addresses_ = std::move(addresses); }

    void tick(Time now);
    Time deadline() const { return deadline_; }
    std::optional<KadEffect> next_effect();

    const KadTable& table() const { return table_; }
    const KadRecords& records() const { return records_; }
    const KadProviders& providers() const { return providers_; }
    size_t queries() const { return queries_.size(); }

private:
    enum class Kind : uint8_t
    {
        walk, ///< find_node of our own; no effect
        find_node,
        get_value,
        put_value,
        provide,
        find_providers,
    };
    struct Query
    {
        Kind kind;
        Bytes key;
        KadQuery walk;
        size_t enough = SIZE_MAX;
        KadRecord record = {};
        std::vector<std::pair<Bytes, size_t>> values = {}; ///< and how many had each
        std::map<PeerId, KadContact> providers = {};
        bool storing = false; ///< the nearest are found, and asked to store
        size_t storing_left = 0, stored = 0;
    };
    /// A question to a peer, sent or waiting for the connection. Query 0: a probe.
    struct Question
    {
        PeerId peer;
        KadQueryId query;
        KadContact contact;
        Bytes message;
        Time until{};
        bool sent = false;
    };
    struct Bucket
    {
        size_t tokens;
        Time since{};
    };
    using Queries = std::map<KadQueryId, Query>;

    bool allowed(const PeerId& peer, Time now);
    std::optional<Bytes> answer(const PeerId& from, KadMessage message, Time now);
    std::optional<Bytes> store_value(const PeerId& from, KadMessage message, Time now);
    void store_provider(const PeerId& from, const KadMessage& message, Time now);
    std::vector<KadPeer> closest_to(ByteView key, const PeerId& asker) const;
    std::vector<KadContact> kept(const std::vector<KadPeer>& peers) const;

    std::optional<KadQueryId> start(Kind kind, Bytes key, size_t enough, Time now);
    void advance(KadQueryId id, Time now);
    void store_at_nearest(KadQueryId id, Query& query, Time now);
    void finish(Queries::iterator query);
    Bytes question_of(const Query& query) const;
    void count_value(Query& query, const Bytes& value) const;
    void take_answer(Query& query, const PeerId& peer, const KadMessage& message);
    void ask(const KadContact& contact, KadQueryId query, Bytes message, Time now);
    void settle(const Question& question, const KadMessage* answer, bool blame, Time now);
    void give_up(const std::vector<KadAskId>& ids, bool blame, Time now);
    void probe(const KadContact& contact, Time now);
    void walk(Time now);

    PeerId self_;
    crypto::Entropy& entropy_;
    AddressRules address_rules_;
    KadRules rules_;
    KadLimits limits_;
    KadTable table_;
    KadRecords records_;
    KadProviders providers_;
    std::vector<Multiaddr> own_addresses_;
    std::map<PeerId, std::optional<Bucket>> connected_; ///< with what it asked of us
    Queries queries_;
    std::map<KadAskId, Question> questions_;
    KadQueryId next_query_ = 1;
    KadAskId next_ask_ = 1;
    bool walking_ = true;
    uint64_t walks_ = 0;
    Time next_walk_{}, walk_wait_, next_sweep_{}, deadline_{};
    std::deque<KadEffect> effects_;
};

} // namespace libp2p
