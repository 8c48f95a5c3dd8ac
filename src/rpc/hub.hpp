#pragma once

#include "rpc/heads.hpp"
#include "rpc/json.hpp"
#include "rpc/meter.hpp"

#include <mutex>
#include <set>
#include <unordered_map>

namespace rpc {

using SessionId = uint64_t;

/// Spreads keys that are uniform already.
struct HashOfHash
{
    size_t operator()(const Hash& hash) const
    {
        size_t word = 0;
        for (size_t i = 0; i != sizeof word; ++i)
            word |= size_t{hash[i]} << (8 * i);
        return word;
    }
};

/// What all sessions share: the backend, the newest view of the chain, who watches which transaction. Thread-safe.
class Hub
{
public:
    /// `meter` may be null.
    explicit Hub(Backend& backend, Meter* meter = nullptr);

    Backend& backend() { return backend_; }
    Meter* meter() { return meter_; }
    const Identity& identity() const { return identity_; }
    const Json& properties() const { return properties_; }

    ViewPtr view() const;
    /// Takes an event about blocks; others change nothing.
    void apply(const Event& event);

    void watch(const Hash& transaction, SessionId session);
    void unwatch(const Hash& transaction, SessionId session);
    std::vector<SessionId> watchers(const Hash& transaction) const;

private:
    Backend& backend_;
    Meter* const meter_;
    const Identity identity_;
    const Json properties_;
    mutable std::mutex mutex_;
    Heads heads_;
    ViewPtr view_;
    std::unordered_map<Hash, std::multiset<SessionId>, HashOfHash> watchers_;
};

} // namespace rpc
