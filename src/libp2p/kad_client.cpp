#include "libp2p/kad.hpp"

#include <algorithm>

/// What Kad asks of others.
namespace libp2p {

std::optional<KadQueryId> Kad::start(Kind kind, Bytes key, size_t enough, Time now)
{
    if (queries_.size() >= limits_.queries_max || key.empty() || key.size() > KadRecord::kKeyMax)
        return std::nullopt;
    const auto id = next_query_++;
    const auto target = kad_point(key);
    KadQuery walk(target, self_, limits_.query, now);
    walk.heard(table_.closest(target, limits_.query.nearest));
    queries_.emplace(id, Query{.kind = kind, .key = std::move(key), .walk = std::move(walk), .enough = enough});
    deadline_ = now; // tick() sends the first questions
    return id;
}

std::optional<KadQueryId> Kad::find_node(const PeerId& peer, Time now)
{
    return start(Kind::find_node, peer.multihash(), SIZE_MAX, now);
}

std::optional<KadQueryId> Kad::get_value(Bytes key, size_t quorum, Time now)
{
    const auto* record = records_.get(key, now);
    const auto own = record == nullptr ? std::nullopt : std::optional(record->value);
    const auto id = start(Kind::get_value, std::move(key), quorum, now);
    if (id && own)
        count_value(queries_.at(*id), *own);
    return id;
}

std::optional<KadQueryId> Kad::put_value(KadRecord record, Time now)
{
    if (record.value.size() > KadRecord::kValueMax || !rules_.valid(record.key, record.value))
        return std::nullopt;
    const auto id = start(Kind::put_value, record.key, SIZE_MAX, now);
    if (!id)
        return std::nullopt;
    records_.put(record, self_, now);
    queries_.at(*id).record = std::move(record);
    return id;
}

std::optional<KadQueryId> Kad::provide(Bytes key, Time now)
{
    const auto id = start(Kind::provide, key, SIZE_MAX, now);
    if (id)
        providers_.add(key, {self_, own_addresses_}, now);
    return id;
}

std::optional<KadQueryId> Kad::find_providers(Bytes key, size_t enough, Time now)
{
    const auto known = providers_.get(key, now);
    const auto id = start(Kind::find_providers, std::move(key), std::min(enough, limits_.providers_max), now);
    if (id)
        for (const auto& provider : known)
            queries_.at(*id).providers.emplace(provider.peer, provider);
    return id;
}

Bytes Kad::question_of(const Query& query) const
{
    auto type = KadType::find_node;
    if (query.kind == Kind::get_value)
        type = KadType::get_value;
    else if (query.kind == Kind::find_providers)
        type = KadType::get_providers;
    return KadMessage{.type = type, .key = query.key}.encode();
}

void Kad::count_value(Query& query, const Bytes& value) const
{
    const auto known = std::ranges::find(query.values, value, &std::pair<Bytes, size_t>::first);
    if (known != query.values.end())
        ++known->second;
    else if (query.values.size() < limits_.values_max)
        query.values.emplace_back(value, 1);
}

void Kad::take_answer(Query& query, const PeerId& peer, const KadMessage& message)
{
    query.walk.answered(peer);
    query.walk.heard(kept(message.closer));
    if (query.kind == Kind::get_value && message.record && message.record->key == query.key &&
        rules_.valid(query.key, message.record->value))
        count_value(query, message.record->value);
    if (query.kind == Kind::find_providers)
        for (auto& provider : kept(message.providers))
            if (query.providers.size() < limits_.providers_max)
                query.providers.emplace(provider.peer, std::move(provider));
}

/// Sends what the walk allows; ends it when it is over.
void Kad::advance(KadQueryId id, Time now)
{
    const auto found = queries_.find(id);
    if (found == queries_.end() || found->second.storing)
        return;
    auto& query = found->second;
    size_t have = query.providers.size();
    for (const auto& [value, holders] : query.values)
        have += holders;
    if (have >= query.enough || query.walk.finished(now))
    {
        if (query.kind == Kind::put_value || query.kind == Kind::provide)
            return store_at_nearest(id, query, now);
        return finish(found);
    }
    while (const auto contact = query.walk.next(now))
        ask(*contact, id, question_of(query), now);
    deadline_ = std::min(deadline_, query.walk.deadline(now));
}

void Kad::store_at_nearest(KadQueryId id, Query& query, Time now)
{
    const auto nearest = query.walk.closest();
    query.storing = true;
    query.storing_left = nearest.size();
    if (nearest.empty())
        return finish(queries_.find(id));
    KadMessage message{.type = KadType::put_value, .key = query.key};
    if (query.kind == Kind::put_value)
        message.record = query.record;
    else
    {
        message.type = KadType::add_provider;
        KadPeer own{.peer = self_};
        for (const auto& address : own_addresses_)
            if (own.addresses.size() < KadTable::kAddressesMax)
                own.addresses.push_back(address.bytes());
        message.providers.push_back(std::move(own));
    }
    const auto bytes = message.encode();
    for (const auto& contact : nearest)
        ask(contact, id, bytes, now);
}

void Kad::finish(Queries::iterator found)
{
    const auto id = found->first;
    auto& query = found->second;
    switch (query.kind)
    {
    case Kind::walk:
        break;
    case Kind::find_node:
        effects_.emplace_back(kad_effect::Closest{id, query.walk.closest()});
        break;
    case Kind::get_value: {
        std::vector<Bytes> values;
        size_t holders = 0;
        for (const auto& [value, count] : query.values)
        {
            values.push_back(value);
            holders += count;
        }
        std::optional<Bytes> best;
        if (!values.empty())
            best = values.at(std::min(rules_.best(query.key, values), values.size() - 1));
        effects_.emplace_back(kad_effect::Value{id, query.key, std::move(best), holders});
        break;
    }
    case Kind::put_value:
    case Kind::provide:
        effects_.emplace_back(kad_effect::Stored{id, query.stored});
        break;
    case Kind::find_providers: {
        std::vector<KadContact> peers;
        for (auto& [peer, contact] : query.providers)
            peers.push_back(std::move(contact));
        effects_.emplace_back(kad_effect::Providers{id, std::move(peers)});
        break;
    }
    }
    queries_.erase(found);
}

} // namespace libp2p
