#include "prover/values.hpp"

#include "base/invariant.hpp"
#include "base/parallel.hpp"
#include "field/kernels.hpp"

#include <algorithm>
#include <mutex>

namespace prover {
namespace {

using base::invariant;
using circuit::Axis;
using circuit::Circuit;
using circuit::Variable;
using circuit::View;

bool is_whole(const Circuit& circuit, const View& view, const std::vector<Variable>& variables)
{
    if (view.axes.size() != variables.size() || !view.scalings.empty())
        return false;
    for (uint32_t d = 0; d != view.axes.size(); ++d)
        if (!view.axes[d].plain || view.axes[d].bound.front().variable != d ||
            (d != 0 && circuit.columns[view.column].bits[d] != variables[d].bits))
            return false;
    return true;
}

/// A view as a sum of one table lookup a variable: entry = base + Σ step[v][value of v]. Enough for the forms of
/// lookups, whose axes bind one variable each.
class Gather
{
public:
    Gather(const Circuit& circuit, const Values& values, const View& view, const std::vector<Variable>& variables)
        : column_(values.column(circuit, view.column)), variables_(variables)
    {
        invariant(view.scalings.empty());
        for (const auto& variable : variables)
        {
            steps_.emplace_back(size_t{1} << variable.bits, 0);
            std::fill(steps_.back().begin() + variable.extent, steps_.back().end(),
                      kOutside); // unless a plain axis says more
        }
        const auto bits = view.axis_bits(circuit.columns[view.column]);
        size_t stride = 1;
        for (size_t d = bits.size(); d-- != 0; stride <<= bits[d])
            bind(view.axes[d], int64_t(stride));
    }

    /// sum[position] += coefficient·entry, for positions [begin, end).
    void add(K coefficient, size_t begin, size_t end, std::span<K> sum) const
    {
        const auto& last = steps_.back();
        for (size_t position = begin; position < end;)
        {
            const auto first = position & (last.size() - 1);
            const auto count = std::min(last.size() - first, end - position);
            int64_t entry = base_;
            bool inside = true;
            size_t rest = position >> variables_.back().bits;
            for (size_t v = variables_.size() - 1; v-- != 0; rest >>= variables_[v].bits)
            {
                const auto step = steps_[v][rest & (steps_[v].size() - 1)];
                inside &= step != kOutside;
                entry += step;
            }
            for (size_t i = 0; inside && i != count; ++i)
                if (last[first + i] != kOutside)
                    sum[position + i] += coefficient * column_[size_t(entry + last[first + i])];
            position += count;
        }
    }

private:
    static constexpr int64_t kOutside = INT64_MIN / 16; ///< one a variable may be added up

    std::span<const K> column_;
    const std::vector<Variable>& variables_;
    std::vector<std::vector<int64_t>> steps_;
    int64_t base_ = 0;

    void bind(const Axis& axis, int64_t stride)
    {
        invariant(axis.window == 1 && axis.bound.size() <= 1);
        if (axis.bound.empty())
        {
            invariant(0 <= axis.offset && axis.offset < int64_t{axis.extent});
            base_ += stride * axis.offset;
            return;
        }
        const auto& binding = axis.bound.front();
        auto& step = steps_[binding.variable];
        for (size_t o = 0; o != step.size(); ++o)
        {
            const auto index = axis.offset + int64_t{binding.stride} * int64_t(o / binding.div);
            if (axis.plain || (o < variables_[binding.variable].extent && 0 <= index && index < int64_t{axis.extent}))
                step[o] = stride * index;
            else
                step[o] = kOutside;
        }
    }
};

/// Calls body(position, assignment) for positions [begin, end).
template <class Body>
void for_each_position(const std::vector<Variable>& variables, size_t begin, size_t end, Body&& body)
{
    std::vector<uint32_t> assignment(variables.size());
    for (size_t position = begin; position != end; ++position)
    {
        size_t rest = position;
        for (size_t v = variables.size(); v-- != 0; rest >>= variables[v].bits)
            assignment[v] = uint32_t(rest & ((size_t{1} << variables[v].bits) - 1));
        body(position, std::span<const uint32_t>(assignment));
    }
}

constexpr size_t kGrain = 1024;

void add_view(const Circuit& circuit, const Values& values, const circuit::LinearTerm& term,
              const std::vector<Variable>& variables, std::vector<K>& sum)
{
    if (is_whole(circuit, term.view, variables))
    {
        const auto column = values.column(circuit, term.view.column);
        const bool once = term.coefficient == K::one();
        for (size_t i = 0; i != sum.size(); ++i)
            sum[i] += once ? column[i] : term.coefficient * column[i];
        return;
    }
    const Gather gather(circuit, values, term.view, variables);
    base::parallel(sum.size(), kGrain,
                   [&](size_t begin, size_t end) { gather.add(term.coefficient, begin, end, sum); });
}

/// One step of a contraction: source index j goes to free index `to`, with a weight.
struct Route
{
    uint32_t from, to;
    F weight;
};

/// All routes of an axis, and the number of free bits that it leaves.
struct Routes
{
    std::vector<Route> routes;
    size_t free_bits = 0;
};

Routes routes_of(const Axis& axis, const std::vector<Variable>& variables, size_t outputs,
                 std::span<const std::vector<F>> weights)
{
    Routes result;
    struct Partial
    {
        int64_t index;
        uint32_t free;
        F weight;
    };
    std::vector<Partial> partial{{axis.offset, 0, F::one()}};
    for (const auto& binding : axis.bound)
    {
        const bool output = binding.variable < outputs;
        const auto& variable = variables[binding.variable];
        const uint32_t count = axis.plain ? uint32_t{1} << variable.bits : variable.extent;
        std::vector<Partial> next;
        for (const auto& p : partial)
            for (uint32_t o = 0; o != count; ++o)
                next.push_back({p.index + int64_t{binding.stride} * (o / binding.div),
                                output ? p.free : (p.free << variable.bits | o),
                                output ? p.weight * weights[binding.variable][o] : p.weight});
        partial = std::move(next);
        if (!output)
            result.free_bits += variable.bits;
    }
    for (const auto& p : partial)
        for (int64_t index = p.index; index != p.index + int64_t{axis.window}; ++index)
            if (index >= 0 && (axis.plain || index < int64_t{axis.extent}))
                result.routes.push_back({uint32_t(index), p.free, p.weight});
    return result;
}

/// out[p][to][r] += weight·in[p][from][r].
template <class V>
std::vector<F> apply(std::span<const V> in, size_t before, size_t width, size_t after, const Routes& routes)
{
    const auto free = size_t{1} << routes.free_bits;
    std::vector<F> out(before * free * after, F::zero());
    base::parallel(before, std::max<size_t>(1, kGrain * 4 / (width * after)), [&](size_t begin, size_t end) {
        for (size_t p = begin; p != end; ++p)
            for (const auto& route : routes.routes)
            {
                const V* source = in.data() + (p * width + route.from) * after;
                F* target = out.data() + (p * free + route.to) * after;
                for (size_t r = 0; r != after; ++r)
                    target[r] += route.weight * source[r];
            }
    });
    return out;
}

/// A leading plain output variable over contiguous rows of base elements: the pass over a weight matrix.
std::vector<F> weigh(std::span<const K> matrix, size_t rows, size_t width, std::span<const F> weights)
{
    std::vector<F> total(width, F::zero());
    std::mutex mutex;
    constexpr size_t kCells = size_t{1} << 15;
    base::parallel(rows, std::max<size_t>(1, kCells / width), [&](size_t begin, size_t end) {
        std::vector<F> part(width, F::zero());
        field::weigh_rows<F, K>(weights.subspan(begin, end - begin),
                                matrix.subspan(begin * width, (end - begin) * width), std::span<F>(part));
        const std::lock_guard lock(mutex);
        for (size_t j = 0; j != width; ++j)
            total[j] += part[j];
    });
    return total;
}

} // namespace

std::vector<K> evaluate(const std::vector<circuit::Constant>& constants, const std::vector<Variable>& variables)
{
    std::vector<K> sum(size_t{1} << circuit::bits_of(variables), K::zero());
    for (const auto& constant : constants)
    {
        if (constant.by.empty())
        {
            for (auto& value : sum)
                value = value + constant.value;
            continue;
        }
        for_each_position(variables, 0, sum.size(), [&](size_t position, std::span<const uint32_t> assignment) {
            K product = constant.value;
            for (size_t v = 0; v != constant.by.size(); ++v)
                if (!constant.by[v].empty())
                    product = product * constant.by[v][assignment[v]];
            sum[position] = sum[position] + product;
        });
    }
    return sum;
}

std::vector<K> evaluate(const Circuit& circuit, const Values& values, const circuit::Form& form,
                        const std::vector<Variable>& variables)
{
    auto sum = evaluate(form.constants, variables);
    for (const auto& term : form.terms)
        add_view(circuit, values, term, variables, sum);
    return sum;
}

std::vector<F> contract(const Circuit& circuit, const Values& values, const View& view,
                        const std::vector<Variable>& outputs, const std::vector<Variable>& sums,
                        std::span<const std::vector<F>> weights)
{
    auto variables = outputs;
    variables.insert(variables.end(), sums.begin(), sums.end());
    const auto bits = view.axis_bits(circuit.columns[view.column]);
    const auto column = values.column(circuit, view.column);
    invariant(view.scalings.empty());

    std::vector<F> current; // empty while still the column itself
    size_t before = column.size(), after = 1;
    for (size_t d = bits.size(); d-- != 0;)
    {
        const auto& axis = view.axes[d];
        const auto width = size_t{1} << bits[d];
        before /= width;
        const auto variable = axis.bound.empty() ? 0 : axis.bound.front().variable;
        if (axis.plain && variable >= outputs.size() && variables[variable].bits == bits[d])
        {
            after *= width; // a free variable as it stands
            continue;
        }
        if (axis.plain && variable < outputs.size() && current.empty() && before == 1 && after % 16 == 0)
            current = weigh(column.first(weights[variable].size() * after), weights[variable].size(), after,
                            weights[variable]);
        else
        {
            const auto routes = routes_of(axis, variables, outputs.size(), weights);
            current = current.empty() ? apply<K>(column, before, width, after, routes)
                                      : apply<F>(current, before, width, after, routes);
            after <<= routes.free_bits;
            continue;
        }
    }
    if (current.empty())
        current.assign(column.begin(), column.end());
    invariant(current.size() == size_t{1} << circuit::bits_of(sums));
    return current;
}

} // namespace prover
