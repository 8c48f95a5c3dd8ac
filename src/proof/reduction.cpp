#include "proof/reduction.hpp"

#include "base/invariant.hpp"
#include "poly/multilinear.hpp"

#include <algorithm>
#include <array>

namespace proof {
namespace {

using circuit::At;
using circuit::Circuit;
using commit::Refusal;

/// One F element, 4 u32.
std::optional<F> read_element(base::Reader& in)
{
    std::array<K, F::kDegree> coefficients;
    for (auto& coefficient : coefficients)
    {
        const auto word = in.get<uint32_t>();
        const auto element = word ? K::from_canonical(*word) : std::nullopt;
        if (!element)
            return std::nullopt;
        coefficient = *element;
    }
    return F(coefficients);
}

class Reducer
{
public:
    Reducer(const Circuit& circuit, std::span<const std::vector<K>> publics, transcript::Transcript& transcript,
            base::Reader& in)
        : circuit_(circuit), publics_(publics), transcript_(transcript), in_(in), masks_(circuit::count_masks(circuit))
    {
    }

    std::expected<std::vector<Equation>, Refusal> run()
    {
        alpha_ = transcript_.sample<F>("alpha");
        const auto betas = transcript_.sample_many<F>("beta", 2);
        beta_key_ = betas[0];
        beta_value_ = betas[1];
        if (!logup() || !relations() || !product_openings())
            return std::unexpected(*refusal_);
        base::invariant(next_pad_ == masks_.messages && products_.size() == masks_.products);
        return std::move(equations_);
    }

private:
    /// û, v̂ and the pads of one product of messages.
    struct Product
    {
        F u, v;
        uint32_t pad_u, pad_v;
    };

    const Circuit& circuit_;
    std::span<const std::vector<K>> publics_;
    transcript::Transcript& transcript_;
    base::Reader& in_;
    circuit::Masks masks_;
    F alpha_, beta_key_, beta_value_;
    uint32_t next_pad_ = 0;
    std::vector<Product> products_;
    std::vector<Equation> equations_;
    std::optional<Refusal> refusal_;

    bool refuse(Refusal why)
    {
        refusal_ = why;
        return false;
    }

    /// The next n messages, absorbed as one item; empty when the bytes are bad.
    std::vector<Hidden> messages(std::string_view label, size_t n)
    {
        std::vector<F> masked;
        for (size_t i = 0; i != n; ++i)
        {
            const auto element = read_element(in_);
            if (!element)
            {
                refuse(Refusal::syntax);
                return {};
            }
            masked.push_back(*element);
        }
        transcript_.observe(label, masked);
        std::vector<Hidden> hidden;
        for (const auto& m : masked)
            hidden.push_back(Hidden::message(m, next_pad_++));
        return hidden;
    }

    uint32_t product_pad(size_t product, uint32_t which) const
    {
        return uint32_t(masks_.messages + 4 * product + which); // Z, a′, b′, z′
    }

    /// u·v = û·v̂ − û·P_v − v̂·P_u + Z, for two messages.
    Hidden multiply(const Hidden& u, const Hidden& v)
    {
        const Product product{u.constant, v.constant, u.pads.front().first, v.pads.front().first};
        Hidden result(product.u * product.v);
        result.pads.emplace_back(product.pad_v, -product.u);
        result.pads.emplace_back(product.pad_u, -product.v);
        result.pads.emplace_back(product_pad(products_.size(), 0), F::one());
        products_.push_back(product);
        return result;
    }

    Equation& equation(std::string_view name, uint32_t index = 0)
    {
        equations_.push_back({});
        equations_.back().name = name;
        equations_.back().index = index;
        return equations_.back();
    }

    bool logup()
    {
        const auto v = circuit::log_leaves(circuit_);
        auto m = messages("logup root", 4); // p₀ p₁ q₀ q₁
        if (m.empty())
            return false;
        auto& root = equation("logup root");
        root.add(multiply(m[0], m[3]));
        root.add(multiply(m[1], m[2]));

        F tau = transcript_.sample<F>("tau");
        std::vector<F> point{tau};
        Hidden p = m[0] * (F::one() - tau) + m[1] * tau;
        Hidden q = m[2] * (F::one() - tau) + m[3] * tau;
        for (uint32_t k = 1; k != v; ++k)
        {
            const F lambda = transcript_.sample<F>("lambda");
            Hidden claim = p + q * lambda;
            std::vector<F> next(1);
            for (const auto& r : point)
                if (!logup_round(r, claim, next))
                    return false;
            m = messages("logup layer", 4);
            if (m.empty())
                return false;
            auto& layer = equation("logup layer", k);
            layer.add(multiply(m[0], m[3]));
            layer.add(multiply(m[1], m[2]));
            layer.add(multiply(m[2], m[3]), lambda);
            layer.add(claim, -F::one());

            tau = next[0] = transcript_.sample<F>("tau");
            point = std::move(next);
            p = m[0] * (F::one() - tau) + m[1] * tau;
            q = m[2] * (F::one() - tau) + m[3] * tau;
        }
        leaves(point, p, q);
        return true;
    }

    /// claim = (1−r)·h(0) + r·h(1) becomes h(ρ).
    bool logup_round(F r, Hidden& claim, std::vector<F>& next)
    {
        const auto m = messages("logup round", 2); // h(0), h(∞)
        if (m.empty())
            return false;
        if (r == F::zero())
            return refuse(Refusal::challenge);
        const Hidden h1 = (claim - m[0] * (F::one() - r)) * r.inverse();
        const F rho = transcript_.sample<F>("rho");
        claim = m[0] * (F::one() - rho) + h1 * rho + m[1] * (rho * rho - rho);
        next.push_back(rho);
        return true;
    }

    void add_form(Equation& equation, const circuit::Form& form, const std::vector<circuit::Variable>& variables,
                  std::span<const At> at, F scale) const
    {
        for (const auto& term : form.terms)
            equation.weights.emplace_back(
                circuit_.columns[term.view.column].store,
                circuit::weight_of(circuit_, term.view, variables, at, scale * term.coefficient, true));
        equation.constant = equation.constant - scale * circuit::evaluate_constants(form.constants, variables, at);
        if (form.minus_public)
            equation.constant =
                equation.constant + scale * circuit::evaluate_tensor(publics_[*form.minus_public], variables, at);
    }

    void leaves(std::span<const F> r, const Hidden& p, const Hidden& q)
    {
        Equation numerator{.name = "leaves p", .weights = {}, .pads = {}},
            denominator{.name = "leaves q", .weights = {}, .pads = {}};
        // Written as Σ blocks − p = 0 and Σ blocks + (1 − Σ E) − q = 0.
        numerator.add(p, -F::one());
        denominator.add(q, -F::one());
        F covered = F::zero();
        for (const auto& block : circuit::leaf_blocks(circuit_))
        {
            const auto high = r.first(r.size() - block.log_size), low = r.subspan(high.size());
            F e = F::one();
            for (size_t i = 0; i != high.size(); ++i)
            {
                const bool bit = (block.offset >> (r.size() - 1 - i)) & 1;
                e = e * (bit ? high[i] : F::one() - high[i]);
            }
            covered = covered + e;
            denominator.constant = denominator.constant - e * alpha_;
            if (block.table)
                add_table(block.index, low, e, numerator, denominator);
            else
                add_lookup(circuit_.lookups[block.index], low, e, numerator, denominator);
        }
        denominator.constant = denominator.constant - (F::one() - covered);
        equations_.push_back(std::move(numerator));
        equations_.push_back(std::move(denominator));
    }

    void add_lookup(const circuit::Lookup& lookup, std::span<const F> low, F e, Equation& numerator,
                    Equation& denominator) const
    {
        const auto at = circuit::split(low, lookup.outputs);
        numerator.constant = numerator.constant - e;
        denominator.constant = denominator.constant + e * circuit::evaluate_constants(lookup.id, lookup.outputs, at);
        add_form(denominator, lookup.key, lookup.outputs, at, -e * beta_key_);
        add_form(denominator, lookup.value, lookup.outputs, at, -e * beta_value_);
    }

    void add_table(uint32_t index, std::span<const F> low, F e, Equation& numerator, Equation& denominator) const
    {
        const auto& table = circuit_.tables[index];
        const auto row = circuit::evaluate_table(table, low);
        denominator.constant =
            denominator.constant + e * (F::of(int64_t{index} + 1) + beta_key_ * row.key + beta_value_ * row.value);
        numerator.weights.emplace_back(Store::trace,
                                       commit::Weight{.coefficient = -e,
                                                      .offset = circuit_.columns[table.multiplicity].offset,
                                                      .factors = {commit::eq_factor(low)}});
    }

    bool relations()
    {
        size_t longest = 0, rounds = 0;
        bool products = false;
        for (const auto& relation : circuit_.relations)
        {
            longest = std::max(longest, circuit::bits_of(relation.outputs));
            for (const auto& product : relation.products)
                rounds = std::max(rounds, product.sum_bits());
            products |= !relation.products.empty();
        }
        const auto point = transcript_.sample_many<F>("relation point", longest);
        for (uint32_t i = 0; i != circuit_.relations.size(); ++i)
        {
            const auto& relation = circuit_.relations[i];
            if (relation.products.empty())
                add_form(equation("relation", i), relation.form, relation.outputs,
                         circuit::split(point, relation.outputs), F::one());
        }
        return !products || product_sumcheck(point, rounds);
    }

    bool product_sumcheck(std::span<const F> point, size_t rounds)
    {
        const F batch = transcript_.sample<F>("batch");
        Hidden claim; // without its share of the initial claim, whose factor is `initial`
        F initial = F::one();
        std::vector<F> rho;
        for (size_t j = 0; j != rounds; ++j)
        {
            const auto m = messages("product round", 2); // p(0), p(∞)
            if (m.empty())
                return false;
            rho.push_back(transcript_.sample<F>("rho"));
            const F x = rho.back();
            claim = claim * x + m[0] * (F::one() - x - x) + m[1] * (x * x - x);
            initial = initial * x;
        }

        auto& end = equation("product end");
        const auto end_index = equations_.size() - 1;
        end.add(claim, -F::one());
        F power = F::one();
        const F half = F::of(2).inverse();
        for (uint32_t i = 0; i != circuit_.relations.size(); ++i)
        {
            const auto& relation = circuit_.relations[i];
            if (relation.products.empty())
                continue;
            const auto at = circuit::split(point, relation.outputs);
            // The initial claim is −Σ βⁱ·formᵢ, and moves to the left side.
            add_form(equations_[end_index], relation.form, relation.outputs, at, power * initial);
            for (const auto& product : relation.products)
            {
                const auto m = messages("product values", 2);
                if (m.empty())
                    return false;
                const auto late = rounds - product.sum_bits();
                equations_[end_index].add(multiply(m[0], m[1]), power * half.pow(late));
                factors(relation, product, at, std::span<const F>(rho).subspan(late), m, i);
            }
            power = power * batch;
        }
        return true;
    }

    /// left and right at the sumcheck's point, as views on their columns.
    void factors(const circuit::Relation& relation, const circuit::Product& product, std::vector<At> at,
                 std::span<const F> rho, const std::vector<Hidden>& m, uint32_t index)
    {
        auto variables = relation.outputs;
        variables.insert(variables.end(), product.sums.begin(), product.sums.end());
        auto sums = circuit::split(rho, product.sums);
        const auto outputs = at.size();
        at.insert(at.end(), sums.begin(), sums.end());
        auto at_left = at;
        for (const auto& [output, sum] : product.diagonal)
            at_left[sum].extra = poly::eq_table<F>(at[output].point);
        base::invariant(outputs == relation.outputs.size());

        const auto tie = [&](std::string_view name, const circuit::View& view, std::span<const At> where,
                             const Hidden& value) {
            auto& tied = equation(name, index);
            tied.weights.emplace_back(circuit_.columns[view.column].store,
                                      circuit::weight_of(circuit_, view, variables, where, F::one(), false));
            tied.add(value, -F::one());
        };
        tie("product left", product.left, at_left, m[0]);
        tie("product right", product.right, at, m[1]);
    }

    /// Every committed Z is the product of its pads (docs/specs/proof.md §6.5).
    bool product_openings()
    {
        const F rho = transcript_.sample<F>("product check");
        std::vector<F> opened;
        for (size_t i = 0; i != 2 * products_.size(); ++i)
        {
            const auto element = read_element(in_);
            if (!element)
                return refuse(Refusal::syntax);
            opened.push_back(*element);
        }
        transcript_.observe("product openings", opened);
        for (uint32_t i = 0; i != products_.size(); ++i)
        {
            const auto& [u, v, pad_u, pad_v] = products_[i];
            const F e = opened[2 * i], f = opened[2 * i + 1];
            const auto z = product_pad(i, 0), a2 = product_pad(i, 1), b2 = product_pad(i, 2), z2 = product_pad(i, 3);
            auto& first = equation("product e", i);
            first.pads = {{pad_u, rho}, {a2, -F::one()}};
            first.constant = e;
            auto& second = equation("product f", i);
            second.pads = {{pad_v, F::one()}, {b2, -F::one()}};
            second.constant = f;
            equation("product z", i).pads = {{z, rho}, {z2, -F::one()}, {pad_v, -e}, {a2, -f}};
        }
        return true;
    }
};

} // namespace

std::expected<std::vector<Equation>, Refusal> reduce(const Circuit& circuit, std::span<const std::vector<K>> publics,
                                                     transcript::Transcript& transcript, base::Reader& in)
{
    return Reducer(circuit, publics, transcript, in).run();
}

std::vector<Store> stores_of(const Circuit& circuit)
{
    std::vector<Store> stores;
    for (size_t s = 0; s != circuit::kStores; ++s)
        if (circuit.rows[s] != 0 || Store(s) == Store::weights) // a model without weights has an empty W
            stores.push_back(Store(s));
    base::invariant(!stores.empty() && stores.front() == Store::trace);
    return stores;
}

commit::Claim combine(const Circuit& circuit, const std::vector<Equation>& equations, F gamma)
{
    const auto stores = stores_of(circuit);
    commit::Claim claim{.weights = std::vector<std::vector<commit::Weight>>(stores.size()), .constant = F::zero()};
    const auto& column = circuit.columns[circuit.pads];
    commit::DenseFactor pads{std::vector<F>(column.size(), F::zero())};
    const F x = F::generator();

    F power = F::one();
    for (const auto& equation : equations)
    {
        for (const auto& [store, weight] : equation.weights)
        {
            const auto source = size_t(std::ranges::find(stores, store) - stores.begin());
            claim.weights[source].push_back(weight);
            claim.weights[source].back().coefficient = weight.coefficient * power;
        }
        for (const auto& [pad, coefficient] : equation.pads)
        {
            F entry = power * coefficient;
            for (size_t d = 0; d != F::kDegree; ++d, entry = entry * x)
                pads.values[F::kDegree * pad + d] = pads.values[F::kDegree * pad + d] + entry;
        }
        claim.constant = claim.constant + power * equation.constant;
        power = power * gamma;
    }
    claim.weights.front().push_back({.coefficient = F::one(), .offset = column.offset, .factors = {std::move(pads)}});
    return claim;
}

} // namespace proof
