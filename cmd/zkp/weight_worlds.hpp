#pragma once

#include "seats/era.hpp"

#include <cstdint>
#include <random>
#include <span>
#include <vector>

/// Worlds of validators for `zkp simulate weights`, and what four formulas make of them. Numbers here are for people:
/// floating point, and no part of consensus.
namespace cmd {

/// One entry for each validator, in the units of the published example: coins, raw PoI, PoSp with a sum of one.
struct WeightWorld
{
    std::vector<double> stake, work, space;
};

/// How work and space are spread over validators, beside stake.
enum class Spread : uint8_t
{
    independent,
    with_stake,    ///< the richest do most
    against_stake, ///< the richest do least
};

/// Stakes, work and space from a Pareto distribution with this tail, scaled to the published example's averages (1,000
/// coins, 950,000 PoI).
WeightWorld draw_world(std::mt19937_64& random, size_t validators, double tail, Spread spread);

/// 0 where all are equal, towards 1 where one has everything.
double gini(std::span<const double> values);

enum class Formula : uint8_t
{
    weight, ///< ours, W
    seats,  ///< ours, as seats
    published_static,
    published_dynamic,
};

struct WeightRules
{
    seats::Rules rules;
    size_t published_max = 200; ///< MaxValidators of the published dynamic formula
};

/// What the world asks the chain for: candidates with keys for every seat, in the order of the world and of accounts.
std::vector<seats::Candidate> candidates_of(const WeightWorld& world);

/// What each validator weighs, in any unit. Averages of scores are at rest: shares are those of the world.
std::vector<double> weights_of(const WeightWorld& world, Formula formula, const WeightRules& rules);

/// The world with one more party, last: this share of the stake, and this share of work and of space, over `identities`
/// equal validators.
WeightWorld with_attacker(const WeightWorld& world, double stake, double work, size_t identities);

/// The least shares of the stake with which a party that has this share of work and of space blocks finality (a third)
/// and decides it (more than two thirds), over the best number of identities; more than 1 where no stake does.
struct AttackCost
{
    double block = 2, decide = 2;
};
AttackCost attack_cost(const WeightWorld& world, double work, Formula formula, const WeightRules& rules);

} // namespace cmd
