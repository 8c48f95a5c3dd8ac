#include "onnx/translate.hpp"

#include "onnx/translate_context.hpp"

#include <algorithm>

namespace onnx {
namespace {

using namespace detail;

/// Elements that folding may compute: some from nothing, and so many for each that the file itself holds. So what an
/// import takes stays a small multiple of the file's size.
constexpr int64_t kFoldedAlways = int64_t{1} << 24, kFoldedShare = 16;

std::string key_of(const Operator& op) { return op.domain.empty() ? op.type : op.domain + "." + op.type; }

Handler find_handler(const std::string& key)
{
    for (const auto* table : {&elementwise_handlers(), &linear_handlers(), &pool_handlers(), &layout_handlers(),
                              &select_handlers(), &reading_handlers()})
        if (const auto found = table->find(key); found != table->end())
            return found->second;
    return nullptr;
}

template <typename T>
bool any_input(Context& context, const Operator& op)
{
    for (size_t i = 0; i != op.inputs.size(); ++i)
        if (const auto* value = context.input(op, i); value && std::holds_alternative<T>(*value))
            return true;
    return false;
}

Done fold_operator(Context& context, const Operator& op)
{
    const auto inputs = context.constants(op);
    auto folded = fold(op, inputs);
    if (!folded)
        return refuse(folded.error());
    for (size_t i = 0; i != folded->size(); ++i)
    {
        const auto size = int64_t((*folded)[i].size());
        op.type == "Constant" ? context.given += size : context.folded += size;
        context.set(op, i, std::move((*folded)[i]));
    }
    const auto limit = std::min(kElementsMax, kFoldedAlways + kFoldedShare * std::min(kElementsMax, context.given));
    if (context.folded > limit)
        context.fatal =
            Error{Refusal::too_large, op.name,
                  "at '" + op.name + "' constants computed in the model have more than " + std::to_string(limit) +
                      " elements, too many beside the weights in the file; simplify the model before the export"};
    return {};
}

Done run_operator(Context& context, const Operator& op)
{
    const auto key = key_of(op);
    const auto handler = find_handler(key);
    if (any_input<Unknown>(context, op))
    {
        // What it would compute is not known; only a type that is never supported is reported again.
        const bool is_known = handler || after_reading_handlers().contains(key) || op.domain == "ai.onnx.ml" ||
                              std::ranges::any_of(op.inputs, [](const auto& name) { return name.empty(); });
        for (size_t i = 0; i != op.outputs.size(); ++i)
            context.set(op, i, Unknown{});
        return is_known && handler ? Done{} : refuse("this operator is not supported");
    }
    if (any_input<Reader>(context, op))
    {
        const auto after = after_reading_handlers().find(key);
        return after != after_reading_handlers().end()
                   ? after->second(context, op)
                   : refuse("it follows a Softmax, ArgMax or classifier, which must be the last step");
    }
    if (!any_input<Activation>(context, op))
        return fold_operator(context, op);
    return handler ? handler(context, op) : refuse("this operator is not supported");
}

void run_operators(Context& context)
{
    for (const auto& op : context.source().operators)
    {
        ++context.out.operators[op.type];
        for (size_t i = 0; i != op.outputs.size(); ++i)
            context.set(op, i, Unknown{});
        const auto done = run_operator(context, op);
        if (context.fatal)
            return;
        if (done)
            continue;
        context.out.unsupported.push_back({op.name, key_of(op), done.error()});
        for (size_t i = 0; i != op.outputs.size(); ++i)
            context.set(op, i, Unknown{});
    }
}

/// One of the model's outputs as the graph's output and its reading.
struct Head
{
    TensorId tensor = 0;
    model::Reading reading = model::Reading::values;
    std::vector<std::string> labels;
};

std::expected<Head, std::string> head_of(Context& context, const std::string& name)
{
    auto* value = context.find(name);
    if (auto* activation = value ? std::get_if<Activation>(value) : nullptr)
        return Head{context.materialise(*activation, name), model::Reading::values, {}};
    if (const auto* reader = value ? std::get_if<Reader>(value) : nullptr)
        return Head{reader->logits, reader->reading, reader->labels};
    return std::unexpected("output '" + printable(name) + "' does not depend on the input");
}

/// How much a reading says: several outputs may read the same logits.
int detail_of(model::Reading reading)
{
    switch (reading)
    {
    case model::Reading::values:
        return 0;
    case model::Reading::argmax:
        return 1;
    case model::Reading::sigmoid_label:
        return 2;
    case model::Reading::softmax:
        return 3;
    }
    return 0;
}

std::expected<void, Error> choose_output(Context& context)
{
    std::vector<std::string> names = context.source().outputs;
    if (const auto& chosen = context.options().output; !chosen.empty())
    {
        if (!contains(names, chosen))
            return std::unexpected(
                Error{Refusal::unsupported, "", "the model has no output '" + printable(chosen) + "'"});
        names = {chosen};
    }
    std::optional<Head> head;
    for (const auto& name : names)
    {
        auto next = head_of(context, name);
        if (!next)
            return std::unexpected(
                Error{Refusal::unsupported, "", next.error() + "; export the model in evaluation mode"});
        if (!head)
        {
            head = *next;
            continue;
        }
        if (head->tensor != next->tensor)
            return std::unexpected(Error{Refusal::unsupported, "",
                                         "the model has several outputs; choose one, '" + printable(names[0]) +
                                             "' or '" + printable(name) + "'"});
        if (detail_of(next->reading) > detail_of(head->reading))
            head->reading = next->reading;
        if (head->labels.empty())
            head->labels = next->labels;
    }
    auto& graph = context.graph();
    graph.output = head->tensor;
    graph.reading = head->reading;
    const auto classes = graph.tensors[graph.output].shape.back();
    if (head->labels.size() == (graph.reading == model::Reading::sigmoid_label ? 2 : classes))
        graph.labels = head->labels;
    return {};
}

} // namespace

std::expected<Translated, Error> translate(const Source& source, const TranslateOptions& options)
{
    Context context{source, options};
    if (source.inputs.size() != 1)
        return std::unexpected(
            Error{Refusal::unsupported, "",
                  "the model has " + std::to_string(source.inputs.size()) + " inputs; export it with exactly one"});
    if (const auto begun = context.begin(source.inputs[0]); !begun)
        return std::unexpected(Error{Refusal::unsupported, printable(source.inputs[0].name), begun.error()});
    run_operators(context);
    if (context.fatal)
        return std::unexpected(*context.fatal);
    if (!context.out.unsupported.empty())
        return std::move(context.out);
    if (const auto chosen = choose_output(context); !chosen)
        return std::unexpected(chosen.error());
    // A graph computes something: a model of views alone gets one node that copies.
    auto& graph = context.graph();
    if (graph.output == graph.input)
    {
        FloatLinear copy{.name = "copy",
                         .terms = {FloatScale{graph.input, {1}}},
                         .bias = {},
                         .channel_axis = 0,
                         .activation = {},
                         .output = 0};
        copy.output = context.new_tensor("copy", graph.tensors[graph.input].shape);
        graph.output = copy.output;
        graph.nodes.push_back(std::move(copy));
    }
    return std::move(context.out);
}

} // namespace onnx
