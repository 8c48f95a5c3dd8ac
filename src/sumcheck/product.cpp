#include "sumcheck/product.hpp"

#include "base/invariant.hpp"
#include "field/kernels.hpp"
#include "field/rounds.hpp"
#include "poly/multilinear.hpp"
#include "sumcheck/sum.hpp"

#include <algorithm>
#include <bit>

namespace sumcheck {
namespace {

template <class F>
F inner_product(std::span<const F> a, std::span<const F> b)
{
    return sum_of_parts<F, 1>(a.size(), [&](size_t begin, size_t n) {
        return std::array{field::dot<F, F>(a.subspan(begin, n), b.subspan(begin, n))};
    })[0];
}

/// Adds the product's p(0) and p(∞) along its top variable.
template <class F>
void add_round(const InnerProduct<F>& product, std::array<F, 2>& total)
{
    const auto l = field::Line<F>::halves(product.left), r = field::Line<F>::halves(product.right);
    const auto sums = sum_of_parts<F, 2>(
        l.size(), [&](size_t begin, size_t n) { return field::product_round<F>(l.part(begin, n), r.part(begin, n)); });
    total[0] += product.weight * sums[0];
    total[1] += product.weight * sums[1];
}

} // namespace

template <class F>
std::vector<F> prove_products(std::vector<InnerProduct<F>> products, Channel<F>& channel)
{
    size_t rounds = 0;
    for (const auto& product : products)
    {
        base::invariant(std::has_single_bit(product.left.size()) && product.left.size() == product.right.size());
        rounds = std::max(rounds, size_t(std::bit_width(product.left.size()) - 1));
    }
    const F half = F::of(2).inverse();
    std::vector<F> waiting; // Σ of a product that has not joined: it does not change but for halving
    for (const auto& product : products)
        waiting.push_back(product.weight * inner_product<F>(product.left, product.right));

    std::vector<F> point;
    for (size_t left = rounds; left != 0; --left)
    {
        std::array<F, 2> message{};
        for (size_t i = 0; i != products.size(); ++i)
        {
            if (products[i].left.size() == size_t{1} << left)
                add_round(products[i], message);
            else
            {
                waiting[i] = waiting[i] * half;
                products[i].weight = products[i].weight * half;
                message[0] += waiting[i];
            }
        }
        channel.send("product round", message);
        point.push_back(channel.sample("rho"));
        for (auto& product : products)
            if (product.left.size() == size_t{1} << left)
            {
                poly::fold_top(product.left, point.back());
                poly::fold_top(product.right, point.back());
            }
    }
    for (const auto& product : products)
        channel.send("product values", std::array{product.left[0], product.right[0]});
    return point;
}

template std::vector<field::F4> prove_products(std::vector<InnerProduct<field::F4>> products,
                                               Channel<field::F4>& channel);

} // namespace sumcheck
