#include "libp2p/kad.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr auto kSweepEvery = std::chrono::seconds(30);
constexpr uint64_t kWalkToSelfEvery = 4;

} // namespace

Kad::Kad(const PeerId& self, crypto::Entropy& entropy, AddressRules addresses, KadRules rules, KadLimits limits)
    : self_(self), entropy_(entropy), address_rules_(addresses), rules_(std::move(rules)), limits_(limits),
      table_(self, addresses.allow_local), records_(self, limits.store), providers_(limits.store),
      walk_wait_(limits.walk_first)
{
}

std::optional<KadEffect> Kad::next_effect()
{
    if (effects_.empty())
        return std::nullopt;
    auto effect = std::move(effects_.front());
    effects_.pop_front();
    return effect;
}

void Kad::connected(const PeerId& peer, Time now)
{
    connected_.try_emplace(peer);
    table_.reached(peer, now);
    for (auto& [id, question] : questions_)
        if (question.peer == peer && !question.sent)
        {
            question.sent = true;
            effects_.emplace_back(kad_effect::Ask{id, peer, question.message});
        }
}

void Kad::disconnected(const PeerId& peer) { connected_.erase(peer); }

void Kad::unreachable(const PeerId& peer, bool tried, Time now)
{
    if (connected_.contains(peer))
        return;
    std::vector<KadAskId> lost;
    for (const auto& [id, question] : questions_)
        if (question.peer == peer && !question.sent)
            lost.push_back(id);
    give_up(lost, tried, now);
}

void Kad::identified(const PeerId& peer, const std::vector<Bytes>& addresses, bool speaks_kad, Time now)
{
    if (!speaks_kad)
        return table_.remove(peer);
    KadContact contact{peer, address_rules_.kept(addresses, peer, KadTable::kAddressesMax)};
    if (contact.addresses.empty())
        return;
    if (table_.contains(peer))
        table_.add(std::move(contact), now); // it answered before; these are its addresses now
    else
        probe(contact, now);
}

/// Asks for peers near ourselves: whoever answers may enter the table.
void Kad::probe(const KadContact& contact, Time now)
{
    const auto probes = std::ranges::count_if(questions_, [](const auto& item) { return item.second.query == 0; });
    if (size_t(probes) < limits_.probes_max)
        ask(contact, 0, KadMessage{.type = KadType::find_node, .key = self_.multihash()}.encode(), now);
}

void Kad::ask(const KadContact& contact, KadQueryId query, Bytes message, Time now)
{
    const auto id = next_ask_++;
    const bool ready = connected_.contains(contact.peer);
    const auto until = now + limits_.answer_wait;
    deadline_ = std::min(deadline_, until);
    if (ready)
        effects_.emplace_back(kad_effect::Ask{id, contact.peer, message});
    else
        effects_.emplace_back(kad_effect::Reach{contact});
    questions_.emplace(id, Question{.peer = contact.peer,
                                    .query = query,
                                    .contact = contact,
                                    .message = std::move(message),
                                    .until = until,
                                    .sent = ready});
}

void Kad::response(KadAskId id, const std::expected<Bytes, RequestFailure>& result, Time now)
{
    const auto question = questions_.extract(id);
    if (!question)
        return; // too late
    const auto& asked = question.mapped();
    const auto message = result ? decode_kad(*result) : std::nullopt;
    if (result && !message)
        effects_.emplace_back(kad_effect::Junk{asked.peer});
    if (!result && result.error() == RequestFailure::unsupported)
        table_.remove(asked.peer);
    settle(asked, message ? &*message : nullptr, true, now);
}

/// The question is over: with an answer, or none.
void Kad::settle(const Question& question, const KadMessage* answer, bool blame, Time now)
{
    const auto query = queries_.find(question.query);
    const bool storing = query != queries_.end() && query->second.storing;
    const bool silent_by_rule = storing && query->second.kind == Kind::provide;
    if (answer != nullptr)
    {
        auto contact = question.contact;
        if (const auto* known = table_.contact(contact.peer))
            contact = *known; // from itself, by identify
        if (table_.add(contact, now))
            effects_.emplace_back(kad_effect::Learned{std::move(contact)});
    }
    else if (blame && !silent_by_rule)
        table_.failed(question.peer);
    if (query == queries_.end())
        return;
    if (storing)
    {
        query->second.stored += (answer != nullptr || (silent_by_rule && question.sent)) ? 1 : 0;
        if (--query->second.storing_left == 0)
            finish(query);
        return;
    }
    if (answer != nullptr)
        take_answer(query->second, question.peer, *answer);
    else
        query->second.walk.failed(question.peer);
    advance(question.query, now);
}

void Kad::give_up(const std::vector<KadAskId>& ids, bool blame, Time now)
{
    for (const auto id : ids)
        if (const auto question = questions_.extract(id))
            settle(question.mapped(), nullptr, blame, now);
}

/// A lookup towards a random point, and now and then towards ourselves, so that our neighbours know us.
void Kad::walk(Time now)
{
    next_walk_ = now + walk_wait_;
    if (!walking_ || table_.size() == 0)
        return;
    const bool walks = std::ranges::any_of(queries_, [](const auto& item) { return item.second.kind == Kind::walk; });
    if (walks)
        return;
    walk_wait_ = std::min(walk_wait_ * 2, limits_.walk_last);
    next_walk_ = now + walk_wait_;
    PeerId target = self_;
    if (walks_++ % kWalkToSelfEvery != 0)
        entropy_.fill(target.key, "kad walk");
    start(Kind::walk, target.multihash(), SIZE_MAX, now);
}

void Kad::tick(Time now)
{
    std::vector<KadAskId> late;
    for (const auto& [id, question] : questions_)
        if (question.until <= now)
            late.push_back(id);
    give_up(late, true, now);
    std::vector<KadQueryId> running;
    for (const auto& [id, query] : queries_)
        running.push_back(id);
    for (const auto id : running)
        advance(id, now);
    if (next_walk_ <= now)
        walk(now);
    if (next_sweep_ <= now)
    {
        next_sweep_ = now + kSweepEvery;
        records_.expire(now);
        providers_.expire(now);
        if (const auto stale = table_.stalest(now - limits_.stale_after))
            probe(*table_.contact(*stale), now);
    }
    deadline_ = std::min(next_walk_, next_sweep_);
    for (const auto& [id, question] : questions_)
        deadline_ = std::min(deadline_, question.until);
    for (const auto& [id, query] : queries_)
        if (!query.storing)
            deadline_ = std::min(deadline_, query.walk.deadline(now));
}

} // namespace libp2p
