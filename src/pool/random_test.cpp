#include "pool/testing/make.hpp"

#include <gtest/gtest.h>

#include <random>

namespace pool {
namespace {

using namespace testing;
using Why = Refusal::Why;
using Words = std::set<Tag>;

/// A pool as one list, with everything found by looking through it.
struct Naive
{
    struct Item
    {
        uint32_t number = 0;
        uint64_t priority = 0, till = 0;
        Words needs, gives, given;
        Queue queue = Queue::none;
    };

    Options options;
    std::vector<Item> items; ///< in order of arrival
    std::set<uint32_t> banned;
    Words recent[2];

    static bool meet(const Words& a, const Words& b)
    {
        return std::ranges::any_of(a, [&](const Tag& each) { return b.contains(each); });
    }
    Item* find(uint32_t number)
    {
        const auto found = std::ranges::find(items, number, &Item::number);
        return found == items.end() ? nullptr : &*found;
    }
    std::vector<uint32_t> in(Queue queue) const
    {
        std::vector<uint32_t> found;
        for (const auto& item : items)
            if (item.queue == queue)
                found.push_back(item.number);
        return found;
    }
    bool satisfied(const Item& item) const
    {
        return std::ranges::all_of(item.needs, [&](const Tag& each) {
            return item.given.contains(each) || std::ranges::any_of(items, [&](const Item& other) {
                       return other.queue == Queue::ready && other.gives.contains(each);
                   });
        });
    }
    /// Ready ones that fall with `roots`, themselves included, when the tags in `kept` stay.
    std::set<uint32_t> fall(std::set<uint32_t> roots, const Words& kept) const
    {
        for (bool grew = true; grew;)
        {
            grew = false;
            for (const auto& below : items)
                for (const auto& above : items)
                    if (roots.contains(below.number) && above.queue == Queue::ready)
                        for (const auto& each : above.needs)
                            if (below.queue == Queue::ready && below.gives.contains(each) && !kept.contains(each))
                                grew |= roots.insert(above.number).second;
        }
        return roots;
    }
    void erase(const std::set<uint32_t>& numbers)
    {
        std::erase_if(items, [&](const Item& item) { return numbers.contains(item.number); });
    }
    /// Whether a ready item can be reached from itself.
    bool has_circle() const
    {
        for (const auto& item : items)
            for (const auto& other : items)
                if (item.queue == Queue::ready && other.queue == Queue::ready && meet(other.needs, item.gives) &&
                    fall({other.number}, {}).contains(item.number))
                    return true;
        return false;
    }

    std::expected<void, Refusal> make_ready(uint32_t number)
    {
        const auto item = *find(number);
        std::set<uint32_t> conflicts;
        uint64_t sum = 0;
        for (const auto& other : items)
            if (other.queue == Queue::ready && meet(other.gives, item.gives))
            {
                conflicts.insert(other.number);
                sum += other.priority;
            }
        if (!conflicts.empty() && sum >= item.priority)
            return std::unexpected(Refusal{Why::too_low_priority, sum, item.priority});
        const auto gone = fall(conflicts, item.gives);
        for (const auto other : gone)
            if (meet(item.needs, find(other)->gives))
                return std::unexpected(Refusal{Why::cycle});
        auto tried = *this;
        tried.erase(gone);
        tried.find(number)->queue = Queue::ready;
        if (tried.has_circle())
            return std::unexpected(Refusal{Why::cycle});
        items = std::move(tried.items);
        return {};
    }
    void promote()
    {
        // Breadth first from the tags that appeared is arrival order only among those that one tag frees: histories
        // below let at most one future item provide a tag, so that the order does not matter.
        for (bool moved = true; moved;)
        {
            moved = false;
            for (const auto number : in(Queue::future))
                if (satisfied(*find(number)))
                {
                    moved = true;
                    if (!make_ready(number))
                        erase({number});
                    break;
                }
        }
    }
    std::expected<void, Refusal> place(uint32_t number)
    {
        auto& item = *find(number);
        for (const auto& each : item.needs)
            if (recent[0].contains(each) || recent[1].contains(each))
                item.given.insert(each);
        if (!satisfied(item))
        {
            if (meet(item.needs, item.gives))
                return std::unexpected(Refusal{Why::cycle});
            item.queue = Queue::future;
            return {};
        }
        if (const auto made = make_ready(number); !made)
            return made;
        promote();
        return {};
    }
    void enforce(std::optional<uint32_t> fresh = {})
    {
        const auto drop = [&](const std::set<uint32_t>& gone) {
            banned.insert(gone.begin(), gone.end());
            erase(gone);
        };
        while (in(Queue::ready).size() > options.ready_max)
        {
            const Item* worst = nullptr;
            for (const auto& item : items)
                if (item.queue == Queue::ready && (!worst || item.priority < worst->priority))
                    worst = &item;
            auto gone = fall({worst->number}, {});
            if (fresh && gone.contains(*fresh))
                gone = fall({*fresh}, {});
            drop(gone);
        }
        while (in(Queue::future).size() > options.future_max)
            drop({in(Queue::future).front()});
    }
    std::expected<void, Refusal> insert(const Item& item)
    {
        if (banned.contains(item.number))
            return std::unexpected(Refusal{Why::temporarily_banned});
        if (find(item.number))
            return std::unexpected(Refusal{Why::already_imported});
        items.push_back(item);
        if (const auto placed = place(item.number); !placed)
        {
            erase({item.number});
            return placed;
        }
        enforce(item.number);
        if (!find(item.number))
            return std::unexpected(Refusal{Why::immediately_dropped});
        return {};
    }
    void remove(uint32_t number)
    {
        banned.insert(number);
        if (auto* item = find(number))
            erase(item->queue == Queue::ready ? fall({number}, {}) : std::set{number});
    }
    /// Removes what is in the block and what another transaction made stale; returning items are not kept.
    void on_block(uint64_t number, const std::vector<uint32_t>& included, Words provided, size_t turn)
    {
        for (const auto each : included)
            if (auto* item = find(each))
            {
                provided.insert(item->gives.begin(), item->gives.end());
                provided.insert(item->needs.begin(), item->needs.end());
                banned.insert(each);
                erase({each});
            }
        std::set<uint32_t> displaced;
        for (bool grew = true; grew;)
        {
            grew = false;
            for (const auto& item : items)
                if (item.queue == Queue::ready && meet(item.gives, provided) && displaced.insert(item.number).second)
                {
                    provided.insert(item.needs.begin(), item.needs.end());
                    grew = true;
                }
        }
        auto moved = fall(displaced, provided);
        for (const auto each : displaced)
            moved.erase(each);
        for (const auto& item : items)
            if (item.queue == Queue::future && meet(item.gives, provided))
                displaced.insert(item.number);
        // What a moved one requires and nobody provides now came from the chain.
        auto before = items;
        for (auto& item : items)
            if (moved.contains(item.number))
                for (const auto& each : item.needs)
                    if (std::ranges::none_of(before, [&](const Item& other) {
                            return other.queue == Queue::ready && other.gives.contains(each);
                        }))
                        item.given.insert(each);
        for (const auto each : moved)
            find(each)->queue = Queue::none;
        erase(displaced);
        for (auto& item : items)
            if (item.queue == Queue::future)
                for (const auto& each : item.needs)
                    if (provided.contains(each))
                        item.given.insert(each);
        promote();
        recent[turn % 2] = provided;
        for (const auto& item : std::vector(items))
            if (moved.contains(item.number) && find(item.number) && !place(item.number))
                erase({item.number});
        for (const auto& item : std::vector(items))
            if (item.till <= number)
                remove(item.number);
        enforce();
    }
    std::vector<Hash> walk() const
    {
        std::vector<Hash> order;
        std::vector<const Item*> left;
        for (const auto& item : items)
            if (item.queue == Queue::ready)
                left.push_back(&item);
        while (!left.empty())
        {
            auto best = left.end();
            for (auto at = left.begin(); at != left.end(); ++at)
                if (std::ranges::none_of(left, [&](const Item* other) { return meet((*at)->needs, other->gives); }) &&
                    (best == left.end() || (*at)->priority > (*best)->priority ||
                     ((*at)->priority == (*best)->priority && (*at)->till < (*best)->till)))
                    best = at;
            if (best == left.end())
                break; // a circle: what is found is too short, and the comparison fails
            order.push_back(hash_of((*best)->number));
            left.erase(best);
        }
        return order;
    }
};

/// One history: what is asked of both, with the same numbers.
class History
{
public:
    explicit History(uint32_t seed) : random_(seed), pool_(options()), naive_{.options = options()} {}

    void run()
    {
        for (uint32_t step = 0; step != 150 && !::testing::Test::HasFatalFailure(); ++step)
        {
            const auto dice = random_() % 20;
            if (dice < 15)
                insert();
            else if (dice < 17)
                remove();
            else
                block();
            compare();
        }
    }

private:
    static Options options() { return {.ready_max = 12, .future_max = 6}; }
    uint32_t below(uint32_t end) { return uint32_t(random_() % end); }
    Tag word(uint32_t number) { return {uint8_t('a' + number)}; }

    void insert()
    {
        // Some 20 tags. A third of the transactions repeat an earlier number, with new tags if it is not there.
        Naive::Item item;
        item.number = below(3) == 0 && next_ != 0 ? below(next_) : next_++;
        item.priority = below(12);
        const auto longevity = 2 + below(12);
        item.till = number_ + longevity;
        const auto middle = 2 + below(16);
        for (uint32_t i = below(3); i-- != 0;)
            item.needs.insert(word(below(4) == 0 ? below(20) : middle - 1 - below(2)));
        for (uint32_t i = 1 + below(2); i-- != 0;)
            item.gives.insert(word(middle + below(2)));
        for (const auto& other : naive_.items)
            if (other.queue == Queue::future && Naive::meet(other.gives, item.gives))
                return; // see Naive::promote
        const primitives::ValidTransaction validity{.priority = item.priority,
                                                    .requires_ = {item.needs.begin(), item.needs.end()},
                                                    .provides = {item.gives.begin(), item.gives.end()},
                                                    .longevity = longevity,
                                                    .propagate = true};
        const auto expected = naive_.insert(item);
        const auto done = pool_.insert(extrinsic(item.number), validity, number_, 0);
        ASSERT_EQ(done.has_value(), expected.has_value());
        if (!expected)
        {
            ASSERT_EQ(done.error(), expected.error());
        }
    }
    void remove()
    {
        const auto number = below(next_ + 1);
        naive_.remove(number);
        pool_.remove(std::vector<Hash>{hash_of(number)}, 0);
    }
    void block()
    {
        ++number_;
        std::vector<uint32_t> included;
        std::vector<Hash> included_hashes;
        auto order = pool_.ready();
        for (uint32_t i = below(4); i-- != 0;)
            if (const auto txn = order.next())
                included_hashes.push_back(txn->hash);
        for (uint32_t number = 0; number != next_; ++number)
            if (std::ranges::find(included_hashes, hash_of(number)) != included_hashes.end())
                included.push_back(number);
        Words provided;
        for (uint32_t i = below(2); i-- != 0;)
            provided.insert(word(below(20)));
        naive_.on_block(number_, included, provided, turn_++);
        pool_.on_block(testing::block(uint8_t(number_)), number_, included_hashes,
                       std::vector<Tag>(provided.begin(), provided.end()), 0);
        // The runtime calls all that came out of the block stale; the naive pool has dropped them.
        for (const auto& each : pool_.next_to_revalidate(100))
            if (!pool_.find(each.hash) || std::ranges::none_of(naive_.items, [&](const Naive::Item& item) {
                    return hash_of(item.number) == each.hash;
                }))
                stale(each.hash);
    }
    void stale(const Hash& hash)
    {
        pool_.revalidated(hash, std::unexpected(testing::stale()), number_, 0);
        for (uint32_t number = 0; number != next_; ++number)
            if (hash_of(number) == hash)
                naive_.banned.insert(number);
    }
    void compare()
    {
        const auto ready = naive_.in(Queue::ready), future = naive_.in(Queue::future);
        ASSERT_EQ(pool_.status().ready, ready.size());
        ASSERT_EQ(pool_.status().future, future.size());
        ASSERT_EQ(pool_.status().returning, 0U);
        for (const auto number : future)
            ASSERT_TRUE(pool_.contains(hash_of(number)));
        const auto order = naive_.walk();
        ASSERT_EQ(order.size(), ready.size()) << "a circle";
        ASSERT_EQ(walk(pool_.ready()), order);
        for (uint32_t i = 0; i != 20; ++i)
            ASSERT_EQ(pool_.provides(word(i)), std::ranges::any_of(naive_.items, [&](const Naive::Item& item) {
                          return item.queue == Queue::ready && item.gives.contains(word(i));
                      }));
        follow();
    }
    /// Events tell where each transaction is.
    void follow()
    {
        for (const auto& event : pool_.drain())
            if (event.what <= Event::What::ready)
                told_[event.transaction] = event.what;
            else
                told_.erase(event.transaction);
        std::map<Hash, Event::What> expected;
        for (const auto& item : naive_.items)
            expected[hash_of(item.number)] = item.queue == Queue::ready ? Event::What::ready : Event::What::future;
        ASSERT_EQ(told_, expected);
    }

    std::mt19937 random_;
    Pool pool_;
    Naive naive_;
    std::map<Hash, Event::What> told_;
    uint32_t next_ = 0;
    BlockNumber number_ = 1;
    size_t turn_ = 0;
};

TEST(PoolHistory, agrees_with_a_naive_pool_on_200_random_histories)
{
    for (uint32_t seed = 0; seed != 200; ++seed)
    {
        SCOPED_TRACE(seed);
        History(seed).run();
        if (HasFatalFailure())
            return;
    }
}

} // namespace
} // namespace pool
