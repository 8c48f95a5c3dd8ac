// The last step of a classifier: probabilities and classes are read off the proven logits, outside the proof.
#include "model/bounds.hpp"
#include "onnx/translate_context.hpp"

#include <algorithm>
#include <array>

namespace onnx::detail {
namespace {

using model::Reading;

using Computed = std::expected<Activation, std::string>;

/// The value with its classes as the last dimension, along which readings run.
Computed classes_last(Context& context, const Operator& op, Activation& value, size_t axis)
{
    if (!context.axis_of(value.dims, int64_t(axis)))
        return refuse("it runs over the records of a batch");
    if (value.dims[axis] == 1)
        return refuse("it runs over one class: its result does not depend on the input");
    if (axis + 1 == value.dims.size())
        return value;
    std::vector<size_t> perm;
    for (size_t i = 0; i != value.dims.size(); ++i)
        if (i != axis)
            perm.push_back(i);
    perm.push_back(axis);
    return permute(context, op.name, value, perm);
}

void note(Context& context, const Operator& op, const Activation& value, size_t axis)
{
    auto words = op.type + " '" + op.name + "' is left to the reader of the logits";
    if (op.type == "LogSoftmax")
        words += ", who gets probabilities: their logarithms are what the operator put out";
    if (std::any_of(value.dims.begin() + std::ptrdiff_t(axis) + 1, value.dims.end(), [](int64_t d) { return d != 1; }))
        words += "; the classes are the last dimension of the output that is proven";
    context.out.notes.push_back(std::move(words));
}

/// Before opset 13 a Softmax took the dimensions from `axis` on together: here all but one of them must be 1.
std::optional<size_t> only_dimension(const Dims& dims, size_t axis)
{
    auto found = dims.size() - 1;
    for (auto i = found; i-- > axis;)
        if (dims[i] != 1)
        {
            if (dims[found] != 1)
                return std::nullopt;
            found = i;
        }
    return found;
}

Done softmax(Context& context, const Operator& op)
{
    auto* x = context.activation(op, 0);
    if (!x)
        return refuse("its input is no activation");
    const bool is_old = context.source().opset < 13;
    auto axis = normal_axis(op.integer("axis", is_old ? 1 : -1), x->dims.size());
    if (!axis)
        return refuse("its axis is out of range");
    if (is_old)
        axis = only_dimension(x->dims, *axis);
    if (!axis)
        return refuse("it takes several dimensions together, as opsets before 13 do");
    // The value itself is computed, so that an output of the logits is the same tensor.
    context.materialise(*x, op.name);
    const auto logits = classes_last(context, op, *x, *axis);
    if (!logits)
        return refuse(logits.error());
    note(context, op, *x, *axis);
    context.set(op, 0, Reader{logits->tensor, Reading::softmax, false, x->dims, {}, *axis});
    return {};
}

Done arg_max(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    auto* x = value ? std::get_if<Activation>(value) : nullptr;
    const auto* read = value ? std::get_if<Reader>(value) : nullptr;
    if (!x && !read)
        return refuse("its input is no activation");
    const auto dims = x ? x->dims : read->dims;
    const auto axis = normal_axis(op.integer("axis", 0), dims.size());
    if (!axis)
        return refuse("its axis is out of range");
    if (op.integer("select_last_index", 0) != 0)
        return refuse("it takes the last of equal maxima; readers take the first");
    if (read && read->is_class)
        return refuse("it is applied to a class");
    if (read && *axis != read->axis)
        return refuse("it does not run along the classes");
    Reader reader;
    if (x)
    {
        auto logits = classes_last(context, op, *x, *axis);
        if (!logits)
            return refuse(logits.error());
        note(context, op, *x, *axis);
        reader = {context.materialise(*logits, op.name), Reading::argmax, true, dims, {}, *axis};
    }
    else
    {
        reader = *read;
        context.out.notes.push_back("ArgMax '" + op.name + "' is left to the reader of the logits");
    }
    reader.is_class = true;
    context.set(op, 0, std::move(reader));
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
        reader = {context.materialise(*x, op.name), Reading::values, false, x->dims, {}, x->dims.size() - 1};
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

/// Labels as a LabelEncoder maps them; nothing where it maps to or from what is no label.
std::optional<std::vector<std::string>> encoded(const Operator& op, const Reader& reader)
{
    auto given = reader.labels;
    if (given.empty())
        for (int64_t i = 0; i != reader.dims[reader.axis]; ++i)
            given.push_back(std::to_string(i));
    auto keys = labels_of(op, "keys_strings", "keys_int64s"), names = labels_of(op, "values_strings", "values_int64s");
    if (const auto classes = op.texts("classes_strings"); !classes.empty()) // ai.onnx.ml version 1
    {
        names = labels_of(op, "classes_strings", "");
        keys.clear();
        for (size_t i = 0; i != names.size(); ++i)
            keys.push_back(std::to_string(i));
    }
    if (keys.size() != names.size() || keys.empty())
        return std::nullopt;
    const bool is_text = op.has("values_strings") || op.has("classes_strings");
    const auto otherwise =
        is_text ? printable(op.text("default_string", "_Unused")) : std::to_string(op.integer("default_int64", -1));
    std::map<std::string, std::string> table;
    for (size_t i = 0; i != keys.size(); ++i)
        table.emplace(keys[i], names[i]);
    for (auto& label : given)
        label = table.contains(label) ? table[label] : otherwise;
    return given;
}

Done label_encoder(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    const auto* reader = value ? std::get_if<Reader>(value) : nullptr;
    if (!reader || !reader->is_class || reader->dims[reader->axis] > int64_t(model::kLabelsMax))
        return refuse("its input is no class");
    auto copy = *reader;
    auto names = encoded(op, copy);
    if (!names)
        return refuse("it maps classes to or from what is neither text nor integer");
    copy.labels = std::move(*names);
    context.set(op, 0, std::move(copy));
    return {};
}

/// What leaves a reading as it is: casts, and a normalisation of what adds up to 1 already.
Done pass(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    const auto* reader = value ? std::get_if<Reader>(value) : nullptr;
    if (!reader)
        return refuse(op.type == "Normalizer" ? "it divides activations by their norm" : "its input is no class");
    const bool is_probability = !reader->is_class && reader->reading != Reading::argmax;
    if (op.type == "Normalizer" && is_probability && op.text("norm", "MAX") != "L1")
        return refuse("its norm is not L1: the probabilities would no longer add up to 1");
    if (op.type == "Cast" && !reader->is_class && !contains(kFloatTypes, op.integer("to", 1)))
        return refuse("it casts probabilities to an integer or a text");
    context.set(op, 0, Reader{*reader});
    return {};
}

/// Probabilities seen through a view: dimensions of size 1 come and go, the classes stay one dimension.
Done view_read(Context& context, const Operator& op)
{
    auto* value = context.input(op, 0);
    const auto* read = value ? std::get_if<Reader>(value) : nullptr;
    if (!read)
        return refuse("its input is no class");
    auto copy = *read;
    if (!copy.is_class)
    {
        const auto dims = view_of(context, op, copy.dims);
        if (!dims)
            return refuse(dims.error());
        Dims before, after;
        std::vector<size_t> position;
        for (const auto d : copy.dims)
            if (d != 1)
                before.push_back(d);
        for (size_t i = 0; i != dims->size(); ++i)
            if ((*dims)[i] != 1)
            {
                after.push_back((*dims)[i]);
                position.push_back(i);
            }
        if (before != after || copy.dims[copy.axis] == 1)
            return refuse("it rearranges the probabilities of a Softmax or classifier");
        const auto ahead = std::count_if(copy.dims.begin(), copy.dims.begin() + std::ptrdiff_t(copy.axis),
                                         [](int64_t d) { return d != 1; });
        copy.axis = position[size_t(ahead)];
        copy.dims = *dims;
    }
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
    if (!contains(std::to_array<std::string_view>({"NONE", "LOGISTIC", "SOFTMAX"}), std::string_view(transform)) ||
        (transform == "SOFTMAX" && rows == 1))
        return refuse("its post_transform is none of NONE, LOGISTIC and (of several scores) SOFTMAX");
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
    reader.dims = {scores->dims[0], int64_t(labels.size())};
    reader.axis = 1;
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
        {"ai.onnx.ml.LabelEncoder", label_encoder},
    };
    return table;
}

const std::map<std::string_view, Handler>& after_reading_handlers()
{
    static const std::map<std::string_view, Handler> table{
        {"Cast", pass},
        {"Identity", pass},
        {"Reshape", view_read},
        {"Squeeze", view_read},
        {"Unsqueeze", view_read},
        {"Flatten", view_read},
        {"ArgMax", arg_max},
        {"ai.onnx.ml.Normalizer", pass},
        {"Gather", pick_label},
        {"ai.onnx.ml.ArrayFeatureExtractor", pick_label},
        {"ai.onnx.ml.LabelEncoder", label_encoder},
        {"ai.onnx.ml.ZipMap", zip_map},
    };
    return table;
}

} // namespace onnx::detail
