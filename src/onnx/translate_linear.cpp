// Matrix products, convolutions and per-channel maps with constant weights.
#include "model/bounds.hpp"
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <cmath>

namespace onnx::detail {
namespace {

using Computed = std::expected<Activation, std::string>;

std::vector<double> doubles(const Array& array)
{
    std::vector<double> values;
    for (size_t i = 0; i != array.size(); ++i)
        values.push_back(array.at(i));
    return values;
}

/// Rows and columns exchanged.
std::vector<float> transposed(const std::vector<float>& matrix, size_t rows, size_t cols)
{
    std::vector<float> result(matrix.size());
    for (size_t r = 0; r != rows; ++r)
        for (size_t c = 0; c != cols; ++c)
            result[c * rows + r] = matrix[r * cols + c];
    return result;
}

/// A 2-D weight as (N, K): `is_transposed` if it already lies so.
std::expected<std::vector<float>, std::string> matrix(Context& context, const Operator& op, const Array& weight,
                                                      bool is_transposed)
{
    if (weight.kind != Kind::real || weight.dims.size() != 2 || weight.size() == 0)
        return refuse("the weight must be a float matrix");
    if (const auto finite = require_finite(context, op, weight); !finite)
        return refuse(finite.error());
    return is_transposed ? weight.reals : transposed(weight.reals, size_t(weight.dims[0]), size_t(weight.dims[1]));
}

Done finish(Context& context, const Operator& op, const Computed& result)
{
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

Done gemm(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto* weight = context.constant(op, 1);
    if (!x || !weight)
        return refuse("it multiplies two activations, or its weight is not constant");
    if (x->dims.size() != 2)
        return refuse("its activation must be a matrix");
    auto turned = op.integer("transA", 0) != 0 ? permute(context, op.name, *x, {1, 0}) : Computed{*x};
    if (!turned)
        return refuse(turned.error());
    const bool is_transposed = op.integer("transB", 0) != 0;
    auto values = matrix(context, op, *weight, is_transposed);
    if (!values)
        return refuse(values.error());
    for (auto& w : *values)
        w *= float(op.real("alpha", 1));
    const auto rows = weight->dims[is_transposed ? 0 : 1];

    const auto* c = context.constant(op, 2);
    if (context.input(op, 2) && !c)
        return refuse("its third input is an activation");
    if (c && c->kind != Kind::real)
        return refuse("its third input is not float");
    Array addend = c ? *c : Array{};
    for (auto& b : addend.reals)
        b *= float(op.real("beta", 1));
    const bool is_bias = c && addend.dims.size() <= 1 && (addend.size() == 1 || int64_t(addend.size()) == rows);
    auto result =
        dense(context, op, *turned, rows, std::move(*values), is_bias ? doubles(addend) : std::vector<double>{});
    if (result && c && !is_bias)
        result = add_constant(context, op, *result, addend, 1);
    return finish(context, op, result);
}

/// weight · x for a constant on the left: (xᵀ · weightᵀ)ᵀ over the last two dimensions.
Computed left_product(Context& context, const Operator& op, const Array& weight, Activation& x)
{
    const auto rank = x.dims.size();
    if (rank < 2 || (rank == 2 && context.has_batch(x.dims)))
        return refuse("a constant on the left needs a matrix for each record");
    auto values = matrix(context, op, weight, true);
    if (!values)
        return refuse(values.error());
    std::vector<size_t> swap(rank);
    for (size_t i = 0; i != rank; ++i)
        swap[i] = i < rank - 2 ? i : 2 * rank - 3 - i;
    auto turned = permute(context, op.name, x, swap);
    if (!turned)
        return turned;
    auto product = dense(context, op, *turned, weight.dims[0], std::move(*values), {});
    if (!product)
        return product;
    return permute(context, op.name, *product, swap);
}

/// A weight for each leading position: one product each, joined again.
Computed stacked_product(Context& context, const Operator& op, Activation& x, const Array& weight)
{
    constexpr int64_t kProductsMax = 64;
    const auto rank = x.dims.size();
    const auto taps = weight.dims[weight.dims.size() - 2], rows = weight.dims.back();
    const auto products = count(weight.dims).value_or(0) / std::max(int64_t{1}, taps * rows);
    auto leading = weight.dims;
    leading.insert(leading.begin(), rank > leading.size() ? rank - leading.size() : 0, 1);
    if (leading.size() != rank || !std::equal(x.dims.begin(), x.dims.end() - 2, leading.begin()) ||
        (context.has_batch(x.dims) && context.batch() != 1) || products > kProductsMax || products < 1)
        return refuse("it multiplies with a different matrix for each record, or with more than 64");
    const auto tokens = x.dims[rank - 2];
    auto flat = context.reshape(x, op.name, {products, tokens, x.dims.back()});
    if (!flat)
        return flat;
    std::vector<Activation> parts;
    for (int64_t p = 0; p != products; ++p)
    {
        auto part = slice(context, op.name, *flat, {{p, 0, 0}, {1, 1, 1}, {1, tokens, x.dims.back()}});
        const auto begin = weight.reals.begin() + std::ptrdiff_t(p * taps * rows);
        const Array own = Array::of_reals({taps, rows}, {begin, begin + std::ptrdiff_t(taps * rows)});
        auto values = matrix(context, op, own, false);
        if (!part || !values)
            return refuse(part ? values.error() : part.error());
        auto product = dense(context, op, *part, rows, std::move(*values), {});
        if (!product)
            return product;
        parts.push_back(*product);
    }
    auto joined = join(context, op.name, std::move(parts), 0);
    if (!joined)
        return joined;
    auto dims = x.dims;
    dims.back() = rows;
    return context.reshape(*joined, op.name, dims);
}

Done matmul(Context& context, const Operator& op)
{
    auto *x = context.activation(op, 0), *y = context.activation(op, 1);
    const auto *a = context.constant(op, 0), *b = context.constant(op, 1);
    if (a && y)
        return finish(context, op, left_product(context, op, *a, *y));
    if (!x || !b)
        return refuse("it multiplies two activations");
    Array weight = *b;
    if (weight.dims.size() > x->dims.size())
        return refuse("its weight has more dimensions than its activation");
    while (weight.dims.size() > 2 && weight.dims[0] == 1)
        weight.dims.erase(weight.dims.begin());
    if (x->dims.size() < 2)
        return refuse("its activation must have at least 2 dimensions");
    if (weight.dims.size() > 2 && weight.kind == Kind::real)
        return finish(context, op, stacked_product(context, op, *x, weight));
    auto values = matrix(context, op, weight, false);
    if (!values)
        return refuse(values.error());
    return finish(context, op, dense(context, op, *x, weight.dims[1], std::move(*values), {}));
}

/// Kernel geometry of convolutions, as height and width; 1-D becomes height 1.
struct Geometry
{
    std::array<int64_t, 2> stride{1, 1}, pad{0, 0}, pad_end{0, 0}, dilation{1, 1};
};

std::expected<Geometry, std::string> geometry_of(const Operator& op, const Dims& spatial, std::array<int64_t, 2> kernel)
{
    Geometry g;
    const auto rank = spatial.size();
    const auto read = [&](std::string_view key, std::array<int64_t, 2>& to, size_t from, size_t total) {
        const auto values = op.integers(key);
        if (values.empty())
            return true;
        if (values.size() != total)
            return false;
        for (size_t i = 0; i != rank; ++i)
            to[2 - rank + i] = values[from + i];
        return true;
    };
    if (!read("strides", g.stride, 0, rank) || !read("dilations", g.dilation, 0, rank) ||
        !read("pads", g.pad, 0, 2 * rank) || !read("pads", g.pad_end, rank, 2 * rank))
        return refuse("strides, dilations or pads have the wrong length");
    const auto mode = auto_pad_of(op);
    if (!mode)
        return refuse(mode.error());
    if (*mode == AutoPad::valid)
        g.pad = g.pad_end = {0, 0};
    for (size_t i = 0; i != 2; ++i)
    {
        constexpr int64_t kMax = model::kWindowMax;
        if (g.stride[i] < 1 || g.dilation[i] < 1 || g.pad[i] < 0 || g.pad_end[i] < 0 || g.stride[i] > kMax ||
            g.dilation[i] > kMax || g.pad[i] > kMax || g.pad_end[i] > kMax || kernel[i] < 1 || kernel[i] > kMax)
            return refuse("stride, dilation or kernel outside 1 to 4096, or a negative pad");
        if ((*mode != AutoPad::same_upper && *mode != AutoPad::same_lower) || i < 2 - rank)
            continue;
        const auto size = spatial[i - (2 - rank)];
        const auto out = (size + g.stride[i] - 1) / g.stride[i];
        const auto total = std::max(int64_t{0}, (out - 1) * g.stride[i] + (kernel[i] - 1) * g.dilation[i] + 1 - size);
        g.pad[i] = *mode == AutoPad::same_lower ? (total + 1) / 2 : total / 2;
        g.pad_end[i] = total - g.pad[i];
    }
    return g;
}

Done conv(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto* weight = context.constant(op, 1);
    if (!x || !weight || weight->kind != Kind::real || weight->size() == 0)
        return refuse("its weight is not constant");
    const auto rank = weight->dims.size();
    if ((rank != 3 && rank != 4) || x->dims.size() != rank || !context.has_batch(x->dims))
        return refuse("only 1-D and 2-D convolutions of a batch are supported");
    for (const auto* array : {weight, context.constant(op, 2)})
        if (array)
            if (const auto finite = require_finite(context, op, *array); !finite)
                return finite;

    const bool is_flat = rank == 3;
    const std::array<int64_t, 2> kernel{is_flat ? 1 : weight->dims[2], weight->dims[rank - 1]};
    const Dims spatial(x->dims.begin() + 2, x->dims.end());
    const auto g = geometry_of(op, spatial, kernel);
    if (!g)
        return refuse(g.error());
    const auto groups = op.integer("group", 1);
    if (groups < 1 || groups > x->dims[1] || weight->dims[1] * groups != x->dims[1] || weight->dims[0] % groups != 0)
        return refuse("its weight does not fit the input's channels");

    Dims dims{x->dims[0], weight->dims[0]};
    for (size_t i = is_flat ? 1 : 0; i != 2; ++i)
    {
        const auto size = spatial[is_flat ? 0 : i];
        const auto reach = size + g->pad[i] + g->pad_end[i] - (kernel[i] - 1) * g->dilation[i] - 1;
        if (reach < 0)
            return refuse("its kernel is larger than the padded input");
        dims.push_back(reach / g->stride[i] + 1);
    }
    FloatLinear node;
    node.name = op.name;
    const auto u = [](int64_t v) { return uint32_t(v); };
    node.terms.push_back(
        model::Conv{.input = context.materialise(*x, op.name),
                    .weight = context.new_weight(
                        op.name, {u(weight->dims[0]), u(weight->dims[1]), u(kernel[0]), u(kernel[1])}, weight->reals),
                    .stride = {u(g->stride[0]), u(g->stride[1])},
                    .pad = {u(g->pad[0]), u(g->pad[1])},
                    .dilation = {u(g->dilation[0]), u(g->dilation[1])},
                    .groups = u(groups)});
    if (const auto* bias = context.constant(op, 2))
        node.bias = doubles(*bias);
    else if (context.input(op, 2))
        return refuse("its bias is not constant");
    if (!node.bias.empty() && int64_t(node.bias.size()) != weight->dims[0])
        return refuse("its bias does not have one entry a channel");
    return finish(context, op, context.linear(std::move(node), dims));
}

Done batch_normalization(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    std::array<std::vector<double>, 4> p; // scale, bias, mean, variance
    for (size_t i = 0; i != p.size(); ++i)
    {
        const auto* array = context.constant(op, i + 1);
        if (!x || !array)
            return refuse("its parameters are not constant");
        if (const auto finite = require_finite(context, op, *array); !finite)
            return finite;
        p[i] = doubles(*array);
    }
    if (op.integer("training_mode", 0) != 0)
        return refuse("training mode: export the model in evaluation mode (model.eval())");
    const auto axis = x->dims.size() >= 2 ? context.axis_of(x->dims, 1) : std::nullopt;
    const auto channels = axis ? size_t(x->dims[1]) : 0;
    if (!axis || std::ranges::any_of(p, [&](const auto& v) { return v.size() != channels; }))
        return refuse("its parameters do not have one entry a channel");
    const auto epsilon = op.real("epsilon", 1e-5);
    std::vector<double> factor(channels), offset(channels);
    for (size_t c = 0; c != channels; ++c)
    {
        factor[c] = p[0][c] / std::sqrt(p[3][c] + epsilon);
        offset[c] = p[1][c] - p[2][c] * factor[c];
        if (!std::isfinite(factor[c]) || !std::isfinite(offset[c]))
            return require_finite(context, op, Array::scalar(std::nan("")));
    }
    return finish(context, op, scale_channels(context, op, *x, std::move(factor), std::move(offset), *axis));
}

/// (x − offset) · scale by feature, the last dimension.
Done scaler(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x || x->dims.size() != 2)
        return refuse("its input must be a matrix of records and features");
    const auto features = size_t(x->dims[1]);
    auto shift = op.reals("offset"), factor = op.reals("scale");
    for (auto* list : {&shift, &factor})
    {
        if (list->size() == 1)
            list->resize(features, list->front());
        if (list->empty())
            list->resize(features, list == &shift ? 0 : 1);
        if (list->size() != features)
            return refuse("offset and scale need one entry a feature");
    }
    std::vector<double> offset(features);
    for (size_t i = 0; i != features; ++i)
    {
        offset[i] = -shift[i] * factor[i];
        if (!std::isfinite(offset[i]) || !std::isfinite(factor[i]))
            return require_finite(context, op, Array::scalar(std::nan("")));
    }
    const auto axis = context.axis_of(x->dims, 1);
    if (!axis)
        return refuse("its features are the batch");
    return finish(context, op, scale_channels(context, op, *x, std::move(factor), std::move(offset), *axis));
}

Done linear_regressor(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto coefficients = op.reals("coefficients"), intercepts = op.reals("intercepts");
    const auto targets = op.integer("targets", 1);
    if (!x || x->dims.size() != 2 || targets < 1 || int64_t(coefficients.size()) != targets * x->dims[1] ||
        (!intercepts.empty() && int64_t(intercepts.size()) != targets))
        return refuse("its coefficients do not fit the input");
    if (op.text("post_transform", "NONE") != "NONE")
        return refuse("its post_transform is not NONE");
    return finish(context, op, dense(context, op, *x, targets, {coefficients.begin(), coefficients.end()}, intercepts));
}

} // namespace

std::expected<Activation, std::string> dense(Context& context, const Operator& op, Activation& value, int64_t rows,
                                             std::vector<float> weight, std::vector<double> bias)
{
    auto dims = value.dims;
    const auto taps = int64_t(weight.size()) / std::max(int64_t{1}, rows);
    if (dims.back() != taps || rows < 1)
        return refuse("its weight has " + std::to_string(taps) + " rows, its input " + std::to_string(dims.back()) +
                      " features");
    // NaN and infinities that came as attributes rather than as tensors.
    Array check;
    check.reals = std::move(weight);
    for (const auto b : bias)
        check.reals.push_back(float(b));
    if (const auto finite = require_finite(context, op, check); !finite)
        return refuse(finite.error());
    check.reals.resize(size_t(taps * rows));
    weight = std::move(check.reals);

    const auto input = context.materialise(value, op.name);
    const auto& shape = context.graph().tensors[input].shape;
    dims.back() = rows;
    FloatLinear node;
    node.name = op.name;
    // A record that is one row (shape (K), or (1, K) with the row left out) has no tokens.
    const auto tokens = uint32_t(shape.size() - 1);
    if (shape.back() != uint32_t(taps))
        return refuse("its last dimension is the batch");
    node.terms.push_back(
        model::Dense{.input = input,
                     .weight = context.new_weight(op.name, {uint32_t(rows), uint32_t(taps)}, std::move(weight)),
                     .tokens = tokens});
    node.bias = std::move(bias);
    node.channel_axis = tokens;
    return context.linear(std::move(node), dims);
}

const std::map<std::string_view, Handler>& linear_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"Gemm", gemm},
        {"MatMul", matmul},
        {"Conv", conv},
        {"BatchNormalization", batch_normalization},
        {"ai.onnx.ml.Scaler", scaler},
        {"ai.onnx.ml.LinearRegressor", linear_regressor},
    };
    return table;
}

} // namespace onnx::detail
