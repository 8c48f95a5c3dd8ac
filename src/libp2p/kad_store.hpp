#pragma once

#include "libp2p/kad_messages.hpp"
#include "libp2p/kad_table.hpp"

#include <map>

namespace libp2p {

/// How much a node keeps for others.
struct KadStoreLimits
{
    size_t records_max = 1024;
    size_t records_bytes_max = 16 << 20; ///< keys and values together
    size_t records_of_peer_max = 64;     ///< that one peer brought
    Time record_ttl = std::chrono::hours(36);
    size_t provided_keys_max = 1024;
    size_t providers_of_key_max = 20;
    size_t keys_of_provider_max = 128;
    Time provider_ttl = std::chrono::hours(36);
};

/// Values that we keep, ours and others'.
///
/// Caller   puts only values that its rules accept
/// Bounds   KadStoreLimits. When full, those whose key is nearest to us stay, as the network expects them of us; what
/// we
///          put ourselves always stays
class KadRecords
{
public:
    KadRecords(const PeerId& self, KadStoreLimits limits) : self_(self), me_(kad_point(self)), limits_(limits) {}

    /// Replaces what is under the key. False when there is no room for it.
    bool put(KadRecord record, const PeerId& giver, Time now);
    const KadRecord* get(ByteView key, Time now) const;
    /// Whether we put it ourselves.
    bool ours(ByteView key) const;
    void expire(Time now);
    size_t size() const { return records_.size(); }
    size_t bytes() const { return bytes_; }

private:
    struct Entry
    {
        KadRecord record;
        PeerId giver;
        KadPoint distance;
        Time until{};
    };
    using Entries = std::map<Bytes, Entry>;

    bool room_for(size_t size) const;
    void erase(Entries::iterator entry);

    PeerId self_;
    KadPoint me_;
    KadStoreLimits limits_;
    Entries records_;
    size_t bytes_ = 0;
};

/// Who offers what is known under a key.
///
/// Bounds  KadStoreLimits; of a key with too many, those whose ids are nearest to it stay
class KadProviders
{
public:
    explicit KadProviders(KadStoreLimits limits) : limits_(limits) {}

    /// False when there is no room for it.
    bool add(ByteView key, KadContact provider, Time now);
    std::vector<KadContact> get(ByteView key, Time now) const;
    void expire(Time now);
    size_t keys() const { return keys_.size(); }

private:
    struct Entry
    {
        KadContact contact;
        Time until{};
    };
    std::map<Bytes, std::map<KadPoint, Entry>> keys_; ///< of each key, by distance from it
    std::map<PeerId, size_t> given_;                  ///< how many keys each has
    KadStoreLimits limits_;
    void forget(const PeerId& provider);
};

} // namespace libp2p
