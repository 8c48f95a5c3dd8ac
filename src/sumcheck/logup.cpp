#include "sumcheck/logup.hpp"

#include "base/invariant.hpp"
#include "field/kernels.hpp"
#include "field/rounds.hpp"
#include "poly/multilinear.hpp"
#include "sumcheck/sum.hpp"

#include <array>
#include <bit>

namespace sumcheck {
namespace {

/// p₀/q₀ + p₁/q₁ for the two halves of a layer.
template <class F>
Fractions<F> add_halves(const Fractions<F>& children)
{
    const auto half = children.p.size() / 2;
    Fractions<F> parents{std::vector<F>(half), std::vector<F>(half)};
    const std::span<const F> p(children.p), q(children.q);
    base::parallel(half, kGrain, [&](size_t begin, size_t end) {
        const auto n = end - begin;
        field::add_fractions<F>(std::span(parents.p).subspan(begin, n), std::span(parents.q).subspan(begin, n),
                                {p.subspan(begin, n), q.subspan(begin, n)},
                                {p.subspan(half + begin, n), q.subspan(half + begin, n)});
    });
    return parents;
}

/// One layer's sumcheck of Σ_x eq(r,x)·(p₀q₁ + p₁q₀ + λq₀q₁). With u = p₀ + λq₀ the bracket is u·q₁ + p₁·q₀.
template <class F>
class LayerProver
{
public:
    /// Consumes the children: halves of p and q.
    LayerProver(Fractions<F> children, std::span<const F> r, F lambda)
        : p_(std::move(children.p)), q_(std::move(children.q)), size_(p_.size() / 2), lambda_(lambda),
          eq_(poly::eq_table<F>(r.subspan(1)))
    {
        base::parallel(size_, kGrain, [&](size_t begin, size_t end) {
            field::axpy<F>(std::span(p_).subspan(begin, end - begin), lambda_,
                           std::span(q_).subspan(begin, end - begin));
        });
        stride_ = size_;
    }

    /// h(0) and the leading coefficient h(∞) of the open variable.
    std::array<F, 2> round() const
    {
        const auto u = line(p_, 0), p1 = line(p_, stride_), q0 = line(q_, 0), q1 = line(q_, stride_);
        return sum_of_parts<F, 2>(size_ / 2, [&](size_t begin, size_t n) {
            return field::fraction_round<F>(std::span(eq_).subspan(begin, n), u.part(begin, n), q1.part(begin, n),
                                            p1.part(begin, n), q0.part(begin, n));
        });
    }

    void bind(F rho)
    {
        const auto half = size_ / 2;
        base::parallel(half, kGrain, [&](size_t begin, size_t end) {
            for (F* v : {p_.data(), p_.data() + stride_, q_.data(), q_.data() + stride_})
                field::fold_pairs<F>(std::span(v + begin, end - begin),
                                     std::span<const F>(v + half + begin, end - begin), rho);
        });
        size_ = half;
        // eq over the variables after the next one: sum out its top variable.
        const auto quarter = eq_.size() / 2;
        for (size_t x = 0; x != quarter; ++x)
            eq_[x] += eq_[x + quarter];
        eq_.resize(std::max<size_t>(quarter, 1));
    }

    /// p₀ p₁ q₀ q₁ at the bound point.
    std::array<F, 4> values() const { return {p_[0] - lambda_ * q_[0], p_[stride_], q_[0], q_[stride_]}; }

private:
    /// The open variable's two ends in the table that starts at `from`.
    field::Line<F> line(const std::vector<F>& table, size_t from) const
    {
        return field::Line<F>::halves(std::span(table).subspan(from, size_));
    }

    std::vector<F> p_, q_;
    size_t size_, stride_ = 0;
    F lambda_;
    std::vector<F> eq_; ///< over the variables after the open one
};

} // namespace

template <class F>
std::vector<F> prove_fractions(Fractions<F> leaves, Channel<F>& channel)
{
    base::invariant(std::has_single_bit(leaves.p.size()) && leaves.p.size() >= 4 && leaves.q.size() == leaves.p.size());
    std::vector<Fractions<F>> layers; // layers[i] has 2^(i+1) nodes
    for (layers.push_back(std::move(leaves)); layers.back().p.size() > 2;)
        layers.push_back(add_halves(layers.back()));

    const auto& top = layers.back();
    channel.send("logup root", std::array{top.p[0], top.p[1], top.q[0], top.q[1]});
    std::vector<F> point{channel.sample("tau")};
    layers.pop_back();

    while (!layers.empty())
    {
        const F lambda = channel.sample("lambda");
        LayerProver<F> layer(std::move(layers.back()), point, lambda);
        layers.pop_back();
        std::vector<F> next(1);
        for (size_t j = 0; j != point.size(); ++j)
        {
            channel.send("logup round", layer.round());
            next.push_back(channel.sample("rho"));
            layer.bind(next.back());
        }
        channel.send("logup layer", layer.values());
        next[0] = channel.sample("tau");
        point = std::move(next);
    }
    return point;
}

template std::vector<field::F4> prove_fractions(Fractions<field::F4> leaves, Channel<field::F4>& channel);

} // namespace sumcheck
