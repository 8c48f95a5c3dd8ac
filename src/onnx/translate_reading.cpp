// The last step of a classifier: probabilities and classes are read off the proven logits, outside the proof.
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <cmath>

namespace onnx::detail {
namespace {

using model::Reading;

/// True if the axis is the last, or only dimensions of size 1 follow it.
bool is_last(const Dims& dims, int64_t axis)
{
    const auto normal = normal_axis(axis, dims.size());
    return normal &&
           std::all_of(dims.begin() + std::ptrdiff_t(*normal) + 1, dims.end(), [](int64_t d) { return d == 1; });
}

Done softmax(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    // Before opset 13 the dimensions from `axis` on were taken together.
    const auto axis = op.integer("axis", context.source().opset < 13 ? 1 : -1);
    if (!is_last(x->dims, axis) || !context.axis_of(x->dims, axis))
        return refuse("it does not run along the last dimension");
    auto logits = *x;
    context.materialise(logits, op.name);
    *x = logits;
    context.set(op, 0, Reader{logits.tensor, Reading::softmax, false, logits.dims, {}});
    context.out.notes.push_back(op.type + " '" + op.name + "' is left to the reader of the logits");
    return {};
}

Done arg_max(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    const auto* dims = value ? std::visit(
                                   [](const auto& v) -> const Dims* {
                                       if constexpr (requires { v.dims; })
                                           return &v.dims;
                                       else
                                           return nullptr;
                                   },
                                   *value)
                             : nullptr;
    const auto axis = dims ? normal_axis(op.integer("axis", 0), dims->size()) : std::nullopt;
    if (!axis || op.integer("select_last_index", 0) != 0)
        return refuse("its axis is out of range, or it takes the last of equal maxima");
    Reader reader;
    if (auto* x = std::get_if<Activation>(value))
    {
        // The classes become the last dimension, which readings run along.
        std::vector<size_t> perm;
        for (size_t i = 0; i != dims->size(); ++i)
            if (i != *axis)
                perm.push_back(i);
        perm.push_back(*axis);
        if (!context.axis_of(*dims, int64_t(*axis)))
            return refuse("it runs over the records of a batch");
        auto turned = is_last(*dims, int64_t(*axis)) ? std::expected<Activation, std::string>{*x}
                                                     : permute(context, op.name, *x, perm);
        if (!turned)
            return refuse(turned.error());
        reader = {context.materialise(*turned, op.name), Reading::argmax, true, turned->dims, {}};
    }
    else if (!is_last(*dims, int64_t(*axis)))
        return refuse("it does not run along the classes");
    else
        reader = std::get<Reader>(*value);
    if (reader.is_class && std::holds_alternative<Reader>(*value))
        return refuse("it is applied to a class");
    reader.is_class = true;
    context.set(op, 0, std::move(reader));
    context.out.notes.push_back("ArgMax '" + op.name + "' is left to the reader of the logits");
    return {};
}

/// Class names of an operator, whichever of its two attributes holds them.
std::vector<std::string> labels_of(const Operator& op, std::string_view texts, std::string_view integers)
{
    auto labels = op.texts(texts);
    if (labels.empty())
        for (const auto label : op.integers(integers))
            labels.push_back(std::to_string(label));
    for (auto& label : labels)
        label = printable(label);
    return labels;
}

Done zip_map(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    Reader reader;
    if (auto* x = value ? std::get_if<Activation>(value) : nullptr)
        reader = {context.materialise(*x, op.name), Reading::values, false, x->dims, {}};
    else if (const auto* read = value ? std::get_if<Reader>(value) : nullptr)
        reader = *read;
    else
        return refuse("its input is no activation");
    reader.labels = labels_of(op, "classlabels_strings", "classlabels_int64s");
    context.set(op, 0, std::move(reader));
    return {};
}

/// Classes in an array, picked by the index that ArgMax found.
Done pick_label(Context& context, const Operator& op)
{
    const auto* classes = context.constant(op, 0);
    auto* value = context.input(op, 1);
    const auto* reader = value ? std::get_if<Reader>(value) : nullptr;
    if (!classes || !reader || !reader->is_class)
        return refuse("it is not the lookup of a class name");
    auto named = *reader;
    named.labels.clear();
    for (size_t i = 0; i != classes->size(); ++i)
        named.labels.push_back(classes->kind == Kind::text ? printable(classes->texts[i])
                                                           : std::to_string(int64_t(classes->at(i))));
    context.set(op, 0, std::move(named));
    return {};
}

Done pass(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    const auto* reader = value ? std::get_if<Reader>(value) : nullptr;
    if (!reader)
        return refuse(op.type == "Normalizer" ? "it divides activations by their norm" : "its input is no class");
    auto copy = *reader;
    if (op.type == "LabelEncoder")
        if (auto names = labels_of(op, "values_strings", "values_int64s"); names.size() == copy.labels.size())
            copy.labels = std::move(names);
    context.set(op, 0, std::move(copy));
    return {};
}

/// Two rows that are each other's negation hold one score: the second row decides by its sign.
bool is_mirrored(const std::vector<double>& coefficients, const std::vector<double>& intercepts)
{
    const auto half = coefficients.size() / 2;
    for (size_t i = 0; i != half; ++i)
        if (coefficients[i] != -coefficients[half + i])
            return false;
    return intercepts.size() != 2 || intercepts[0] == -intercepts[1];
}

Done linear_classifier(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    auto coefficients = op.reals("coefficients"), intercepts = op.reals("intercepts");
    auto labels = labels_of(op, "classlabels_strings", "classlabels_ints");
    const auto features = x && x->dims.size() == 2 ? size_t(x->dims[1]) : 0;
    if (features == 0 || coefficients.empty() || coefficients.size() % features != 0)
        return refuse("its coefficients do not fit the input");
    auto rows = coefficients.size() / features;
    if ((!intercepts.empty() && intercepts.size() != rows) ||
        (labels.size() != rows && !(rows == 1 && labels.size() == 2)))
        return refuse("its intercepts or labels do not fit its coefficients");

    const auto transform = op.text("post_transform", "NONE");
    Reader reader;
    if (rows == 2 && transform != "SOFTMAX" && is_mirrored(coefficients, intercepts))
    {
        coefficients.erase(coefficients.begin(), coefficients.begin() + std::ptrdiff_t(features));
        if (!intercepts.empty())
            intercepts.erase(intercepts.begin());
        rows = 1;
    }
    auto scores = dense(context, op, *x, int64_t(rows), {coefficients.begin(), coefficients.end()}, intercepts);
    if (!scores)
        return refuse(scores.error());
    reader.logits = scores->tensor;
    reader.dims = scores->dims;
    reader.labels = std::move(labels);
    reader.reading = rows == 1 ? Reading::sigmoid_label : transform == "SOFTMAX" ? Reading::softmax : Reading::argmax;
    context.set(op, 1, reader);
    reader.is_class = true;
    context.set(op, 0, reader);
    context.out.notes.push_back("class and probability of '" + op.name + "' are left to the reader of the scores");
    return {};
}

} // namespace

const std::map<std::string_view, Handler>& reading_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"Softmax", softmax},
        {"LogSoftmax", softmax},
        {"ArgMax", arg_max},
        {"ai.onnx.ml.ZipMap", zip_map},
        {"ai.onnx.ml.LinearClassifier", linear_classifier},
        {"ai.onnx.ml.Normalizer", pass},
        {"ai.onnx.ml.LabelEncoder", pass},
    };
    return table;
}

const std::map<std::string_view, Handler>& after_reading_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"Cast", pass},
        {"Identity", pass},
        {"Reshape", pass},
        {"Squeeze", pass},
        {"Unsqueeze", pass},
        {"Flatten", pass},
        {"ArgMax", arg_max},
        {"ai.onnx.ml.Normalizer", pass},
        {"Gather", pick_label},
        {"ai.onnx.ml.ArrayFeatureExtractor", pick_label},
        {"ai.onnx.ml.LabelEncoder", pass},
        {"ai.onnx.ml.ZipMap", zip_map},
    };
    return table;
}

} // namespace onnx::detail
