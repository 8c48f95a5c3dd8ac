#include "onnx_writer.hpp"

#include <bit>
#include <cstring>

namespace bench_models {
namespace {

constexpr int64_t kIrVersion = 8;
constexpr int64_t kOpset = 17;
constexpr int64_t kFloat = 1;            // TensorProto.DataType.FLOAT
constexpr int64_t kAttributeInt = 2;     // AttributeProto.AttributeType.INT
constexpr int64_t kAttributeIntList = 7; // AttributeProto.AttributeType.INTS

void put_varint(std::string& out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        out.push_back(char(uint8_t(value) | 0x80));
    out.push_back(char(value));
}

void put(std::string& out, uint32_t field, int64_t value)
{
    put_varint(out, field << 3);
    put_varint(out, uint64_t(value));
}

void put(std::string& out, uint32_t field, std::string_view bytes)
{
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.size());
    out.append(bytes);
}

/// ValueInfoProto { name, type { tensor_type { elem_type, shape { "batch", shape… } } } }
std::string value_info(std::string_view name, std::span<const int64_t> shape)
{
    std::string batch, dims, tensor, type, info;
    put(batch, 2, "batch");
    put(dims, 1, batch);
    for (const int64_t size : shape)
    {
        std::string dim;
        put(dim, 1, size);
        put(dims, 1, dim);
    }
    put(tensor, 1, kFloat);
    put(tensor, 2, dims);
    put(type, 1, tensor);
    put(info, 1, name);
    put(info, 2, type);
    return info;
}

std::string attribute_proto(const Attribute& attribute)
{
    std::string proto;
    put(proto, 1, attribute.first);
    if (const auto* one = std::get_if<int64_t>(&attribute.second))
    {
        put(proto, 3, *one);
        put(proto, 20, kAttributeInt);
        return proto;
    }
    for (const int64_t value : std::get<std::vector<int64_t>>(attribute.second))
        put(proto, 8, value);
    put(proto, 20, kAttributeIntList);
    return proto;
}

} // namespace

void OnnxWriter::input(std::string_view name, std::span<const int64_t> shape)
{
    put(inputs_, 11, value_info(name, shape));
}

void OnnxWriter::output(std::string_view name, std::span<const int64_t> shape)
{
    put(outputs_, 12, value_info(name, shape));
}

void OnnxWriter::constant(std::string_view name, std::span<const int64_t> dims, std::span<const float> values)
{
    static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");
    std::string proto;
    for (const int64_t size : dims)
        put(proto, 1, size);
    put(proto, 2, kFloat);
    put(proto, 8, name);
    std::string raw(values.size_bytes(), '\0');
    std::memcpy(raw.data(), values.data(), raw.size());
    put(proto, 9, raw);
    put(constants_, 5, proto);
}

void OnnxWriter::node(std::string_view op, std::string_view name, std::span<const std::string_view> inputs,
                      std::string_view output, std::span<const Attribute> attributes)
{
    std::string proto;
    for (const std::string_view in : inputs)
        put(proto, 1, in);
    put(proto, 2, output);
    put(proto, 3, name);
    put(proto, 4, op);
    for (const Attribute& attribute : attributes)
        put(proto, 5, attribute_proto(attribute));
    put(nodes_, 1, proto);
}

std::string OnnxWriter::finish(std::string_view graph_name) const
{
    std::string graph = nodes_, opset, model;
    put(graph, 2, graph_name);
    graph += constants_ + inputs_ + outputs_;
    put(opset, 1, "");
    put(opset, 2, kOpset);
    put(model, 1, kIrVersion);
    put(model, 2, "zkp bench models");
    put(model, 7, graph);
    put(model, 8, opset);
    return model;
}

} // namespace bench_models
