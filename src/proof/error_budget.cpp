#include "proof/error_budget.hpp"

#include "commit/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace proof {
namespace {

using commit::F;
using commit::K;

/// log2 |F| = 123.9547.
double field_bits() { return F::kDegree * std::log2(double(K::kModulus)); }

/// Wrong words beyond the unique decoding radius that pass: Σ ((n+k)/(2n))^q.
struct Passing
{
    double chance = 0;
    uint64_t draws = 0;

    void add(const commit::Shape& shape)
    {
        const auto n = double(shape.domain), k = double(shape.length());
        chance += std::pow((n + k) / (2 * n), double(shape.queries));
        draws += shape.queries;
    }
};

class Budget
{
public:
    explicit Budget(const Sizes& sizes) : sizes_(sizes) {}

    std::vector<ErrorLine> run()
    {
        reduction();
        opening();
        return std::move(lines_);
    }

private:
    const Sizes& sizes_;
    std::vector<ErrorLine> lines_;

    void algebraic(std::string_view challenge, uint64_t bound, size_t level = 0)
    {
        lines_.push_back({challenge, level, bound, field_bits() - std::log2(double(std::max<uint64_t>(bound, 1)))});
    }
    void positions(std::string_view challenge, const Passing& passing, size_t level = 0)
    {
        const auto bits = double(sizes_.plan.profile.grind) - std::log2(passing.chance);
        lines_.push_back({challenge, level, passing.draws, bits});
    }

    void reduction()
    {
        algebraic("alpha", uint64_t{1} << sizes_.log_leaves); // with beta: total degree of the sum's numerator
        algebraic("tau", 1);
        algebraic("lambda", 1);
        algebraic("rho", 2);
        algebraic("relation point", sizes_.point_bits);
        if (sizes_.bilinear_relations != 0)
            algebraic("batch", sizes_.bilinear_relations - 1);
        algebraic("product check", 1);
        algebraic("gamma", sizes_.equations - 1);
    }

    void opening()
    {
        const auto& plan = sizes_.plan;
        std::vector<commit::Shape> previous;
        for (const auto& source : plan.sources)
            previous.push_back(commit::shape_of(source));
        for (size_t level = 0; level <= plan.levels.size(); ++level)
        {
            Passing passing;
            uint64_t leaves = 0;
            for (const auto& shape : previous)
            {
                passing.add(shape);
                leaves += shape.domain;
            }
            algebraic("fold", leaves + 2, level);
            positions("query", passing, level);
            algebraic("combine", passing.draws, level);
            if (level != plan.levels.size())
                previous.assign(1, plan.levels[level]);
        }
        algebraic("eta", plan.last.domain + plan.pads.domain + 1);
        Passing base;
        base.add(plan.last);
        base.add(plan.pads);
        positions("base query", base);
    }
};

} // namespace

std::vector<ErrorLine> error_budget(const Sizes& sizes) { return Budget(sizes).run(); }

Sizes sizes_of(const circuit::Circuit& circuit, commit::Plan plan)
{
    Sizes sizes{.log_leaves = circuit::log_leaves(circuit), .plan = std::move(plan)};
    size_t products = 0, linear = 0;
    for (const auto& relation : circuit.relations)
    {
        sizes.point_bits = std::max(sizes.point_bits, circuit::bits_of(relation.outputs));
        sizes.bilinear_relations += size_t(!relation.products.empty());
        linear += size_t(relation.products.empty());
        products += relation.products.size();
    }
    // LogUp's root, layers and leaves; relations; the product sumcheck's end and its factors; products of messages.
    sizes.equations = sizes.log_leaves + 2 + linear + size_t(products != 0) + 2 * products +
                      3 * circuit::count_masks(circuit).products;
    return sizes;
}

} // namespace proof
