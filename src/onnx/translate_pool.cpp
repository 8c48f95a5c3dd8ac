// Maxima and averages over windows and axes.
#include "model/bounds.hpp"
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <numeric>

namespace onnx::detail {
namespace {

using Computed = std::expected<Activation, std::string>;
using model::kWindowMax;

/// A window in height and width; 1-D is read as height 1.
struct WindowForm
{
    std::array<uint32_t, 2> kernel{1, 1}, stride{1, 1}, pad{0, 0}, in{1, 1}, out{1, 1};
    Dims dims; ///< of the result
};

struct Direction
{
    int64_t kernel, stride, begin, end, dilation;
};

/// Windows along one direction, as the operator's specification counts them.
std::expected<int64_t, std::string> window_count(Direction& d, int64_t size, AutoPad mode, bool is_ceil)
{
    if (mode == AutoPad::valid)
        d.begin = d.end = 0;
    if (d.kernel < 1 || d.kernel > kWindowMax || d.stride < 1 || d.stride > kWindowMax || d.begin < 0 ||
        d.begin > kWindowMax || d.end < 0 || d.end > kWindowMax)
        return refuse("kernel or stride outside 1 to 4096, or a negative pad");
    if (d.dilation != 1)
        return refuse("its window is dilated; only dilation 1 is supported");
    if (mode == AutoPad::same_upper || mode == AutoPad::same_lower)
    {
        const auto windows = (size + d.stride - 1) / d.stride;
        const auto total = std::max(int64_t{0}, (windows - 1) * d.stride + d.kernel - size);
        d.begin = mode == AutoPad::same_lower ? (total + 1) / 2 : total / 2;
        d.end = total - d.begin;
        return windows;
    }
    const auto reach = size + d.begin + d.end - d.kernel;
    if (reach < 0)
        return refuse("its kernel is larger than the padded input");
    auto windows = (reach + (is_ceil ? d.stride - 1 : 0)) / d.stride + 1;
    // Rounding up adds no window that begins in the padding at the end.
    if (is_ceil && (windows - 1) * d.stride >= size + d.begin)
        --windows;
    return windows;
}

std::expected<WindowForm, std::string> window_form(const Context& context, const Operator& op, const Activation& x,
                                                   std::array<int64_t, 2>& pad_end)
{
    if ((x.dims.size() != 3 && x.dims.size() != 4) || !context.has_batch(x.dims))
        return refuse("only 1-D and 2-D windows of a batch are supported");
    const auto rank = x.dims.size() - 2;
    const auto kernel = op.integers("kernel_shape");
    const auto strides = op.integers("strides", std::vector<int64_t>(rank, 1));
    const auto pads = op.integers("pads", std::vector<int64_t>(2 * rank, 0));
    const auto dilations = op.integers("dilations", std::vector<int64_t>(rank, 1));
    if (kernel.size() != rank || strides.size() != rank || pads.size() != 2 * rank || dilations.size() != rank)
        return refuse("kernel_shape, strides, pads or dilations have the wrong length");
    const auto mode = auto_pad_of(op);
    if (!mode)
        return refuse(mode.error());
    WindowForm form;
    form.dims = {x.dims[0], x.dims[1]};
    pad_end = {0, 0};
    for (size_t i = 0; i != rank; ++i)
    {
        Direction d{kernel[i], strides[i], pads[i], pads[rank + i], dilations[i]};
        const auto size = x.dims[2 + i];
        const auto windows = window_count(d, size, *mode, op.integer("ceil_mode", 0) != 0);
        if (!windows)
            return refuse(windows.error());
        const auto at = 2 - rank + i;
        form.kernel[at] = uint32_t(d.kernel);
        form.stride[at] = uint32_t(d.stride);
        form.pad[at] = uint32_t(d.begin);
        form.in[at] = uint32_t(size);
        form.out[at] = uint32_t(*windows);
        pad_end[at] = d.end;
        form.dims.push_back(*windows);
    }
    return form;
}

Done max_pool(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    if (op.outputs.size() > 1 && !op.outputs[1].empty())
        return refuse("its second output (indices) is not supported");
    std::array<int64_t, 2> pad_end{};
    const auto form = window_form(context, op, *x, pad_end);
    if (!form)
        return refuse(form.error());
    for (size_t i = 0; i != 2; ++i)
        if (form->pad[i] >= form->kernel[i])
            return refuse("a window lies wholly in the padding");
    auto result = context.add(model::MaxPool{.input = context.materialise(*x, op.name),
                                             .kernel = form->kernel,
                                             .stride = form->stride,
                                             .pad = form->pad,
                                             .output = 0},
                              op.name, form->dims);
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

/// 1 / (positions that count) for each window along one direction; the product over both is the average's factor.
std::vector<double> window_factors(const WindowForm& form, size_t i, int64_t pad_end, bool include_pad)
{
    std::vector<double> factors;
    for (uint32_t p = 0; p != form.out[i]; ++p)
    {
        const auto begin = int64_t(p) * form.stride[i] - form.pad[i];
        const auto end = begin + form.kernel[i];
        const auto lo = include_pad ? -int64_t(form.pad[i]) : 0;
        const auto hi = int64_t(form.in[i]) + (include_pad ? pad_end : 0);
        const auto size = std::min(end, hi) - std::max(begin, lo);
        factors.push_back(size > 0 ? 1 / double(size) : 0);
    }
    return factors;
}

Computed average(Context& context, const std::string& name, Activation& x, const WindowForm& form,
                 std::vector<double> row, std::vector<double> col)
{
    FloatLinear node;
    node.name = name;
    node.terms.push_back(FloatWindow{.input = context.materialise(x, name),
                                     .kernel = form.kernel,
                                     .stride = form.stride,
                                     .pad = form.pad,
                                     .row = std::move(row),
                                     .col = std::move(col)});
    return context.linear(std::move(node), form.dims);
}

Done average_pool(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    std::array<int64_t, 2> pad_end{};
    const auto form = window_form(context, op, *x, pad_end);
    if (!form)
        return refuse(form.error());
    const bool include_pad = op.integer("count_include_pad", 0) != 0;
    auto result = average(context, op.name, *x, *form, window_factors(*form, 0, pad_end[0], include_pad),
                          window_factors(*form, 1, pad_end[1], include_pad));
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

/// One window over the whole plane of each channel.
std::expected<WindowForm, std::string> global_form(const Context& context, const Activation& x)
{
    if ((x.dims.size() != 3 && x.dims.size() != 4) || !context.has_batch(x.dims))
        return refuse("only 1-D and 2-D windows of a batch are supported");
    WindowForm form;
    form.dims = {x.dims[0], x.dims[1]};
    for (size_t i = 2; i != x.dims.size(); ++i)
    {
        const auto at = 4 - x.dims.size() + i - 2;
        if (x.dims[i] > kWindowMax)
            return refuse("its plane is wider than 4096");
        form.kernel[at] = form.in[at] = uint32_t(x.dims[i]);
        form.dims.push_back(1);
    }
    return form;
}

Done global_pool(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    const auto form = x ? global_form(context, *x) : refuse("its input is no activation");
    if (!form)
        return refuse(form.error());
    auto result = op.type == "GlobalMaxPool" ? context.add(model::MaxPool{.input = context.materialise(*x, op.name),
                                                                          .kernel = form->kernel,
                                                                          .stride = {1, 1},
                                                                          .pad = {0, 0},
                                                                          .output = 0},
                                                           op.name, form->dims)
                                             : average(context, op.name, *x, *form, {1 / double(form->kernel[0])},
                                                       {1 / double(form->kernel[1])});
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

/// Sum or mean over axes: they are moved to the end, flattened, and summed by one window.
Done reduce(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    if (context.input(op, 1) && !context.constant(op, 1))
        return refuse("its axes are computed at run time");
    const auto dims = x->dims;
    auto axes = axes_of(op, context.constant(op, 1), dims.size());
    if (!axes)
        return refuse(axes.error());
    if (dims.empty() || (axes->empty() && op.integer("noop_with_empty_axes", 0) != 0))
    {
        context.set(op, 0, *x);
        return {};
    }
    if (axes->empty())
        for (size_t i = 0; i != dims.size(); ++i)
            axes->push_back(i);
    std::vector<size_t> perm;
    Dims kept, ones = dims;
    int64_t size = 1;
    for (size_t i = 0; i != dims.size(); ++i)
        if (!contains(*axes, i))
        {
            perm.push_back(i);
            kept.push_back(dims[i]);
        }
    for (const auto axis : *axes)
    {
        if (!context.axis_of(dims, int64_t(axis)) && context.batch() != 1)
            return refuse("it reduces over the batch");
        perm.push_back(axis);
        size *= dims[axis];
        ones[axis] = 1;
    }
    auto moved = permute(context, op.name, *x, perm);
    if (!moved)
        return refuse(moved.error());
    // (batch, everything kept, first axis reduced, others reduced), read by the window as channels × height × width.
    const auto rest = std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies{}) / size;
    const auto batch = context.batch() == 0 ? 1 : context.batch();
    const auto height = dims[axes->front()], width = size / height;
    if (height > kWindowMax || width > kWindowMax)
        return refuse("it reduces more than 4096 positions in one direction");
    Dims flat_dims{rest / batch, height, width};
    if (context.batch() != 0)
        flat_dims.insert(flat_dims.begin(), batch);
    auto flat = context.reshape(*moved, op.name, flat_dims);
    if (!flat)
        return refuse(flat.error());
    WindowForm form;
    form.kernel = {uint32_t(height), uint32_t(width)};
    form.dims = flat_dims;
    form.dims.back() = form.dims[form.dims.size() - 2] = 1;
    auto summed = average(context, op.name, *flat, form, {1.0}, {op.type == "ReduceSum" ? 1.0 : 1 / double(size)});
    if (!summed)
        return refuse(summed.error());
    const auto target = op.integer("keepdims", 1) != 0 ? ones : kept;
    auto result = context.reshape(*summed, op.name, target);
    if (!result)
        return refuse(result.error());
    context.set(op, 0, *result);
    return {};
}

} // namespace

const std::map<std::string_view, Handler>& pool_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"MaxPool", max_pool},          {"AveragePool", average_pool}, {"GlobalAveragePool", global_pool},
        {"GlobalMaxPool", global_pool}, {"ReduceMean", reduce},        {"ReduceSum", reduce},
    };
    return table;
}

} // namespace onnx::detail
