#include "onnx/tensor_proto.hpp"

#include "onnx.pb.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace onnx {
namespace {

/// TensorProto.DataType of the ONNX IR specification.
enum DataType : int32_t
{
    kFloat = 1,
    kUint8 = 2,
    kInt8 = 3,
    kUint16 = 4,
    kInt16 = 5,
    kInt32 = 6,
    kInt64 = 7,
    kString = 8,
    kBool = 9,
    kFloat16 = 10,
    kDouble = 11,
    kUint32 = 12,
    kUint64 = 13,
    kBfloat16 = 16,
};

/// IEEE 754 binary16 to binary32.
float from_half(uint16_t bits)
{
    const bool negative = (bits & 0x8000) != 0;
    const int exponent = bits >> 10 & 31;
    const int fraction = bits & 1023;
    float magnitude = 0;
    if (exponent == 31)
        magnitude = fraction == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    else if (exponent == 0)
        magnitude = std::ldexp(float(fraction), -24);
    else
        magnitude = std::ldexp(float(fraction + 1024), exponent - 25);
    return negative ? -magnitude : magnitude;
}

float from_bfloat16(uint16_t bits) { return std::bit_cast<float>(uint32_t(bits) << 16); }

template <typename T>
T load(const char* at)
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

size_t width(int32_t type)
{
    switch (type)
    {
    case kUint8:
    case kInt8:
    case kBool:
        return 1;
    case kUint16:
    case kInt16:
    case kFloat16:
    case kBfloat16:
        return 2;
    case kFloat:
    case kInt32:
    case kUint32:
        return 4;
    case kInt64:
    case kDouble:
    case kUint64:
        return 8;
    default:
        return 0;
    }
}

void append_raw(Array& array, int32_t type, const char* at)
{
    switch (type)
    {
    case kFloat:
        return array.reals.push_back(load<float>(at));
    case kDouble:
        return array.reals.push_back(float(load<double>(at)));
    case kFloat16:
        return array.reals.push_back(from_half(load<uint16_t>(at)));
    case kBfloat16:
        return array.reals.push_back(from_bfloat16(load<uint16_t>(at)));
    case kUint8:
    case kBool:
        return array.integers.push_back(load<uint8_t>(at));
    case kInt8:
        return array.integers.push_back(load<int8_t>(at));
    case kUint16:
        return array.integers.push_back(load<uint16_t>(at));
    case kInt16:
        return array.integers.push_back(load<int16_t>(at));
    case kInt32:
        return array.integers.push_back(load<int32_t>(at));
    case kUint32:
        return array.integers.push_back(load<uint32_t>(at));
    case kInt64:
        return array.integers.push_back(load<int64_t>(at));
    case kUint64:
        return array.integers.push_back(int64_t(load<uint64_t>(at)));
    default:
        return;
    }
}

/// Values in the typed fields; 16-bit floats and small integers travel in int32_data.
void append_typed(Array& array, const onnx_ir::TensorProto& tensor)
{
    array.reals.assign(tensor.float_data().begin(), tensor.float_data().end());
    for (const auto value : tensor.double_data())
        array.reals.push_back(float(value));
    const auto type = tensor.data_type();
    for (const auto value : tensor.int32_data())
    {
        if (type == kFloat16)
            array.reals.push_back(from_half(uint16_t(value)));
        else if (type == kBfloat16)
            array.reals.push_back(from_bfloat16(uint16_t(value)));
        else
            array.integers.push_back(value);
    }
    for (const auto value : tensor.int64_data())
        array.integers.push_back(value);
    for (const auto value : tensor.uint64_data())
        array.integers.push_back(int64_t(value));
    array.texts.assign(tensor.string_data().begin(), tensor.string_data().end());
}

Kind kind_of(int32_t type)
{
    if (type == kString)
        return Kind::text;
    return type == kFloat || type == kDouble || type == kFloat16 || type == kBfloat16 ? Kind::real : Kind::integer;
}

} // namespace

std::expected<Array, Error> read_tensor(const onnx_ir::TensorProto& tensor, const std::string& name)
{
    const auto refuse = [&](Refusal why, std::string words) {
        const auto shown = printable(name);
        return std::unexpected(Error{why, shown, "tensor '" + shown + "': " + std::move(words)});
    };
    if (tensor.data_location() == onnx_ir::TensorProto::EXTERNAL)
        return refuse(Refusal::external_data,
                      "its data lie in another file; save the model as one file (PyTorch: external_data=False)");
    const auto type = tensor.data_type();
    if (width(type) == 0 && type != kString)
        return refuse(Refusal::damaged, "element type " + std::to_string(type) + " is not read; export as float32");

    Array array;
    array.kind = kind_of(type);
    array.dims.assign(tensor.dims().begin(), tensor.dims().end());
    const auto elements = array.dims.size() > kRankMax ? std::nullopt : count(array.dims);
    if (!elements)
        return refuse(Refusal::too_large, "more than 2^28 elements or 8 dimensions; split the model");

    if (tensor.has_raw_data())
    {
        const auto& raw = tensor.raw_data();
        if (type == kString || raw.size() != size_t(*elements) * width(type))
            return refuse(Refusal::damaged, "its data do not have the length that its shape says; export again");
        (array.kind == Kind::real ? void(array.reals.reserve(size_t(*elements)))
                                  : array.integers.reserve(size_t(*elements)));
        for (size_t at = 0; at != raw.size(); at += width(type))
            append_raw(array, type, raw.data() + at);
    }
    else
        append_typed(array, tensor);

    const auto stray = array.reals.size() + array.integers.size() + array.texts.size() - array.size();
    if (array.size() != size_t(*elements) || stray != 0)
        return refuse(Refusal::damaged, "its data do not have the length that its shape says; export again");
    return array;
}

} // namespace onnx
