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
/// Measured on two cores with AVX2: what every proof pays (grinding, the smallest oracles), and work units a second of
/// what is committed anew and of what is only read.
constexpr double kSecondsAlways = 0.02, kFreshPerSecond = 15e6, kReadPerSecond = 110e6;

/// Expected bytes of one opening: `queries` independent positions of n leaves.
double opening_bytes(double n, double queries, double row_bytes)
{
    const auto untouched = [&](double nodes, double of) { return std::pow(1 - of / nodes, queries); };
    double total = n * (1 - untouched(n, 1)) * (row_bytes + kSalt);
    // A node's digest is sent when it is not touched and its sibling is.
    for (double nodes = n; nodes > 1; nodes /= 2)
        total += nodes * (untouched(nodes, 1) - untouched(nodes, 2)) * kDigest;
    return total;
}

double proof_bytes(const commit::Plan& plan, const circuit::Circuit& circuit)
{
    constexpr double kBase = sizeof(K), kExtension = sizeof(F), kNonce = 8;
    const auto masks = circuit::count_masks(circuit);
    double total = double(masks.messages + 2 * masks.products + plan.xi + 1) * kExtension;
    for (const auto& source : plan.sources)
        total += opening_bytes(double(source.domain), double(source.queries), double(source.columns()) * kBase);
    for (const auto& level : plan.levels)
        total += kDigest + opening_bytes(double(level.domain), double(level.queries),
                                         double(size_t{1} << commit::kLevelLogColumns) * kExtension);
    for (const auto* pair : {&plan.last, &plan.pads})
        total += kDigest + double(pair->length()) * kExtension +
                 opening_bytes(double(pair->domain), double(pair->queries), 2 * kExtension);
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

double seconds(const circuit::Work& work)
{
    return kSecondsAlways + double(4 * work.leaves + 2 * work.elements) / kFreshPerSecond +
           double(work.weights + work.linear_terms) / kReadPerSecond;
}

std::expected<Estimate, Error> estimate(const std::expected<circuit::Compiled, circuit::CompileError>& compiled,
                                        const commit::Profile& profile)
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
                    .seconds = seconds(work)};
}

} // namespace

std::expected<Estimate, Error> estimate_inference(const model::Graph& graph, const commit::Profile& profile,
                                                  uint32_t batch)
{
    return estimate(
        circuit::compile(graph,
                         {.batch = batch, .input = circuit::Flag::hidden, .output = circuit::Flag::open, .data = {}}),
        profile);
}

std::expected<Estimate, Error> estimate_rotation(const model::Graph& graph, const commit::Profile& profile)
{
    return estimate(circuit::compile_rotation(graph), profile);
}

std::expected<Estimate, Error> estimate_registration(const model::Graph& graph, const commit::Profile& profile)
{
    return estimate(circuit::compile_registration(graph), profile);
}

} // namespace artifact
