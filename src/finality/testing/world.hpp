#pragma once

#include "finality/testing/tree.hpp"
#include "finality/voting.hpp"
#include "signature/ed25519.hpp"

#include <functional>
#include <queue>
#include <random>
#include <string>

namespace finality::testing {

struct WorldOptions
{
    uint64_t seed = 0;
    std::vector<size_t> seats{1, 1, 1, 1}; ///< of each node
    std::set<size_t> liars;                ///< nodes whose keys sign whatever they like
    double loss = 0;                       ///< of messages, before calm
    bool reorder = false;                  ///< messages overtake each other, as never in one stream
    bool partitions = false, crashes = false;
    bool forget = false; ///< a node that restarts has only blocks that are final or that it voted for
    Time calm{8'000};    ///< from here on no loss, no partitions, no crashes
    Time after{15'000};  ///< the calm lasts: what is made in its first half is to be final at its end
    Time delay_max{150};
    Time slot{1'000};
    double forks = 0.3;     ///< slots with two blocks
    BlockNumber change = 0; ///< the blocks of this height end the first set; 0: none
};

/// A network of nodes on a growing, forking chain, from one seed. Time is simulated, signatures are real. Breaks of
/// what GRANDPA promises are collected in `faults`.
class World
{
public:
    using Keypair = signature::ed25519::Keypair;
    using Message = protocols::grandpa::Message;

    explicit World(WorldOptions options);

    void run_until(Time end);
    Time now() const { return now_; }
    /// Honest nodes whose finalised block is at least as high.
    size_t finalised_at(BlockNumber number) const;
    /// Honest nodes whose finalised block was made since then.
    size_t finalised_since(Time made) const;
    BlockNumber highest() const { return highest_; }
    size_t decisions() const { return decisions_; }
    size_t equivocations() const { return equivocations_; }
    Time latency_max() const { return latency_max_; }
    /// Where each node stands, for a person.
    std::string describe() const;

    std::vector<std::string> faults;

private:
    /// Shorter than in a real network, as are the simulated times.
    static constexpr VotingLimits kLimits{.neighbour = Time(2'000), .catch_up = Time(1'000), .answer_every = Time(500)};

    struct Node
    {
        size_t id = 0;
        std::vector<Keypair> keys;
        bool liar = false;
        std::unique_ptr<Tree> tree;
        std::unique_ptr<Voting> voting;
        uint64_t life = 0;
        // What outlives a crash.
        std::optional<Mark> mark;
        std::map<SetId, Memory> memory;
        SetId set = 1;
        BlockId finalised;
        std::optional<effect::Decide> last_proof; ///< of the first set
        std::set<Hash> voted;
        std::map<size_t, int32_t> scores;
    };
    struct Event
    {
        Time at{};
        uint64_t order = 0;
        std::function<void()> act;
        bool operator<(const Event& other) const { return std::pair(at, order) > std::pair(other.at, other.order); }
    };

    static PeerKey key_of(size_t node) { return PeerKey{uint8_t(node), 1}; }
    uint64_t random(uint64_t below) { return random_() % below; }
    bool chance(double p) { return double(random_() >> 11) / double(uint64_t{1} << 53) < p; }
    bool calm() const { return now_ >= options_.calm; }
    void after(Time delay, std::function<void()> act);
    void fault(std::string words) { faults.push_back(std::to_string(options_.seed) + ": " + std::move(words)); }
    bool reach(size_t from, size_t to) const { return calm() || groups_[from] == groups_[to]; }

    VoterSet set_at(SetId id) const;
    VoterOptions options_for(const Node& node) const;
    void start(Node& node);
    void crash(Node& node);
    void fail(Node& node);
    void connect(Node& node);
    void give(Node& node, const Hash& block);
    void produce();
    void upset();
    void drain(Node& node);
    void act(Node& node, const effect::Cast& cast);
    void act(Node& node, const effect::Keep& keep);
    void act(Node& node, const effect::Decide& decision);
    void act(Node& node, const effect::Equivocated& equivocated);
    void act(Node& node, const effect::Send& send);
    void act(Node& node, const effect::Report& report);
    void act(Node& node, const effect::Want& want);
    void sign(Node& node, const effect::Cast& cast);
    void deliver(size_t from, size_t to, const Message& message);
    void lie(Node& node);
    Message some_lie(Node& node, size_t to);
    BlockId some_block();

    WorldOptions options_;
    std::mt19937_64 random_;
    Time now_{};
    uint64_t order_ = 0;
    std::priority_queue<Event> events_;
    Header root_;
    Tree all_; ///< what anybody made
    std::map<Hash, Time> born_;
    std::vector<Hash> blocks_;
    std::vector<Node> nodes_;
    std::vector<int> groups_;
    std::map<std::pair<size_t, size_t>, Time> arrivals_;
    std::map<std::tuple<SetId, RoundNumber, Step, Ed25519Public>, BlockId> signed_;
    std::vector<Message> overheard_;
    std::optional<BlockId> final_;
    BlockNumber highest_ = 0;
    size_t decisions_ = 0, equivocations_ = 0;
    RoundNumber round_max_ = 1;
    SetId set_max_ = 1;
    Time latency_max_{};
    uint8_t salt_ = 0;
};

} // namespace finality::testing
