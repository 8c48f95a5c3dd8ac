#include "weight_worlds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace cmd {
namespace {

constexpr double kMeanStake = 1000, kMeanWork = 950'000;
constexpr double kPlanckPerCoin = 1e18;
/// Over how many validators an attacker is tried. Ours favours one; the published dynamic formula many.
constexpr std::array<size_t, 6> kIdentities{1, 3, 10, 25, 50, 100};
constexpr int kHalvings = 18;

double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// n values of a Pareto distribution, scaled to their mean.
std::vector<double> draw(std::mt19937_64& random, size_t size, double tail, double mean)
{
    std::vector<double> values(size);
    for (auto& value : values)
    {
        const double unit = double(random() >> 11) * 0x1p-53; // [0, 1), the same on every machine
        value = std::pow(1 - unit, -1 / tail);
    }
    const double scale = mean * double(size) / sum_of(values);
    for (auto& value : values)
        value *= scale;
    return values;
}

seats::AccountId32 account_of(size_t number)
{
    seats::AccountId32 account;
    for (size_t i = 0; i != 8; ++i)
        account.bytes[i] = uint8_t(uint64_t{number} >> (56 - 8 * i));
    return account;
}

std::vector<double> our_weights(const WeightWorld& world, const seats::Rules& rules)
{
    std::vector<double> weights;
    for (const auto& claim : seats::weigh(candidates_of(world), rules.mix))
        weights.push_back(double(claim.weight) / double(seats::kWeightOne));
    return weights;
}

std::vector<double> our_seats(const WeightWorld& world, const seats::Rules& rules)
{
    const auto candidates = candidates_of(world);
    std::vector<double> seats(candidates.size());
    // Not allot(): it refuses mixes that a chain would refuse, which people want to see drawn.
    const auto allocation = seats::apportion(seats::weigh(candidates, rules.mix), rules.seats, rules.elected_max);
    for (size_t i = 0; i != candidates.size(); ++i)
    {
        const auto found = std::ranges::lower_bound(allocation, candidates[i].account, {}, &seats::Holder::account);
        if (found != allocation.end() && found->account == candidates[i].account)
            seats[i] = found->seats;
    }
    return seats;
}

/// W = α·PoI + β·PoSp + γ·Stake; or, dynamic, α(t) = α·(1 − count/max), β(t) = β·average/PoSp, γ(t) = γ·(1 + V/Stake).
std::vector<double> published(const WeightWorld& world, const WeightRules& rules, bool dynamic)
{
    const auto& mix = rules.rules.mix;
    const double alpha = double(mix.alpha) / seats::kBillion, beta = double(mix.beta) / seats::kBillion,
                 gamma = double(mix.gamma) / seats::kBillion;
    const auto count = double(world.stake.size());
    const double mean = sum_of(world.stake) / count, average = sum_of(world.space) / count;
    double variance = 0;
    for (const auto stake : world.stake)
        variance += (stake - mean) * (stake - mean) / count;
    const double fill = std::max(0.0, 1 - count / double(rules.published_max));

    std::vector<double> weights;
    for (size_t i = 0; i != world.stake.size(); ++i)
        weights.push_back(dynamic ? alpha * fill * world.work[i] + beta * average + gamma * (world.stake[i] + variance)
                                  : alpha * world.work[i] + beta * world.space[i] + gamma * world.stake[i]);
    return weights;
}

/// What the last `identities` validators have of the whole.
double part_of_last(const std::vector<double>& weights, size_t identities)
{
    const double whole = sum_of(weights), own = sum_of(std::span(weights).last(identities));
    return whole > 0 ? own / whole : 0;
}

} // namespace

std::vector<seats::Candidate> candidates_of(const WeightWorld& world)
{
    const double work = sum_of(world.work), space = sum_of(world.space);
    const auto share = [](double value, double whole) {
        return whole > 0 ? seats::Share(value / whole * double(seats::kOne)) : 0;
    };
    std::vector<seats::Candidate> candidates;
    for (size_t i = 0; i != world.stake.size(); ++i)
        candidates.push_back({account_of(i), seats::u128(world.stake[i] * kPlanckPerCoin), share(world.work[i], work),
                              share(world.space[i], space), seats::kSeatsMax});
    return candidates;
}

WeightWorld draw_world(std::mt19937_64& random, size_t validators, double tail, Spread spread)
{
    WeightWorld world{draw(random, validators, tail, kMeanStake), draw(random, validators, tail, kMeanWork),
                      draw(random, validators, tail, 1 / double(validators))};
    if (spread == Spread::independent)
        return world;
    std::ranges::sort(world.stake);
    for (auto* scores : {&world.work, &world.space})
    {
        std::ranges::sort(*scores);
        if (spread == Spread::against_stake)
            std::ranges::reverse(*scores);
    }
    return world;
}

double gini(std::span<const double> values)
{
    std::vector<double> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    const auto size = double(sorted.size());
    double ranked = 0;
    for (size_t i = 0; i != sorted.size(); ++i)
        ranked += double(i + 1) * sorted[i];
    const double sum = sum_of(sorted);
    return sum > 0 ? 2 * ranked / (size * sum) - (size + 1) / size : 0;
}

std::vector<double> weights_of(const WeightWorld& world, Formula formula, const WeightRules& rules)
{
    switch (formula)
    {
    case Formula::weight:
        return our_weights(world, rules.rules);
    case Formula::seats:
        return our_seats(world, rules.rules);
    case Formula::published_static:
        return published(world, rules, false);
    case Formula::published_dynamic:
        return published(world, rules, true);
    }
    return {};
}

WeightWorld with_attacker(const WeightWorld& world, double stake, double work, size_t identities)
{
    auto result = world;
    const auto join = [&](std::vector<double>& values, double share) {
        const double whole = sum_of(values);
        for (auto& value : values)
            value *= 1 - share;
        values.insert(values.end(), identities, whole * share / double(identities));
    };
    join(result.stake, stake);
    join(result.work, work);
    join(result.space, work);
    return result;
}

AttackCost attack_cost(const WeightWorld& world, double work, Formula formula, const WeightRules& rules)
{
    AttackCost best;
    for (const auto identities : kIdentities)
    {
        if (formula == Formula::published_dynamic && world.stake.size() + identities > rules.published_max)
            continue;
        const auto part = [&](double stake) {
            return part_of_last(weights_of(with_attacker(world, stake, work, identities), formula, rules), identities);
        };
        const auto least = [&](auto reached) {
            if (!reached(part(1)))
                return 2.0;
            double low = 0, high = 1;
            for (int i = 0; i != kHalvings; ++i)
                (reached(part((low + high) / 2)) ? high : low) = (low + high) / 2;
            return high;
        };
        best.block = std::min(best.block, least([](double share) { return share >= 1.0 / 3; }));
        best.decide = std::min(best.decide, least([](double share) { return share > 2.0 / 3; }));
    }
    return best;
}

} // namespace cmd
