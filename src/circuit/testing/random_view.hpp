#pragma once

#include "circuit/view.hpp"
#include "model/testing/rng.hpp"

#include <algorithm>

/// Test support: random views of random columns, and what docs/specs/proof.md §5 says they are, entry by entry.
namespace circuit::testing {

using model::testing::Rng;

inline F random_element(Rng& rng)
{
    std::array<K, F::kDegree> coefficients;
    for (auto& c : coefficients)
        c = K::of(rng.between(0, int64_t{K::kModulus} - 1));
    return F(coefficients);
}

/// A circuit of one column, a view of it, and its variables at a random point.
struct Scene
{
    Circuit circuit;
    View view;
    std::vector<Variable> variables;
    std::vector<At> at;
    std::vector<uint8_t> axis_bits; ///< of the column; 0 for absent axes
};

/// Draws every kind of axis: plain, widened, strided, offset, divided, windowed, shared by two variables, absent,
/// unbound.
class RandomScene
{
public:
    explicit RandomScene(uint64_t seed) : rng_(seed) {}

    Scene build()
    {
        scene_.circuit.columns.push_back({.store = Store::weights, .bits = {}});
        const auto count = rng_.between(1, 4);
        for (int64_t v = 0; v != count; ++v)
            scene_.variables.push_back(Variable::of(uint32_t(rng_.between(1, 5))));
        for (uint32_t v = 0; v != scene_.variables.size(); ++v)
            free_.push_back(v);
        for (auto axes = rng_.between(1, 3); axes != 0; --axes)
            rng_.one_in(3) && !free_.empty() ? add_plain() : add_restricted();
        if (rng_.one_in(2))
            add_absent();
        if (scene_.circuit.columns[0].bits.empty())
            add_restricted();
        add_scalings();
        auto& column = scene_.circuit.columns[0];
        column.offset = uint64_t(rng_.between(0, 3)) * column.size();
        scene_.circuit.rows[size_t(Store::weights)] = 4 * column.size();
        for (const auto& variable : scene_.variables)
            scene_.at.push_back(random_at(variable));
        return std::move(scene_);
    }

private:
    uint32_t take_variable()
    {
        const auto i = size_t(rng_.between(0, int64_t(free_.size()) - 1));
        const auto variable = free_[i];
        free_.erase(free_.begin() + ptrdiff_t(i));
        return variable;
    }

    void push(Axis axis, uint8_t bits)
    {
        scene_.view.axes.push_back(std::move(axis));
        scene_.axis_bits.push_back(bits);
        if (!scene_.view.axes.back().absent)
            scene_.circuit.columns[0].bits.push_back(bits);
    }

    void add_plain()
    {
        const auto variable = take_variable();
        const bool first = scene_.circuit.columns[0].bits.empty();
        const auto wider = first && rng_.one_in(2) ? rng_.between(1, 3) : 0;
        push(Axis::identity(variable), uint8_t(scene_.variables[variable].bits + wider));
    }

    void add_restricted()
    {
        Axis axis{.extent = uint32_t(rng_.between(1, 6)), .offset = rng_.between(-3, 3), .bound = {}};
        axis.window = uint32_t(rng_.one_in(2) ? 1 : rng_.between(2, 3));
        for (auto bindings = rng_.between(0, 2); bindings != 0 && !free_.empty(); --bindings)
            axis.bound.push_back({.variable = take_variable(),
                                  .stride = uint32_t(rng_.between(1, 3)),
                                  .div = uint32_t(rng_.one_in(3) ? 2 : 1)});
        const auto bits = Variable::of(axis.extent).bits;
        push(std::move(axis), uint8_t(bits + (rng_.one_in(4) ? 1 : 0)));
    }

    void add_absent()
    {
        Axis axis{.extent = 1, .offset = rng_.between(-1, 1), .bound = {}};
        axis.window = uint32_t(rng_.between(1, 2));
        axis.absent = true;
        if (!free_.empty() && rng_.one_in(2))
            axis.bound.push_back({.variable = take_variable(), .stride = 1, .div = 1});
        push(std::move(axis), 0);
    }

    void add_scalings()
    {
        for (uint32_t v = 0; v != scene_.variables.size(); ++v)
            if (rng_.one_in(3))
            {
                Scaling scaling{v, {}};
                for (size_t o = 0; o != size_t{1} << scene_.variables[v].bits; ++o)
                    scaling.by.push_back(K::of(rng_.between(-5, 5)));
                scene_.view.scalings.push_back(std::move(scaling));
            }
    }

    At random_at(const Variable& variable)
    {
        At at;
        for (uint8_t b = 0; b != variable.bits; ++b)
            at.point.push_back(random_element(rng_));
        if (rng_.one_in(4)) // as the diagonal of a product gives
            for (size_t o = 0; o != size_t{1} << variable.bits; ++o)
                at.extra.push_back(random_element(rng_));
        return at;
    }

    Rng rng_;
    Scene scene_;
    std::vector<uint32_t> free_; ///< variables that no axis binds yet
};

/// eq(point, o)·extra[o]·scale[o], bit by bit.
inline F value_at(const View& view, uint32_t variable, const At& at, size_t o)
{
    F value = F::one();
    for (size_t i = 0; i != at.point.size(); ++i)
        value *= (o >> (at.point.size() - 1 - i) & 1) != 0 ? at.point[i] : F::one() - at.point[i];
    if (!at.extra.empty())
        value *= at.extra[o];
    for (const auto& scaling : view.scalings)
        if (scaling.variable == variable)
            value *= scaling.by[o];
    return value;
}

/// The weights of one column by definition: all assignments of all variables, all taps of all windows.
class Definition
{
public:
    Definition(const Scene& scene, bool broadcast) : scene_(scene), broadcast_(broadcast)
    {
        entries_.assign(scene.circuit.columns[0].size(), F::zero());
        bound_.assign(scene.variables.size(), false);
        in_plain_.assign(scene.variables.size(), false);
        for (const auto& axis : scene.view.axes)
            for (const auto& binding : axis.bound)
            {
                bound_[binding.variable] = true;
                in_plain_[binding.variable] = axis.plain;
            }
    }

    std::vector<F> run()
    {
        std::vector<uint32_t> assignment;
        assign(assignment, F::one());
        return std::move(entries_);
    }

private:
    void assign(std::vector<uint32_t>& assignment, F factor)
    {
        const auto v = uint32_t(assignment.size());
        if (v == scene_.variables.size())
            return taps(assignment, factor, 0, 0);
        const bool counts = bound_[v] || broadcast_;
        const auto& variable = scene_.variables[v];
        const size_t values = !counts ? 1 : in_plain_[v] ? size_t{1} << variable.bits : variable.extent;
        for (size_t o = 0; o != values; ++o)
        {
            assignment.push_back(uint32_t(o));
            assign(assignment, counts ? factor * value_at(scene_.view, v, scene_.at[v], o) : factor);
            assignment.pop_back();
        }
    }

    void taps(const std::vector<uint32_t>& assignment, F factor, size_t axis_number, size_t entry)
    {
        if (axis_number == scene_.view.axes.size())
        {
            entries_[entry] += factor;
            return;
        }
        const auto& axis = scene_.view.axes[axis_number];
        int64_t index = axis.plain ? 0 : axis.offset;
        for (const auto& binding : axis.bound)
            index += axis.plain ? assignment[binding.variable]
                                : int64_t{binding.stride} * (assignment[binding.variable] / binding.div);
        for (uint32_t tap = 0; tap != (axis.plain ? 1 : axis.window); ++tap, ++index)
            if (axis.plain || (index >= 0 && index < int64_t{axis.extent}))
                taps(assignment, factor, axis_number + 1, (entry << scene_.axis_bits[axis_number]) + size_t(index));
    }

    const Scene& scene_;
    bool broadcast_;
    std::vector<F> entries_;
    std::vector<bool> bound_, in_plain_;
};

} // namespace circuit::testing
