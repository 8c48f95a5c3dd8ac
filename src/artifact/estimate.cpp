#include "artifact/estimate.hpp"

#include "circuit/compile.hpp"
#include "circuit/work.hpp"
#include "proof/reduction.hpp"
#include "proof/statement.hpp"

#include <algorithm>
#include <cmath>

namespace artifact {
namespace {

using circuit::F;
using circuit::K;

constexpr double kSalt = 32, kDigest = 32;
/// Fitted to prove/ of bench/results (two idle cores, AVX2): what a proof pays for each sealed oracle that it opens
/// (grinding, the smallest oracles), and work units a second of what is committed anew and of what is only read.
constexpr double kSecondsAlways = 0.01, kFreshPerSecond = 24e6, kReadPerSecond = 280e6;
/// Entries a second of the codeword and tree of a sealed oracle, rows and tail.
constexpr double kSealedPerSecond = 100e6;

/// Expected bytes of one opening: `queries` independent positions of n leaves.
double opening_bytes(size_t n, double queries, double row_bytes)
{
    const auto untouched = [&](double nodes, double of) { return std::pow(1 - of / nodes, queries); };
    double total = double(n) * (1 - untouched(double(n), 1)) * (row_bytes + kSalt);
    // A node's digest is sent when it is not touched and its sibling is.
    for (size_t nodes = n; nodes > 1; nodes /= 2)
        total += double(nodes) * (untouched(double(nodes), 1) - untouched(double(nodes), 2)) * kDigest;
    return total;
}

double proof_bytes(const commit::Plan& plan, const circuit::Circuit& circuit)
{
    constexpr double kBase = sizeof(K), kExtension = sizeof(F), kNonce = 8;
    const auto masks = circuit::count_masks(circuit);
    double total = double(masks.messages + 2 * masks.products + plan.xi + 1) * kExtension;
    for (const auto& source : plan.sources)
        total += opening_bytes(source.domain, double(source.queries), double(source.columns()) * kBase);
    for (const auto& level : plan.levels)
        total += kDigest + opening_bytes(level.domain, double(level.queries),
                                         double(size_t{1} << commit::kLevelLogColumns) * kExtension);
    for (const auto* pair : {&plan.last, &plan.pads})
        total += kDigest + double(pair->length()) * kExtension +
                 opening_bytes(pair->domain, double(pair->queries), 2 * kExtension);
    return total + double(plan.levels.size() + 2) * kNonce;
}

/// The trace with codeword and tree, what is read of sealed oracles, the levels, and the LogUp layers (numerator and
/// denominator).
uint64_t memory_bytes(const commit::Plan& plan, const circuit::Circuit& circuit)
{
    constexpr uint64_t kNodesPerLeaf = 2 * sizeof(base::Digest), kProgram = 16 << 20;
    uint64_t total = kProgram;
    for (size_t i = 0; i != plan.sources.size(); ++i)
    {
        const auto& source = plan.sources[i];
        total += source.length() * source.columns() * sizeof(K) + 2 * source.entries() * sizeof(F);
        if (i == 0)
            total += source.domain * (source.columns() * sizeof(K) + kNodesPerLeaf);
        else
            total += source.entries() * sizeof(K); // the model's own copy of what is sealed
    }
    for (const auto& level : plan.levels)
        total +=
            ((level.length() + level.domain) << commit::kLevelLogColumns) * sizeof(F) + level.domain * kNodesPerLeaf;
    return total + (uint64_t{2} << circuit::log_leaves(circuit)) * sizeof(F);
}

double seconds(const circuit::Work& work, const commit::Plan& plan)
{
    const auto sealed = double(plan.sources.size() - 1);
    return kSecondsAlways * sealed + double(4 * work.leaves + 2 * work.elements) / kFreshPerSecond +
           double(work.weights + work.linear_terms) / kReadPerSecond;
}

/// Committing to the weights: the last source of a registration or a rotation, fresh in both.
double sealing_seconds(const commit::Plan& plan)
{
    const auto& sealed = plan.sources.back();
    return double(sealed.domain) * double(sealed.columns()) / kSealedPerSecond;
}

std::expected<Estimate, Error> estimate(const std::expected<circuit::Compiled, circuit::CompileError>& compiled,
                                        const commit::Profile& profile, bool is_sealing)
{
    if (!compiled)
        return failed(Fault::unfit, compiled.error().words);
    const auto& circuit = compiled->circuit;
    const auto sources = proof::source_shapes(profile, circuit);
    if (!sources)
        return failed(Fault::unfit, sources.error().words);
    const auto plan = commit::plan(profile, *sources);
    const auto work = circuit::count_work(circuit);
    return Estimate{.work_units = circuit::work_units(work),
                    .proof_bytes = uint64_t(proof_bytes(plan, circuit)),
                    .memory_bytes = memory_bytes(plan, circuit),
                    .seconds = seconds(work, plan) + (is_sealing ? sealing_seconds(plan) : 0)};
}

} // namespace

std::expected<Estimate, Error> estimate_inference(const model::Graph& graph, const commit::Profile& profile,
                                                  uint32_t batch)
{
    return estimate(
        circuit::compile(graph,
                         {.batch = batch, .input = circuit::Flag::hidden, .output = circuit::Flag::open, .data = {}}),
        profile, false);
}

std::expected<Estimate, Error> estimate_rotation(const model::Graph& graph, const commit::Profile& profile)
{
    return estimate(circuit::compile_rotation(graph), profile, true);
}

std::expected<Estimate, Error> estimate_registration(const model::Graph& graph, const commit::Profile& profile)
{
    return estimate(circuit::compile_registration(graph), profile, true);
}

} // namespace artifact
