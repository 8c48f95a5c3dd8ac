#pragma once

#include "seats/testing/world.hpp"

#include <cmath>
#include <optional>

/// The least stake that reaches a number of seats: worlds as an attacker would want them.
namespace seats::testing {

/// Who does all the work and holds all the space.
enum class Holders : uint8_t
{
    nobody,
    attacker,
    honest, ///< in proportion to their stake
};

/// A third blocks finality, two thirds decide it: GRANDPA over `seats` keys of weight 1.
inline uint32_t blocking(uint32_t seats) { return (seats - 1) / 3 + 1; }
inline uint32_t deciding(uint32_t seats) { return seats - (seats - 1) / 3; }

/// An attacker's share of the weight by its share of the stake, and back, for the default mix.
inline double weight_of(double stake, Holders who)
{
    const double rest = 0.6;
    if (who == Holders::nobody)
        return stake;
    return who == Holders::attacker ? stake * (1 + rest) - rest * stake * stake
                                    : stake * (1 - rest) + rest * stake * stake;
}
inline double stake_of(double weight, Holders who)
{
    double low = 0, high = 1;
    for (int i = 0; i != 60; ++i)
        (weight_of((low + high) / 2, who) < weight ? low : high) = (low + high) / 2;
    return high;
}

/// Shapes of both sides, in any unit; each side is scaled to its share of the stake.
struct Shapes
{
    std::vector<double> attacker, honest;
};

/// The seats of an attacker with this share of the stake.
inline uint32_t attacker_seats(const Shapes& shapes, double stake, Holders who, const Rules& rules)
{
    std::vector<Candidate> world;
    const auto add = [&](std::span<const double> side, double share, bool works) {
        double sum = 0;
        for (const auto size : side)
            sum += size;
        for (const auto size : side)
        {
            const auto part = works ? Share(size / sum * double(kOne)) : 0;
            world.push_back({account(uint32_t(world.size())), u128(share * size / sum * 1e24), part, part, kSeatsMax});
        }
    };
    // The attacker's accounts come first: it wins ties.
    add(shapes.attacker, stake, who == Holders::attacker);
    add(shapes.honest, 1 - stake, who == Holders::honest);
    const auto outcome = allot(world, {}, rules);
    uint32_t seats = 0;
    for (uint32_t i = 0; outcome && i != shapes.attacker.size(); ++i)
        seats += seats_of(outcome->allocation, account(i));
    return seats;
}

/// The least stake with which these shapes reach the goal; the attacker's seats do not fall with its stake.
inline double least_stake(const Shapes& shapes, Holders who, const Rules& rules, uint32_t goal)
{
    double low = 0, high = 1;
    for (int i = 0; i != 24; ++i)
        (attacker_seats(shapes, (low + high) / 2, who, rules) < goal ? low : high) = (low + high) / 2;
    return high;
}

/// A whole in so many parts, as equal as can be.
inline std::vector<uint32_t> parts_of(uint32_t whole, uint32_t parts)
{
    std::vector<uint32_t> sizes;
    for (; parts != 0; --parts)
    {
        sizes.push_back(whole / parts);
        whole -= sizes.back();
    }
    return sizes;
}

/// Which honest validators there are.
enum class Crowd : uint8_t
{
    fits,     ///< as many as are elected beside the attacker's
    too_many, ///< as many as could be elected without the attacker: it may crowd some out
};

/// An attack in units of the smallest winning quotient.
struct Plan
{
    uint32_t has = 0, own = 0;     ///< the attacker's seats and validators
    uint32_t left = 0, others = 0; ///< the seats and number of honest validators that are elected
    uint32_t out = 0;              ///< honest validators that are crowded out,
    uint32_t crowding = 0;         ///< each of almost this weight, below that of everybody elected

    /// The attacker's share of the weight.
    double weight() const
    {
        const double mine = std::max(has, own * crowding);
        return mine / (mine + left + others + double(out) * crowding);
    }

    /// Sizes that come as near to it as doubles allow.
    Shapes shapes() const
    {
        constexpr double kLess = 1 - 1e-7;
        Shapes result;
        // Those with a seat less than the crowding weight, at almost that weight; then the others.
        const auto raised = own * crowding - std::min(has, own * crowding);
        result.attacker.assign(raised, crowding * kLess);
        for (const auto part : parts_of(has - raised * (raised != 0 ? crowding - 1 : 0), own - raised))
            result.attacker.push_back(part);
        for (const auto part : parts_of(left, others))
            result.honest.push_back((part + 1) * kLess);
        result.honest.insert(result.honest.end(), out, crowding * kLess * kLess);
        return result;
    }
};

/// The least share of the weight that reaches `goal` seats.
///
/// An attacker with aᵢ seats weighs at least aᵢ, an honest validator with h seats less than h + 1, one of the r that
/// are crowded out at most u, u at most everyone elected. So with k validators of the attacker, a seats together, and m
/// elected honest ones
///
///     weight ≥ A / (A + seats − a + m + r·u),   A = Σ max(aᵢ, u),   u ≤ aᵢ + 1,   u ≤ h + 1.
///
/// Between two integers u moves this one way, so that integers are enough; and then Σ max(aᵢ, u) can be as little as
/// max(a, k·u), where k·(u − 1) ≤ a and m·(u − 1) ≤ seats − a.
inline Plan best_plan(const Rules& rules, uint32_t goal, Crowd crowd)
{
    Plan best{.has = 1};
    for (uint32_t has = goal; has <= rules.seats; ++has)
        for (uint32_t own = 1; own <= rules.elected_max; ++own)
            for (uint32_t honest = 1; honest <= rules.elected_max - (crowd == Crowd::fits ? own : 0); ++honest)
            {
                const auto others = std::min(honest, rules.elected_max - own), left = rules.seats - has;
                if (others == 0 && left != 0)
                    continue;
                const auto most = std::min(has / own, others == 0 ? has : left / others) + 1;
                for (uint32_t crowding = 0; crowding <= most; ++crowding)
                {
                    const Plan plan{has, own, left, others, honest - others, crowding};
                    if (plan.weight() < best.weight())
                        best = plan;
                }
            }
    return best;
}

/// Any sizes of up to as many validators on each side as can be elected.
inline Shapes any_shapes(Random& random, const Rules& rules)
{
    const auto any = [&] {
        std::vector<double> sizes(1 + random.below(rules.elected_max));
        for (auto& size : sizes)
            size = 1 + double(random.below(rules.seats));
        return sizes;
    };
    return {any(), any()};
}

/// Changes sizes at random and keeps what needs less stake; the least that was found.
inline double climb(Shapes shapes, Random& random, const Rules& rules, uint32_t goal, Holders who, int steps)
{
    double least = least_stake(shapes, who, rules, goal);
    for (int i = 0; i != steps; ++i)
    {
        auto other = shapes;
        auto& side = random.below(2) == 0 ? other.attacker : other.honest;
        auto& size = side[random.below(side.size())];
        size *= random.below(2) == 0 ? 0.7 + 0.6 * random.unit() : 0.99 + 0.02 * random.unit();
        if (const auto needs = least_stake(other, who, rules, goal); needs <= least)
        {
            least = needs;
            shapes = other;
        }
    }
    return least;
}

} // namespace seats::testing
