#include "base/invariant.hpp"
#include "commit/layout.hpp"
#include "commit/opening.hpp"
#include "commit/padded_round.hpp"
#include "field/kernels.hpp"
#include "merkle/proof.hpp"
#include "poly/multilinear.hpp"
#include "poly/ntt.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace commit {
namespace {

using Refused = std::unexpected<Refusal>;

/// A vector that the next target takes up, as the verifier knows it: a root, and weights.
struct Folded
{
    Digest root;
    Shape shape;
    size_t width;
    Cell cell;
    std::vector<F> point; ///< challenges of its column bits
    std::vector<Weight> weights;
};

class Verifier
{
public:
    Verifier(const Plan& plan, F constant, transcript::Transcript& transcript, base::Reader& in)
        : plan_(plan), transcript_(transcript), in_(in), constant_(constant)
    {
    }

    std::expected<void, Refusal> run(std::span<const Digest> roots, const Digest& pads_root,
                                     std::vector<std::vector<Weight>> weights);

private:
    std::expected<std::vector<F>, Refusal> rounds(uint32_t count);
    std::expected<Digest, Refusal> root(std::string_view label);
    std::expected<void, Refusal> nonce(std::string_view label);
    std::expected<std::vector<F>, Refusal> elements(std::string_view label, size_t count);
    std::expected<std::vector<Weight>, Refusal> query(std::vector<Folded> previous);
    std::expected<void, Refusal> finish(const Digest& last_root, const Digest& pads_root,
                                        std::span<const Weight> weights);
    std::expected<void, Refusal> check_codewords(const Digest& last_root, const Digest& pads_root, F eta,
                                                 std::span<const F> v_star, std::span<const F> xi_star);

    const Plan& plan_;
    transcript::Transcript& transcript_;
    base::Reader& in_;
    F constant_;
    PadWeights pad_weights_;
};

/// Σ_j eq(point, j)·row[j] for every opened row.
std::vector<F> fold_opened(const Folded& oracle, std::span<const K> rows)
{
    const auto eq = poly::eq_table<F>(oracle.point);
    std::vector<F> out;
    for (; !rows.empty(); rows = rows.subspan(oracle.width))
        if (const auto row = rows.first(oracle.width); oracle.cell == Cell::base)
            out.push_back(field::dot<F, K>(eq, row));
        else
            out.push_back(field::dot<F, F>(eq, elements_of(row)));
    return out;
}

/// The part of scale·(1, x, x², …) that lies in one piece of the vector.
Weight powers_weight(F scale, K x, const Piece& piece)
{
    Weight weight{.coefficient = scale * x.pow(piece.from), .offset = piece.to, .factors = {}};
    if (piece.log_size != 0)
        weight.factors.emplace_back(powers_factor(x, piece.log_size));
    return weight;
}

Refusal refusal(Unopened why) { return why == Unopened::syntax ? Refusal::syntax : Refusal::path; }

std::expected<void, Refusal> Verifier::run(std::span<const Digest> roots, const Digest& pads_root,
                                           std::vector<std::vector<Weight>> weights)
{
    const auto point = rounds(plan_.log_columns_max);
    if (!point)
        return Refused(point.error());
    std::vector<Folded> folded;
    for (size_t s = 0; s != plan_.sources.size(); ++s)
    {
        const auto& shape = plan_.sources[s];
        const auto own = std::span(*point).last(shape.log_columns);
        for (auto& weight : weights[s])
        {
            base::invariant(within(weight, shape.entries()));
            weight.coefficient *= halved(plan_.log_columns_max - shape.log_columns);
            fold_low(weight, own);
        }
        folded.push_back({.root = roots[s],
                          .shape = shape_of(shape),
                          .width = shape.columns(),
                          .cell = Cell::base,
                          .point{own.begin(), own.end()},
                          .weights = std::move(weights[s])});
    }
    for (const auto& shape : plan_.levels)
    {
        const auto level_root = root("level");
        if (!level_root)
            return Refused(level_root.error());
        auto target = query(std::move(folded));
        if (!target)
            return Refused(target.error());
        auto columns = rounds(kLevelLogColumns);
        if (!columns)
            return Refused(columns.error());
        for (auto& weight : *target)
            fold_low(weight, *columns);
        folded.clear();
        folded.push_back({.root = *level_root,
                          .shape = shape,
                          .width = F::kDegree << kLevelLogColumns,
                          .cell = Cell::extension,
                          .point = *std::move(columns),
                          .weights = *std::move(target)});
    }
    const auto last_root = root("last");
    if (!last_root)
        return Refused(last_root.error());
    const auto target = query(std::move(folded));
    if (!target)
        return Refused(target.error());
    return finish(*last_root, pads_root, *target);
}

/// Reads `count` padded round messages; returns the challenges.
std::expected<std::vector<F>, Refusal> Verifier::rounds(uint32_t count)
{
    std::vector<F> point;
    while (point.size() != count)
    {
        const auto message = elements("fold round", 2);
        if (!message)
            return Refused(message.error());
        const F r = transcript_.sample<F>("fold");
        constant_ = bind_constant(constant_, (*message)[0], (*message)[1], r);
        pad_weights_.bind(r);
        point.push_back(r);
    }
    return point;
}

std::expected<Digest, Refusal> Verifier::root(std::string_view label)
{
    const auto raw = in_.take(sizeof(Digest));
    if (!raw)
        return Refused(Refusal::syntax);
    Digest digest;
    std::ranges::copy(*raw, digest.begin());
    transcript_.observe_digest(label, digest);
    return digest;
}

std::expected<void, Refusal> Verifier::nonce(std::string_view label)
{
    const auto value = in_.get<uint64_t>();
    if (!value)
        return Refused(Refusal::syntax);
    if (!transcript_.check(label, plan_.profile.grind, *value))
        return Refused(Refusal::nonce);
    return {};
}

std::expected<std::vector<F>, Refusal> Verifier::elements(std::string_view label, size_t count)
{
    std::vector<K> words;
    while (words.size() != count * F::kDegree)
    {
        const auto word = in_.get<uint32_t>();
        const auto value = word ? K::from_canonical(*word) : std::nullopt;
        if (!value)
            return Refused(Refusal::syntax);
        words.push_back(*value);
    }
    auto message = elements_of(words);
    transcript_.observe(label, message);
    return message;
}

/// Reads the openings of all previous oracles. Moves the weights so far to the target and adds the claims that the
/// folded rows make: with x the position's point, Σ_e x^e·f[e] = y.
std::expected<std::vector<Weight>, Refusal> Verifier::query(std::vector<Folded> previous)
{
    if (const auto worked = nonce("query grind"); !worked)
        return Refused(worked.error());
    std::vector<size_t> lengths;
    std::vector<std::vector<uint32_t>> positions;
    std::vector<std::vector<F>> folded_rows;
    for (const auto& oracle : previous)
    {
        lengths.push_back(oracle.shape.length());
        positions.push_back(
            merkle::distinct(transcript_.sample_positions("query", oracle.shape.domain, oracle.shape.queries)));
        const auto rows = read_opening(oracle.root, oracle.shape, oracle.width, positions.back(), in_);
        if (!rows)
            return Refused(refusal(rows.error()));
        observe_rows(transcript_, "rows", oracle.cell, *rows);
        folded_rows.push_back(fold_opened(oracle, *rows));
    }
    const Layout layout(lengths);
    const F gamma = transcript_.sample<F>("combine");
    F power = F::one();
    std::vector<Weight> target;
    for (size_t i = 0; i != previous.size(); ++i)
    {
        for (auto& weight : previous[i].weights)
        {
            layout.move(i, weight);
            target.push_back(std::move(weight));
        }
        const uint32_t log_domain = uint32_t(std::countr_zero(previous[i].shape.domain));
        for (size_t k = 0; k != positions[i].size(); ++k)
        {
            constant_ += (power *= gamma) * folded_rows[i][k];
            const K x = poly::position_point(positions[i][k], log_domain);
            for (const auto& piece : layout.pieces(i))
                target.push_back(powers_weight(power, x, piece));
        }
    }
    return target;
}

std::expected<void, Refusal> Verifier::finish(const Digest& last_root, const Digest& pads_root,
                                              std::span<const Weight> weights)
{
    const auto mu = elements("mu", 1);
    if (!mu)
        return Refused(mu.error());
    const F eta = transcript_.sample<F>("eta");
    const auto v_star = elements("v star", plan_.last.length());
    if (!v_star)
        return Refused(v_star.error());
    const auto xi_star = elements("xi star", plan_.pads.length());
    if (!xi_star)
        return Refused(xi_star.error());

    std::vector<F> w(plan_.last.rows);
    for (const auto& weight : weights)
        expand(weight, w);
    const auto& u = pad_weights_.u;
    const F masked = field::dot<F, F>(w, std::span(*v_star).first(w.size())) +
                     field::dot<F, F>(u, std::span(*xi_star).first(u.size()));
    if (masked != (*mu)[0] + eta * constant_)
        return Refused(Refusal::base_claim);
    if (const auto worked = nonce("base grind"); !worked)
        return worked;
    return check_codewords(last_root, pads_root, eta, *v_star, *xi_star);
}

/// Whether star(x) = mask(x) + η·vector(x) at every opened position; a row holds vector(x), mask(x).
bool matches(std::span<const F> star, F eta, const Shape& shape, std::span<const uint32_t> positions,
             std::span<const K> rows)
{
    const auto opened = elements_of(rows);
    for (size_t k = 0; k != positions.size(); ++k)
    {
        const K x = poly::position_point(positions[k], uint32_t(std::countr_zero(shape.domain)));
        F value;
        for (size_t i = star.size(); i-- != 0;)
            value = value * x + star[i];
        if (value != opened[2 * k + 1] + eta * opened[2 * k])
            return false;
    }
    return true;
}

std::expected<void, Refusal> Verifier::check_codewords(const Digest& last_root, const Digest& pads_root, F eta,
                                                       std::span<const F> v_star, std::span<const F> xi_star)
{
    constexpr size_t kWidth = 2 * F::kDegree;
    const auto &last = plan_.last, &pads = plan_.pads;
    const auto in_last = merkle::distinct(transcript_.sample_positions("base query", last.domain, last.queries));
    const auto in_pads = merkle::distinct(transcript_.sample_positions("pad query", pads.domain, pads.queries));
    const auto last_rows = read_opening(last_root, last, kWidth, in_last, in_);
    if (!last_rows)
        return Refused(refusal(last_rows.error()));
    const auto pad_rows = read_opening(pads_root, pads, kWidth, in_pads, in_);
    if (!pad_rows)
        return Refused(refusal(pad_rows.error()));
    if (!matches(v_star, eta, last, in_last, *last_rows) || !matches(xi_star, eta, pads, in_pads, *pad_rows))
        return Refused(Refusal::base_codeword);
    return {};
}

} // namespace

std::expected<void, Refusal> verify(const Plan& plan, std::span<const Digest> roots, const Digest& pads_root,
                                    Claim claim, transcript::Transcript& transcript, base::Reader& in)
{
    base::invariant(roots.size() == plan.sources.size() && claim.weights.size() == roots.size());
    return Verifier(plan, claim.constant, transcript, in).run(roots, pads_root, std::move(claim.weights));
}

} // namespace commit
