#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "commit/column_sum.hpp"
#include "commit/condense.hpp"
#include "commit/layout.hpp"
#include "commit/opening.hpp"
#include "commit/padded_round.hpp"
#include "field/kernels.hpp"
#include "poly/multilinear.hpp"
#include "poly/ntt.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace commit {
namespace {

/// The two columns of M or P side by side.
std::vector<K> interleave(std::span<const F> a, std::span<const F> b)
{
    std::vector<F> rows;
    rows.reserve(2 * a.size());
    for (size_t i = 0; i != a.size(); ++i)
    {
        rows.push_back(a[i]);
        rows.push_back(b[i]);
    }
    const auto flat = cells(rows);
    return {flat.begin(), flat.end()};
}

std::vector<F> fresh_elements(crypto::Entropy& entropy, std::string_view label, size_t count)
{
    std::vector<F> out(count);
    crypto::fresh_field(entropy, label, std::span(out));
    return out;
}

void append(std::vector<F>& to, const std::vector<F>& from) { to.insert(to.end(), from.begin(), from.end()); }

/// mask + η·vector.
std::vector<F> masked(std::span<const F> mask, F eta, std::span<const F> vector)
{
    std::vector<F> out(mask.begin(), mask.end());
    field::axpy<F>(out, eta, vector);
    return out;
}

/// A folded vector that the next target takes up, with the oracle that it was folded from.
struct Folded
{
    OracleStorage storage; ///< empty for a source, which the caller holds
    Oracle oracle;
    std::vector<F> values, weights; ///< an entry for each row, the tail's included; its weights are 0
};

/// The vector that the next oracle commits to.
struct Target
{
    Layout layout;
    std::vector<F> values, weights;
};

class Prover
{
public:
    Prover(const Plan& plan, PadOracle pads, Channel& channel, crypto::Entropy& entropy)
        : plan_(plan), pads_(std::move(pads)), channel_(channel), entropy_(entropy)
    {
    }

    void run(std::span<const Oracle> sources, std::span<const std::vector<Weight>> weights);

private:
    std::vector<Folded> fold_sources(std::span<const Oracle> sources, std::vector<std::vector<Weight>> weights);
    std::vector<F> source_rounds(std::span<ColumnSum> sums);
    std::vector<Folded> run_level(const Shape& shape, std::span<const Folded> previous);
    Folded fold_level(OracleStorage storage, Target target);
    void query(std::span<const Folded> previous, Target& target);
    void finish(std::span<const Folded> previous);
    F send_round(ColumnSum::Round round);

    const Plan& plan_;
    PadOracle pads_;
    Channel& channel_;
    crypto::Entropy& entropy_;
    PadWeights pad_weights_;
};

/// Lays the folded vectors and their weights side by side.
Target assemble(std::span<const Folded> vectors)
{
    std::vector<size_t> lengths;
    for (const auto& vector : vectors)
        lengths.push_back(vector.values.size());
    Layout layout(lengths);
    std::vector<F> values(layout.length()), weights(layout.length());
    for (size_t i = 0; i != vectors.size(); ++i)
    {
        layout.copy(i, vectors[i].values, values);
        layout.copy(i, vectors[i].weights, weights);
    }
    return {std::move(layout), std::move(values), std::move(weights)};
}

/// Σ_j eq(point, j)·matrix[i·2^|point| + j] for every row.
std::vector<F> fold_rows(std::span<const K> matrix, std::span<const F> point)
{
    const auto eq = poly::eq_table<F>(point);
    std::vector<F> out(matrix.size() / eq.size());
    base::parallel(out.size(), 256, [&](size_t begin, size_t end) {
        field::fold_columns<F, K>(eq, matrix.subspan(begin * eq.size(), (end - begin) * eq.size()),
                                  std::span(out).subspan(begin, end - begin));
    });
    return out;
}

void Prover::run(std::span<const Oracle> sources, std::span<const std::vector<Weight>> weights)
{
    auto folded = fold_sources(sources, {weights.begin(), weights.end()});
    for (const auto& shape : plan_.levels)
        folded = run_level(shape, folded);
    finish(folded);
}

/// Sends one round's message under its pads; returns the challenge.
F Prover::send_round(ColumnSum::Round round)
{
    const size_t used = pad_weights_.u.size();
    const std::array message{round.at_zero + pads_.xi[used], round.at_infinity + pads_.xi[used + 1]};
    channel_.send("fold round", message);
    const F r = channel_.challenge("fold");
    pad_weights_.bind(r);
    return r;
}

std::vector<Folded> Prover::fold_sources(std::span<const Oracle> sources, std::vector<std::vector<Weight>> weights)
{
    base::invariant(sources.size() == plan_.sources.size() && weights.size() == sources.size());
    std::vector<ColumnSum> sums;
    for (size_t s = 0; s != sources.size(); ++s)
    {
        const auto& shape = plan_.sources[s];
        for (auto& weight : weights[s])
            weight.coefficient *= halved(plan_.log_columns_max - shape.log_columns);
        const auto data = sources[s].coefficients.first(shape.entries());
        sums.push_back(condense(data, shape.log_columns, weights[s]));
    }
    const auto point = source_rounds(sums);
    std::vector<Folded> folded;
    for (size_t s = 0; s != sources.size(); ++s)
    {
        const auto own = std::span(point).last(plan_.sources[s].log_columns);
        std::vector<F> rows(plan_.sources[s].length());
        for (auto& weight : weights[s])
        {
            fold_low(weight, own);
            expand(weight, rows);
        }
        folded.push_back({.storage = {},
                          .oracle = sources[s],
                          .values = fold_rows(sources[s].coefficients, own),
                          .weights = std::move(rows)});
    }
    return folded;
}

/// One sumcheck over the columns of all sources; returns its challenges. A source with fewer columns joins late: until
/// then its polynomial is the constant half of its share, which ends at the sum of its (scaled) weights.
std::vector<F> Prover::source_rounds(std::span<ColumnSum> sums)
{
    const uint32_t rounds = plan_.log_columns_max;
    std::vector<F> totals;
    for (const auto& sum : sums)
        totals.push_back(sum.total());
    std::vector<F> point;
    for (uint32_t round = 0; round != rounds; ++round)
    {
        ColumnSum::Round message{};
        for (size_t s = 0; s != sums.size(); ++s)
            if (const uint32_t joins = rounds - plan_.sources[s].log_columns; round < joins)
                message.at_zero += totals[s] * F::of(int64_t{1} << (joins - round - 1));
            else
            {
                const auto own = sums[s].round();
                message.at_zero += own.at_zero;
                message.at_infinity += own.at_infinity;
            }
        point.push_back(send_round(message));
        for (size_t s = 0; s != sums.size(); ++s)
            if (round >= rounds - plan_.sources[s].log_columns)
                sums[s].bind(point.back());
    }
    return point;
}

std::vector<Folded> Prover::run_level(const Shape& shape, std::span<const Folded> previous)
{
    auto target = assemble(previous);
    target.values.resize(shape.rows << kLevelLogColumns);
    auto matrix = target.values;
    append(matrix, fresh_elements(entropy_, "tail level", shape.tail << kLevelLogColumns));
    const auto flat = cells(matrix);
    auto storage = commit_matrix(shape, F::kDegree << kLevelLogColumns, Cell::extension, {flat.begin(), flat.end()},
                                 crypto::fresh_seed(entropy_, "salt level"));
    channel_.send_root("level", storage.root());
    query(previous, target);
    std::vector<Folded> folded;
    folded.push_back(fold_level(std::move(storage), std::move(target)));
    return folded;
}

/// Opens all previous oracles; their folded rows become claims on the target.
void Prover::query(std::span<const Folded> previous, Target& target)
{
    channel_.grind("query grind", plan_.profile.grind);
    std::vector<std::vector<uint32_t>> positions;
    for (const auto& [storage, oracle, values, weights] : previous)
    {
        positions.push_back(channel_.positions("query", oracle.shape.domain, oracle.shape.queries));
        channel_.open(oracle, positions.back(), "rows");
    }
    const F gamma = channel_.challenge("combine");
    F power = F::one();
    for (size_t i = 0; i != previous.size(); ++i)
    {
        const uint32_t log_domain = uint32_t(std::countr_zero(previous[i].oracle.shape.domain));
        std::vector<K> points;
        std::vector<F> coefficients;
        for (const uint32_t position : positions[i])
        {
            points.push_back(poly::position_point(position, log_domain));
            coefficients.push_back(power *= gamma);
        }
        target.layout.add(i, sum_of_powers(points, coefficients, previous[i].values.size()), target.weights);
    }
}

Folded Prover::fold_level(OracleStorage storage, Target target)
{
    target.weights.resize(target.values.size());
    ColumnSum sum(target.weights, target.values, kLevelLogColumns);
    std::vector<F> point;
    for (uint32_t round = 0; round != kLevelLogColumns; ++round)
    {
        point.push_back(send_round(sum.round()));
        sum.bind(point.back());
    }
    const auto& shape = storage.shape;
    auto values = sum.take_v(), weights = sum.take_w();
    const auto eq = poly::eq_table<F>(point);
    const auto tail = elements_of(std::span<const K>(storage.coefficients).last(shape.tail * storage.width));
    for (size_t i = 0; i != shape.tail; ++i)
        values.push_back(field::dot<F, F>(eq, std::span(tail).subspan(i * eq.size(), eq.size())));
    weights.resize(shape.length());
    const Oracle oracle = storage.view();
    return {
        .storage = std::move(storage), .oracle = oracle, .values = std::move(values), .weights = std::move(weights)};
}

/// Commits the last vector beside its mask, then shows both it and ξ under a random multiple.
void Prover::finish(std::span<const Folded> previous)
{
    const auto& shape = plan_.last;
    auto target = assemble(previous);
    append(target.values, fresh_elements(entropy_, "tail last", shape.tail));
    const auto mask = fresh_elements(entropy_, "last mask", shape.length());
    const auto last = commit_matrix(shape, 2 * F::kDegree, Cell::extension, interleave(target.values, mask),
                                    crypto::fresh_seed(entropy_, "salt last"));
    channel_.send_root("last", last.root());
    query(previous, target);

    const auto& weights = target.weights;
    const auto& u = pad_weights_.u;
    const F mu = field::dot<F, F>(weights, std::span(mask).first(weights.size())) +
                 field::dot<F, F>(u, std::span<const F>(pads_.mask).first(u.size()));
    channel_.send("mu", {&mu, 1});
    const F eta = channel_.challenge("eta");
    channel_.send("v star", masked(mask, eta, target.values));
    channel_.send("xi star", masked(pads_.mask, eta, pads_.xi));

    channel_.grind("base grind", plan_.profile.grind);
    const auto in_last = channel_.positions("base query", shape.domain, shape.queries);
    const auto in_pads = channel_.positions("pad query", plan_.pads.domain, plan_.pads.queries);
    channel_.open(last.view(), in_last, {});
    channel_.open(pads_.oracle.view(), in_pads, {});
}

} // namespace

PadOracle::PadOracle(OracleStorage committed, std::vector<F> pads, std::vector<F> pads_mask)
    : oracle(std::move(committed)), xi(std::move(pads)), mask(std::move(pads_mask))
{
}

PadOracle commit_pads(const Plan& plan, crypto::Entropy& entropy)
{
    const auto& shape = plan.pads;
    auto xi = fresh_elements(entropy, "xi", shape.rows);
    append(xi, fresh_elements(entropy, "tail pads", shape.tail));
    auto mask = fresh_elements(entropy, "xi mask", shape.length());
    auto oracle = commit_matrix(shape, 2 * F::kDegree, Cell::extension, interleave(xi, mask),
                                crypto::fresh_seed(entropy, "salt pads"));
    return {std::move(oracle), std::move(xi), std::move(mask)};
}

void open(const Plan& plan, std::span<const Oracle> sources, std::span<const std::vector<Weight>> weights,
          PadOracle pads, Channel& channel, crypto::Entropy& entropy)
{
    Prover(plan, std::move(pads), channel, entropy).run(sources, weights);
}

void open(const Plan& plan, std::span<const Oracle> sources, const Claim& claim, PadOracle pads,
          transcript::Transcript& transcript, crypto::Entropy& entropy, base::Writer& out)
{
    FiatShamir channel(transcript, out);
    open(plan, sources, claim.weights, std::move(pads), channel, entropy);
}

} // namespace commit
