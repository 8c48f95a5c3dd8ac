#include "onnx/source.hpp"
#include "onnx/tensor_proto.hpp"

#include "onnx.pb.h"

#include <algorithm>
#include <limits>
#include <set>

namespace onnx {
namespace {

using onnx_ir::AttributeProto;
using onnx_ir::FunctionProto;
using onnx_ir::GraphProto;
using onnx_ir::ModelProto;
using onnx_ir::NodeProto;

constexpr int kFunctionDepthMax = 16;

std::unexpected<Error> refuse(Refusal why, std::string node, std::string words)
{
    return std::unexpected(Error{why, std::move(node), std::move(words)});
}

bool is_standard(std::string_view domain) { return domain.empty() || domain == "ai.onnx"; }

/// An attribute's value; nothing for kinds that no supported operator has (graphs, sparse tensors, types).
std::expected<std::optional<Attribute>, Error> read_attribute(const AttributeProto& attribute, const std::string& node)
{
    using A = AttributeProto;
    switch (attribute.type())
    {
    case A::FLOAT:
        return Attribute{double(attribute.f())};
    case A::INT:
        return Attribute{int64_t{attribute.i()}};
    case A::STRING:
        return Attribute{attribute.s()};
    case A::FLOATS:
        return Attribute{std::vector<double>(attribute.floats().begin(), attribute.floats().end())};
    case A::INTS:
        return Attribute{std::vector<int64_t>(attribute.ints().begin(), attribute.ints().end())};
    case A::STRINGS:
        return Attribute{std::vector<std::string>(attribute.strings().begin(), attribute.strings().end())};
    case A::TENSOR: {
        auto array = read_tensor(attribute.t(), node);
        if (!array)
            return std::unexpected(array.error());
        return Attribute{std::move(*array)};
    }
    default:
        return std::nullopt;
    }
}

using Attributes = std::map<std::string, Attribute, std::less<>>;
using Names = std::map<std::string, std::string, std::less<>>;

/// A node's attributes; references to attributes of the enclosing function are replaced by the call's.
std::expected<Attributes, Error> read_attributes(const NodeProto& node, const Attributes& call, const std::string& name)
{
    Attributes attributes;
    for (const auto& attribute : node.attribute())
    {
        if (!attribute.ref_attr_name().empty())
        {
            if (const auto found = call.find(attribute.ref_attr_name()); found != call.end())
                attributes[attribute.name()] = found->second;
            continue;
        }
        auto value = read_attribute(attribute, name);
        if (!value)
            return std::unexpected(value.error());
        if (*value)
            attributes[attribute.name()] = std::move(**value);
    }
    return attributes;
}

/// Copies nodes into the source, expanding calls of model-local functions.
class Expansion
{
public:
    Expansion(const ModelProto& model, Source& source) : source_(source)
    {
        for (const auto& function : model.functions())
            functions_.emplace(std::pair{function.domain(), function.name()}, &function);
    }

    template <typename Nodes>
    std::expected<void, Error> add(const Nodes& nodes, const Names& names, const Attributes& call,
                                   const std::string& prefix, int depth)
    {
        for (const auto& node : nodes)
        {
            if (source_.operators.size() == kNodesMax)
                return refuse(Refusal::too_large, "", "the model has more than 65536 nodes; split it");
            const auto added = add_node(node, names, call, prefix, depth);
            if (!added)
                return added;
        }
        return {};
    }

private:
    std::expected<void, Error> add_node(const NodeProto& node, const Names& names, const Attributes& call,
                                        const std::string& prefix, int depth)
    {
        Operator op;
        op.type = printable(node.op_type());
        op.domain = is_standard(node.domain()) ? "" : printable(node.domain());
        op.name =
            printable(node.name().empty() ? op.type + "_" + std::to_string(source_.operators.size()) : node.name());
        auto attributes = read_attributes(node, call, op.name);
        if (!attributes)
            return std::unexpected(attributes.error());
        op.attributes = std::move(*attributes);
        for (const auto& input : node.input())
            op.inputs.push_back(rename(input, names, prefix));
        for (const auto& output : node.output())
            op.outputs.push_back(rename(output, names, prefix));

        const auto* function = find_function(node);
        if (!function)
        {
            source_.operators.push_back(std::move(op));
            return {};
        }
        if (depth == kFunctionDepthMax || calls_ == kNodesMax)
            return refuse(Refusal::too_large, op.name,
                          "functions are nested deeper than 16 or called more than 65536 times; export without them");
        return add_call(*function, op, depth);
    }

    std::expected<void, Error> add_call(const FunctionProto& function, Operator& op, int depth)
    {
        Names names;
        for (int i = 0; i != function.input_size(); ++i)
            names[function.input(i)] = size_t(i) < op.inputs.size() ? op.inputs[size_t(i)] : "";
        for (int i = 0; i != function.output_size(); ++i)
            names[function.output(i)] = size_t(i) < op.outputs.size() ? op.outputs[size_t(i)] : "";
        std::erase_if(
            names, [&](const auto& entry) { return entry.second.empty() && contains(function.output(), entry.first); });
        for (const auto& attribute : function.attribute_proto())
        {
            if (op.attributes.contains(attribute.name()))
                continue;
            auto value = read_attribute(attribute, op.name);
            if (!value)
                return std::unexpected(value.error());
            if (*value)
                op.attributes[attribute.name()] = std::move(**value);
        }
        return add(function.node(), names, op.attributes, "call" + std::to_string(++calls_) + "/", depth + 1);
    }

    /// Names inside a function are its own; at top level `names` and `prefix` are empty.
    static std::string rename(const std::string& name, const Names& names, const std::string& prefix)
    {
        if (name.empty())
            return name;
        const auto found = names.find(name);
        return found != names.end() ? found->second : prefix + name;
    }

    const FunctionProto* find_function(const NodeProto& node) const
    {
        const auto found = functions_.find(std::pair{node.domain(), node.op_type()});
        return found == functions_.end() ? nullptr : found->second;
    }

    std::map<std::pair<std::string, std::string>, const FunctionProto*> functions_;
    Source& source_;
    size_t calls_ = 0;
};

std::expected<void, Error> read_constants(const GraphProto& graph, Source& source)
{
    if (graph.sparse_initializer_size() != 0)
        return refuse(Refusal::damaged, "", "sparse initializers are not read; export dense weights");
    for (const auto& tensor : graph.initializer())
    {
        auto array = read_tensor(tensor, tensor.name());
        if (!array)
            return std::unexpected(array.error());
        source.constants[tensor.name()] = std::move(*array);
    }
    return {};
}

std::expected<void, Error> read_interface(const GraphProto& graph, Source& source)
{
    for (const auto& input : graph.input())
    {
        if (source.constants.contains(input.name()))
            continue; // IR version 3 lists initializers among the inputs
        Declared declared{.name = input.name(), .dims = {}, .type = input.type().tensor_type().elem_type()};
        for (const auto& dim : input.type().tensor_type().shape().dim())
            declared.dims.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : -1);
        source.inputs.push_back(std::move(declared));
    }
    for (const auto& output : graph.output())
        source.outputs.push_back(output.name());
    if (source.outputs.empty())
        return refuse(Refusal::damaged, "", "the model has no output; export it again");
    return {};
}

/// Every value is set once, before it is read: so the operators are in topological order and have no cycle.
std::expected<void, Error> check_order(const Source& source)
{
    std::set<std::string, std::less<>> known;
    for (const auto& [name, array] : source.constants)
        known.insert(name);
    for (const auto& input : source.inputs)
        known.insert(input.name);
    for (const auto& op : source.operators)
    {
        for (const auto& input : op.inputs)
            if (!input.empty() && !known.contains(input))
                return refuse(Refusal::damaged, op.name,
                              "node '" + op.name + "' reads '" + printable(input) +
                                  "' before any node sets it (a cycle, or nodes out of order); export the model again");
        for (const auto& output : op.outputs)
            if (!output.empty() && !known.insert(output).second)
                return refuse(Refusal::damaged, op.name,
                              "node '" + op.name + "' sets '" + printable(output) +
                                  "', which is already set; export the model again");
    }
    for (const auto& output : source.outputs)
        if (!known.contains(output))
            return refuse(Refusal::damaged, "", "no node sets the output '" + printable(output) + "'; export again");
    return {};
}

std::expected<void, Error> read_opset(const ModelProto& model, Source& source)
{
    for (const auto& opset : model.opset_import())
        if (is_standard(opset.domain()))
            source.opset = opset.version();
    // A model of ai.onnx.ml operators alone may import no standard opset.
    if (source.opset == 0 && model.opset_import_size() != 0)
        source.opset = 9;
    if (source.opset < kOpsetMin || source.opset > kOpsetMax)
        return refuse(Refusal::unsupported, "",
                      "opset " + std::to_string(source.opset) + " is not read; export with an opset from 9 to 21");
    return {};
}

} // namespace

std::expected<Source, Error> parse(base::ByteView file)
{
    if (file.size() > size_t(std::numeric_limits<int>::max()))
        return refuse(Refusal::too_large, "", "the file is larger than 2 GiB; split the model");
    ModelProto model;
    if (!model.ParsePartialFromArray(file.data(), int(file.size())) || !model.has_graph())
        return refuse(Refusal::not_onnx, "", "not an ONNX model, or cut short; export the model again");

    Source source;
    source.producer = printable(model.producer_name());
    if (const auto read = read_opset(model, source); !read)
        return std::unexpected(read.error());
    if (const auto read = read_constants(model.graph(), source); !read)
        return std::unexpected(read.error());
    if (const auto read = read_interface(model.graph(), source); !read)
        return std::unexpected(read.error());
    Expansion expansion{model, source};
    if (const auto added = expansion.add(model.graph().node(), {}, {}, "", 0); !added)
        return std::unexpected(added.error());
    if (const auto ordered = check_order(source); !ordered)
        return std::unexpected(ordered.error());
    return source;
}

} // namespace onnx
