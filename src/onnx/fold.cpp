#include "onnx/fold.hpp"

#include "onnx/fold_call.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace onnx {
namespace {

using namespace detail;

using Function = std::function<double(double, double)>;

Folded elementwise(const Call& call, const Function& function, bool is_predicate)
{
    Array result = call.first();
    for (size_t n = 1; n < call.inputs.size(); ++n)
    {
        if (!call.input(n))
            return refuse("an input is missing");
        const auto& other = *call.input(n);
        const auto dims = broadcast(result.dims, other.dims);
        if (!dims || !count(*dims, kFoldedMax) || result.kind == Kind::text || other.kind == Kind::text)
            return refuse("the shapes do not broadcast, or to more than 2^26 elements");
        const auto left = broadcast_indices(result.dims, *dims), right = broadcast_indices(other.dims, *dims);
        Array next = is_predicate ? Array::of_integers(*dims, {}) : like(result, *dims);
        for (size_t i = 0; i != left.size(); ++i)
            push_number(next, function(result.at(left[i]), other.at(right[i])));
        result = std::move(next);
    }
    return one(std::move(result));
}

double divide(double x, double y, bool is_integer)
{
    if (!is_integer)
        return x / y;
    return y == 0 ? 0 : std::trunc(x / y); // a damaged file may divide a shape by 0
}

Folded arithmetic(const Call& call)
{
    const bool is_integer = call.first().kind == Kind::integer;
    static const std::map<std::string_view, Function> table{
        {"Add", std::plus{}},
        {"Sum", std::plus{}},
        {"Sub", std::minus{}},
        {"Mul", std::multiplies{}},
        {"Max", [](double x, double y) { return std::max(x, y); }},
        {"Min", [](double x, double y) { return std::min(x, y); }},
        {"Pow", [](double x, double y) { return std::pow(x, y); }},
        {"Mod", [](double x, double y) { return y == 0 ? 0 : x - y * std::floor(x / y); }},
    };
    if (call.op.type == "Div")
        return elementwise(call, [&](double x, double y) { return divide(x, y, is_integer); }, false);
    return elementwise(call, table.find(call.op.type)->second, false);
}

Folded predicate(const Call& call)
{
    static const std::map<std::string_view, Function> table{
        {"Equal", std::equal_to{}},
        {"Less", std::less{}},
        {"Greater", std::greater{}},
        {"LessOrEqual", std::less_equal{}},
        {"GreaterOrEqual", std::greater_equal{}},
        {"And", std::logical_and{}},
        {"Or", std::logical_or{}},
    };
    return elementwise(call, table.find(call.op.type)->second, true);
}

Folded logical_not(const Call& call)
{
    Array result = Array::of_integers(call.first().dims, {});
    for (size_t i = 0; i != call.first().size(); ++i)
        result.integers.push_back(call.first().at(i) == 0 ? 1 : 0);
    return one(std::move(result));
}

Folded cast(const Call& call)
{
    const auto to = call.op.integer("to", 1);
    const bool is_real = to == 1 || to == 10 || to == 11 || to == 16; // float, half, double, bfloat16
    if (to == 8 || call.first().kind == Kind::text)
        return refuse("texts are not cast");
    Array result = is_real ? Array::of_reals(call.first().dims, {}) : Array::of_integers(call.first().dims, {});
    for (size_t i = 0; i != call.first().size(); ++i)
        push_number(result, to == 9 ? double(call.first().at(i) != 0) : call.first().at(i));
    return one(std::move(result));
}

/// To the kind of the second input; which width, folding does not tell apart.
Folded cast_like(const Call& call)
{
    const auto* like = call.input(1);
    if (!like || like->kind == Kind::text || call.first().kind == Kind::text)
        return refuse("texts are not cast");
    if (like->kind == call.first().kind)
        return one(call.first());
    Array result = onnx::like(*like, call.first().dims);
    for (size_t i = 0; i != call.first().size(); ++i)
        push_number(result, call.first().at(i));
    return one(std::move(result));
}

Folded range(const Call& call)
{
    if (call.inputs.size() != 3 || !call.input(1) || !call.input(2))
        return refuse("needs start, limit and delta");
    for (const auto* bound : call.inputs)
        if (bound->size() != 1)
            return refuse("start, limit and delta must be scalars");
    const auto start = call.first().at(0), limit = call.input(1)->at(0), delta = call.input(2)->at(0);
    const auto steps = std::ceil((limit - start) / delta);
    if (!(steps <= double(kFoldedMax)))
        return refuse("the range is too long");
    const auto size = std::max(0.0, steps);
    Array result = like(call.first(), {int64_t(size)});
    for (int64_t i = 0; i < int64_t(size); ++i)
        push_number(result, start + double(i) * delta);
    return one(std::move(result));
}

Folded reduce(const Call& call)
{
    const auto& data = call.first();
    auto axes = axes_of(call.op, call.input(1), data.dims.size());
    if (!axes)
        return refuse(axes.error());
    if (axes->empty() && call.op.integer("noop_with_empty_axes", 0) == 0)
        for (size_t i = 0; i != data.dims.size(); ++i)
            axes->push_back(i);
    Dims dims = data.dims;
    for (const auto axis : *axes)
        dims[axis] = 1;
    const auto type = std::string_view(call.op.type).substr(6);
    const auto size = count(dims);
    if (!size || *size == 0 || data.size() == 0)
        return refuse("empty input");
    std::vector<std::optional<double>> sums(static_cast<size_t>(*size));
    const auto index = broadcast_indices(dims, data.dims);
    for (size_t i = 0; i != data.size(); ++i)
    {
        auto& sum = sums[index[i]];
        const auto x = data.at(i);
        if (!sum)
            sum = x;
        else
            sum = type == "Prod"  ? *sum * x
                  : type == "Max" ? std::max(*sum, x)
                  : type == "Min" ? std::min(*sum, x)
                                  : *sum + x;
    }
    Array result = like(data, call.op.integer("keepdims", 1) != 0 ? dims : squeezed(data.dims, *axes));
    if (axes->empty())
        result.dims = data.dims;
    for (const auto& sum : sums)
        push_number(result, type == "Mean" ? *sum * double(*size) / double(data.size()) : *sum);
    return one(std::move(result));
}

const std::map<std::string_view, Folder>& number_folders()
{
    static const std::map<std::string_view, Folder> table{
        {"Not", logical_not},       {"Cast", cast},
        {"CastLike", cast_like},    {"Range", range},
        {"Add", arithmetic},        {"Sub", arithmetic},
        {"Mul", arithmetic},        {"Div", arithmetic},
        {"Max", arithmetic},        {"Min", arithmetic},
        {"Pow", arithmetic},        {"Mod", arithmetic},
        {"Sum", arithmetic},        {"Equal", predicate},
        {"Less", predicate},        {"Greater", predicate},
        {"LessOrEqual", predicate}, {"GreaterOrEqual", predicate},
        {"And", predicate},         {"Or", predicate},
        {"ReduceSum", reduce},      {"ReduceProd", reduce},
        {"ReduceMax", reduce},      {"ReduceMin", reduce},
        {"ReduceMean", reduce},
    };
    return table;
}

} // namespace

std::expected<std::vector<Array>, std::string> fold(const Operator& op, Constants inputs)
{
    if (op.type == "Constant")
    {
        if (const auto* value = op.array("value"))
            return one(*value);
        if (op.has("value_float"))
            return one(Array::scalar(op.real("value_float", 0)));
        if (op.has("value_int"))
            return one(Array::of_integers({}, {op.integer("value_int", 0)}));
        if (op.has("value_ints"))
            return one(Array::of_integers({int64_t(op.integers("value_ints").size())}, op.integers("value_ints")));
        if (const auto values = op.reals("value_floats"); !values.empty())
            return one(Array::of_reals({int64_t(values.size())}, {values.begin(), values.end()}));
        return refuse("a constant without a dense value");
    }
    if (inputs.empty() || !inputs[0])
        return refuse("no input");
    const auto find = [&](const std::map<std::string_view, Folder>& table) -> Folder {
        const auto found = op.domain.empty() ? table.find(op.type) : table.end();
        return found == table.end() ? nullptr : found->second;
    };
    if (const auto folder = find(layout_folders()))
        return folder({op, inputs});
    const auto function = scalar_of(op, inputs);
    if (function && function->is_identity() && !find(number_folders()))
        return one(*inputs[0]);
    if (std::ranges::any_of(inputs, [](const Array* array) { return array && array->kind == Kind::text; }))
        return refuse("texts are not computed with");
    if (const auto folder = find(number_folders()))
        return folder({op, inputs});
    if (!function)
        return refuse("this operator is not evaluated on constants");
    Array result = like(*inputs[0], inputs[0]->dims);
    for (size_t i = 0; i != inputs[0]->size(); ++i)
        push_number(result, (*function)(inputs[0]->at(i)));
    return one(std::move(result));
}

} // namespace onnx
