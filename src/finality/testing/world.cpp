#include "finality/testing/world.hpp"

#include "base/hex.hpp"

#include <algorithm>

namespace finality::testing {

namespace grandpa = primitives::grandpa;
namespace wire = protocols::grandpa;

World::World(WorldOptions options) : options_(std::move(options)), random_(options_.seed), all_(root_)
{
    for (size_t id = 0; id != options_.seats.size(); ++id)
    {
        Node node;
        node.id = id;
        node.liar = options_.liars.contains(id);
        for (size_t seat = 0; seat != options_.seats[id]; ++seat)
        {
            signature::Seed seed;
            seed.expose()[0] = uint8_t(id);
            seed.expose()[1] = uint8_t(seat);
            node.keys.push_back(Keypair::from_seed(seed));
        }
        node.tree = std::make_unique<Tree>(root_);
        node.finalised = id_of(root_);
        nodes_.push_back(std::move(node));
    }
    groups_.assign(nodes_.size(), 0);
    for (auto& node : nodes_)
        if (node.liar)
            after(Time(100), [this, &node] { lie(node); });
        else
            start(node);
    for (auto& node : nodes_)
        connect(node);
    after(options_.slot, [this] { produce(); });
    after(Time(1'500), [this] { upset(); });
}

void World::after(Time delay, std::function<void()> act) { events_.push({now_ + delay, order_++, std::move(act)}); }

void World::run_until(Time end)
{
    while (now_ < end)
    {
        Node* due = nullptr;
        auto first = end;
        for (auto& node : nodes_)
            if (node.voting)
                if (const auto at = node.voting->deadline(); at && *at < first)
                {
                    first = *at;
                    due = &node;
                }
        if (!events_.empty() && events_.top().at <= first)
        {
            auto event = events_.top();
            events_.pop();
            now_ = std::max(now_, event.at);
            event.act();
            continue;
        }
        now_ = std::max(now_, first);
        if (due == nullptr)
            return;
        const auto before = due->voting->deadline();
        due->voting->tick(now_);
        drain(*due);
        if (due->voting && due->voting->deadline() == before)
            return fault("a deadline that does not pass");
    }
}

VoterSet World::set_at(SetId id) const
{
    VoterSet set{.id = id, .authorities = {}};
    for (const auto& node : nodes_)
        for (const auto& key : node.keys)
            set.authorities.push_back({{key.public_key()}, 1});
    if (id % 2 == 0)
        std::ranges::reverse(set.authorities);
    return set;
}

VoterOptions World::options_for(const Node& node) const
{
    VoterOptions options{.set = set_at(node.set), .base = node.finalised, .ours = {}, .mark = node.mark, .memory = {}};
    for (const auto& key : node.keys)
        options.ours.push_back({key.public_key()});
    if (const auto found = node.memory.find(node.set); found != node.memory.end())
        options.memory = found->second;
    return options;
}

void World::start(Node& node)
{
    node.voting = std::make_unique<Voting>(*node.tree, options_for(node), now_, kLimits);
    if (node.last_proof)
        node.voting->serve(node.last_proof->set, node.last_proof->proof);
    drain(node);
}

void World::connect(Node& node)
{
    for (auto& other : nodes_)
        for (auto [one, two] : {std::pair(&node, &other), std::pair(&other, &node)})
            if (one != two && one->voting)
            {
                one->voting->peer_left(key_of(two->id), now_);
                if (two->voting || two->liar)
                    one->voting->peer_joined(key_of(two->id), false, now_);
                drain(*one);
            }
}

void World::crash(Node& node)
{
    node.voting.reset();
    ++node.life;
    for (auto& other : nodes_)
        if (other.voting)
        {
            other.voting->peer_left(key_of(node.id), now_);
            drain(other);
        }
    if (options_.forget)
    {
        auto tree = std::make_unique<Tree>(root_);
        tree->changes = node.tree->changes;
        node.voted.insert(node.finalised.hash);
        for (const auto& block : node.voted)
        {
            std::vector<Header> chain;
            for (auto at = node.tree->header(block); at && !tree->has(primitives::hash_of(*at));)
            {
                chain.push_back(*at);
                at = node.tree->header(at->parent_hash);
            }
            for (const auto& header : chain)
                tree->add(header);
        }
        node.tree = std::move(tree);
    }
    after(Time(200 + random(2'000)), [this, &node] {
        start(node);
        connect(node);
    });
}

/// One node crashes, or the power of all is cut.
void World::fail(Node& node)
{
    if (chance(0.7))
        return crash(node);
    for (auto& other : nodes_)
        if (other.voting)
            crash(other);
}

/// A block arrives, and the ones below it that are missing.
void World::give(Node& node, const Hash& block)
{
    std::vector<Header> chain;
    for (auto at = block; !node.tree->has(at);)
    {
        chain.push_back(*all_.header(at));
        at = chain.back().parent_hash;
    }
    std::ranges::reverse(chain);
    for (const auto& header : chain)
    {
        const auto id = id_of(header);
        if (id.number == options_.change && node.set == 1)
            node.tree->changes.insert(id.hash);
        node.tree->add(header);
        if (!node.voting)
            continue;
        node.voting->block_imported(id.hash, now_);
        drain(node);
    }
}

void World::produce()
{
    const size_t authors = chance(options_.forks) ? 2 : 1;
    for (size_t i = 0; i != authors; ++i)
    {
        auto& author = nodes_[random(nodes_.size())];
        const auto parent = author.tree->header(author.tree->best_containing(author.finalised).hash);
        auto base = author.finalised; // the best block of all, whatever set may decide about it
        auto best = author.tree->header(base.hash);
        for (const auto& block : blocks_)
            if (const auto header = author.tree->header(block);
                header && header->number.value > best->number.value && author.tree->leads(base, id_of(*header)))
                best = header;
        const auto header = child_of(best ? *best : *parent, ++salt_);
        const auto id = id_of(header);
        all_.add(header);
        born_[id.hash] = now_;
        blocks_.push_back(id.hash);
        highest_ = std::max(highest_, id.number);
        give(author, id.hash);
        for (auto& node : nodes_)
            if (node.id != author.id && !(chance(options_.loss) && !calm()))
                after(Time(20 + random(uint64_t(options_.delay_max.count()))), [this, &node, from = author.id, id] {
                    if (reach(from, node.id) && (node.voting || node.liar))
                        give(node, id.hash);
                });
    }
    after(options_.slot, [this] { produce(); });
}

/// Something goes wrong, or is mended.
void World::upset()
{
    if (calm())
    {
        if (options_.seed % 2 == 0) // the connections are made anew; else what was lost must be told again
            for (auto& node : nodes_)
                connect(node);
        return;
    }
    if (options_.partitions)
    {
        const bool part = chance(0.5);
        for (auto& group : groups_)
            group = part ? int(random(2)) : 0;
        if (chance(0.5))
            for (auto& node : nodes_)
                connect(node);
    }
    if (options_.crashes)
    {
        const bool all = chance(0.2); // a power cut
        for (auto& node : nodes_)
            if (node.voting && (all || chance(0.2)))
                crash(node);
    }
    const auto wait = Time(500 + random(3'000));
    after(now_ + wait >= options_.calm ? std::max(options_.calm - now_, Time(1)) : wait, [this] { upset(); });
}

void World::drain(Node& node)
{
    const auto life = node.life;
    while (node.voting && node.life == life)
    {
        auto effect = node.voting->next_effect();
        if (!effect)
            return;
        if (options_.crashes && !calm() && chance(0.004)) // between any two things that a node does
            return fail(node);
        std::visit([&](const auto& what) { act(node, what); }, *effect);
    }
}

void World::act(Node& node, const effect::Cast& cast)
{
    if (cast.set != node.set)
        return;
    const Mark mark{cast.set, cast.round, cast.step, cast.target.hash};
    const auto place = [](const Mark& at) { return std::tuple(at.set, at.round, at.step); };
    if (node.mark && node.mark != mark && place(*node.mark) >= place(mark))
        fault("a vote at or below the mark is asked for");
    node.mark = mark;
    node.voted.insert(cast.target.hash);
    after(Time(random(10)), [this, &node, cast, life = node.life] {
        if (node.life == life && node.set == cast.set)
            sign(node, cast);
    });
}

void World::sign(Node& node, const effect::Cast& cast)
{
    std::vector<grandpa::SignedMessage> votes;
    for (const auto& key : node.keys)
    {
        const Ed25519Public id{key.public_key()};
        if (std::ranges::find(cast.keys, id) == cast.keys.end())
            continue;
        const auto [before, fresh] = signed_.emplace(std::tuple(cast.set, cast.round, cast.step, id), cast.target);
        if (!fresh && before->second != cast.target)
            fault("an honest key equivocates");
        const auto message = message_of(cast.step, cast.target);
        const auto payload = grandpa::signed_payload(message, cast.round, cast.set);
        votes.push_back({message, {signature::ed25519::sign(key, payload)}, id});
    }
    node.voting->cast(cast.round, votes, now_);
    drain(node);
}

void World::act(Node& node, const effect::Keep& keep)
{
    auto& memory = node.memory[keep.set];
    (keep.what == effect::Keep::What::completed ? memory.completed : memory.votes) = keep.bytes;
}

void World::act(Node& node, const effect::Decide& decision)
{
    ++decisions_;
    if (decision.set != node.set)
        return fault("a decision of another set");
    if (!check(decision.proof, set_at(decision.set), decision.block))
        fault("a proof that check() refuses");
    if (final_ && !all_.leads(*final_, decision.block) && !all_.leads(decision.block, *final_))
        fault("two decisions conflict");
    if (!all_.leads(node.finalised, decision.block))
        fault("a node's decisions conflict");
    if (!final_ || decision.block.number > final_->number)
        final_ = decision.block;
    if (options_.change != 0 && node.set == 1 && decision.block.number > options_.change)
        fault("a set decided about the next one's blocks");
    latency_max_ = std::max(latency_max_, now_ - born_[decision.block.hash]);
    node.finalised = decision.block;
    if (options_.change == decision.block.number && node.set == 1)
    {
        node.set = 2;
        node.last_proof = decision;
        node.tree->changes.clear();
        set_max_ = 2;
        round_max_ = 1;
        node.voting->begin_set(options_for(node), now_);
    }
}

void World::act(Node&, const effect::Equivocated& equivocated)
{
    ++equivocations_;
    const auto& proof = equivocated.proof;
    const auto good = proof.equivocation.visit([&](const auto& pair) {
        const auto is_signed = [&](const auto& side) {
            const auto payload = grandpa::signed_payload(side.first, pair.round_number, proof.set_id);
            return signature::ed25519::verify(payload, side.second.bytes, pair.identity.bytes).has_value();
        };
        return pair.first.first != pair.second.first && is_signed(pair.first) && is_signed(pair.second);
    });
    if (!good)
        fault("an equivocation that is none");
}

void World::act(Node& node, const effect::Send& send)
{
    for (const auto& peer : send.peers)
    {
        const size_t to = peer[0];
        if (chance(options_.loss) && !calm())
            continue;
        auto delay = Time(1 + random(uint64_t(options_.delay_max.count())));
        auto& last = arrivals_[{node.id, to}];
        if (!options_.reorder) // as in one stream
            delay = std::max(delay, last - now_);
        last = std::max(last, now_ + delay);
        after(delay, [this, from = node.id, to, message = send.message, life = nodes_[to].life] {
            if (nodes_[to].life == life && reach(from, to))
                deliver(from, to, message);
        });
    }
}

void World::act(Node& node, const effect::Report& report)
{
    const size_t peer = report.peer[0];
    auto& score = node.scores[peer];
    score = std::min(score + report.change, 0);
    if (score < -900 && !nodes_[peer].liar && !options_.reorder)
    {
        fault("an honest peer is shunned");
        score = 0;
    }
}

void World::act(Node& node, const effect::Want& want)
{
    for (const auto& other : nodes_)
        if (other.id != node.id && reach(other.id, node.id) && other.tree->has(want.block.hash) &&
            (other.voting || other.liar) && (calm() || !chance(options_.loss)))
            return after(Time(10 + random(100)), [this, &node, block = want.block.hash, life = node.life] {
                if (node.life == life)
                    give(node, block);
            });
}

void World::deliver(size_t from, size_t to, const Message& message)
{
    auto& node = nodes_[to];
    if (const auto* vote = message.get<wire::Vote>(); vote != nullptr && !nodes_[from].liar && vote->set_id == set_max_)
        round_max_ = std::max(round_max_, vote->round);
    if (!options_.liars.empty() && !nodes_[from].liar && chance(0.05))
    {
        overheard_.push_back(message);
        if (overheard_.size() > 200)
            overheard_.erase(overheard_.begin());
    }
    if (!node.voting)
        return;
    node.voting->on_message(key_of(from), message, now_);
    drain(node);
}

size_t World::finalised_at(BlockNumber number) const
{
    return size_t(
        std::ranges::count_if(nodes_, [&](const Node& node) { return !node.liar && node.finalised.number >= number; }));
}

size_t World::finalised_since(Time made) const
{
    return size_t(std::ranges::count_if(nodes_, [&](const Node& node) {
        const auto born = born_.find(node.finalised.hash);
        return !node.liar && born != born_.end() && born->second >= made;
    }));
}

std::string World::describe() const
{
    std::string words;
    const auto name = [](const std::optional<BlockId>& block) {
        return block ? std::to_string(block->number) + "/" + base::hex({block->hash.data(), 2}) : "-";
    };
    for (const auto& node : nodes_)
        if (node.voting)
        {
            const auto& voter = node.voting->voter();
            words += "\nnode " + std::to_string(node.id) + " final " + name(node.finalised) + " set " +
                     std::to_string(node.set) + " best " + name(node.tree->best_containing(node.finalised));
            for (auto round = voter.round() - 1; round != voter.round() + 2; ++round)
                if (const auto* votes = voter.votes_of(round))
                {
                    words += "\n  round " + std::to_string(round) + " ghost " + name(votes->prevote_ghost()) +
                             " estimate " + name(votes->estimate()) + (votes->completable() ? " completable" : "") +
                             " final " + name(votes->finalised()) + " votes";
                    for (const auto step : {Step::prevote, Step::precommit})
                        for (size_t i = 0; i != votes->voters().size(); ++i)
                        {
                            words += step == Step::prevote ? " v" : " c";
                            for (const auto& vote : votes->votes(step, i))
                                words += ":" + name(vote.target);
                        }
                }
        }
    return words;
}

} // namespace finality::testing
