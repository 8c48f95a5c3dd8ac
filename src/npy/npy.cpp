#include "npy/npy.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace npy {
namespace {

using base::ByteView;

struct TypeName
{
    std::string_view name;
    Type type;
    size_t size;
};

constexpr auto kTypes = std::to_array<TypeName>({
    {"<f4", Type::f4, 4},
    {"<f8", Type::f8, 8},
    {"|i1", Type::i1, 1},
    {"<i2", Type::i2, 2},
    {"<i4", Type::i4, 4},
    {"<i8", Type::i8, 8},
    {"|u1", Type::u1, 1},
    {"<u2", Type::u2, 2},
    {"<u4", Type::u4, 4},
    {"|b1", Type::boolean, 1},
});

const TypeName& description(Type type)
{
    const auto found = std::ranges::find(kTypes, type, &TypeName::type);
    base::invariant(found != kTypes.end());
    return *found;
}

/// A cursor over the header's Python dictionary literal.
struct Text
{
    std::string_view rest;

    void skip_spaces() { rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size())); }

    bool eat(char c)
    {
        skip_spaces();
        if (rest.empty() || rest.front() != c)
            return false;
        rest.remove_prefix(1);
        return true;
    }

    bool eat_word(std::string_view word)
    {
        skip_spaces();
        if (!rest.starts_with(word))
            return false;
        rest.remove_prefix(word.size());
        return true;
    }

    std::optional<std::string_view> quoted()
    {
        skip_spaces();
        if (rest.empty() || (rest.front() != '\'' && rest.front() != '"'))
            return std::nullopt;
        const auto end = rest.find(rest.front(), 1);
        if (end == rest.npos)
            return std::nullopt;
        const auto word = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        return word;
    }

    std::optional<uint64_t> number()
    {
        skip_spaces();
        uint64_t value = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
        if (error != std::errc{})
            return std::nullopt;
        rest.remove_prefix(size_t(end - rest.data()));
        return value;
    }
};

struct Header
{
    std::string_view descr;
    bool fortran_order = false;
    std::vector<uint64_t> shape;
};

std::expected<std::vector<uint64_t>, Refusal> parse_shape(Text& text)
{
    std::vector<uint64_t> shape;
    if (!text.eat('('))
        return std::unexpected(Refusal::header);
    while (!text.eat(')'))
    {
        const auto dimension = text.number();
        if (!dimension)
            return std::unexpected(Refusal::header);
        if (shape.size() == kRankMax)
            return std::unexpected(Refusal::too_large);
        shape.push_back(*dimension);
        if (!text.eat(',') && !text.rest.starts_with(')'))
            return std::unexpected(Refusal::header);
    }
    return shape;
}

/// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }  in any order of keys, each exactly once.
std::expected<Header, Refusal> parse_header(std::string_view dictionary)
{
    const auto refused = std::unexpected(Refusal::header);
    Text text{dictionary};
    Header header;
    bool has_descr = false, has_order = false, has_shape = false;
    if (!text.eat('{'))
        return refused;
    while (!text.eat('}'))
    {
        const auto key = text.quoted();
        if (!key || !text.eat(':'))
            return refused;
        if (*key == "descr" && !std::exchange(has_descr, true))
        {
            const auto descr = text.quoted();
            if (!descr)
                return std::unexpected(Refusal::type); // a list: a record type
            header.descr = *descr;
        }
        else if (*key == "fortran_order" && !std::exchange(has_order, true))
        {
            header.fortran_order = text.eat_word("True");
            if (!header.fortran_order && !text.eat_word("False"))
                return refused;
        }
        else if (*key == "shape" && !std::exchange(has_shape, true))
        {
            auto shape = parse_shape(text);
            if (!shape)
                return std::unexpected(shape.error());
            header.shape = std::move(*shape);
        }
        else
            return refused;
        text.eat(',');
    }
    text.skip_spaces();
    if (!has_descr || !has_order || !has_shape || !text.rest.empty())
        return refused;
    return header;
}

std::expected<uint64_t, Refusal> count_elements(const std::vector<uint64_t>& shape)
{
    uint64_t count = 1;
    for (const auto dimension : shape)
    {
        if (dimension > kElementsMax)
            return std::unexpected(Refusal::too_large);
        count *= dimension; // both factors are at most 2³¹
        if (count > kElementsMax)
            return std::unexpected(Refusal::too_large);
    }
    return count;
}

template <typename T>
T load(const uint8_t* at)
{
    std::array<uint8_t, sizeof(T)> raw;
    std::copy_n(at, sizeof(T), raw.begin());
    return std::bit_cast<T>(raw);
}

double element(Type type, const uint8_t* at)
{
    switch (type)
    {
    case Type::f4:
        return double(load<float>(at));
    case Type::f8:
        return load<double>(at);
    case Type::i1:
        return load<int8_t>(at);
    case Type::i2:
        return load<int16_t>(at);
    case Type::i4:
        return load<int32_t>(at);
    case Type::i8:
        return double(load<int64_t>(at));
    case Type::u1:
        return load<uint8_t>(at);
    case Type::u2:
        return load<uint16_t>(at);
    case Type::u4:
        return load<uint32_t>(at);
    case Type::boolean:
        return *at != 0 ? 1 : 0;
    }
    base::invariant(false);
    return 0;
}

template <typename T>
void store(double value, base::Bytes& out)
{
    T converted{};
    if constexpr (std::floating_point<T>)
        converted = T(value);
    else if (value >= double(std::numeric_limits<T>::max()))
        converted = std::numeric_limits<T>::max();
    else if (value > double(std::numeric_limits<T>::min()))
        converted = T(std::nearbyint(value));
    else if (value <= double(std::numeric_limits<T>::min()))
        converted = std::numeric_limits<T>::min();
    const auto raw = std::bit_cast<std::array<uint8_t, sizeof(T)>>(converted);
    out.insert(out.end(), raw.begin(), raw.end());
}

void store_element(Type type, double value, base::Bytes& out)
{
    switch (type)
    {
    case Type::f4:
        return store<float>(value, out);
    case Type::f8:
        return store<double>(value, out);
    case Type::i1:
        return store<int8_t>(value, out);
    case Type::i2:
        return store<int16_t>(value, out);
    case Type::i4:
        return store<int32_t>(value, out);
    case Type::i8:
        return store<int64_t>(value, out);
    case Type::u1:
        return store<uint8_t>(value, out);
    case Type::u2:
        return store<uint16_t>(value, out);
    case Type::u4:
        return store<uint32_t>(value, out);
    case Type::boolean:
        return out.push_back(value != 0 ? 1 : 0);
    }
}

constexpr std::array<uint8_t, 6> kMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};

} // namespace

std::expected<Array, Refusal> read(ByteView file)
{
    base::Reader reader{file};
    const auto magic = reader.take(kMagic.size());
    if (!magic || !std::ranges::equal(*magic, kMagic))
        return std::unexpected(Refusal::not_npy);
    const auto major = reader.get<uint8_t>(), minor = reader.get<uint8_t>();
    if (!major || !minor || (*major != 1 && *major != 2) || *minor != 0)
        return std::unexpected(Refusal::version);
    const auto size = *major == 1 ? std::optional<uint32_t>{reader.get<uint16_t>()} : reader.get<uint32_t>();
    const auto dictionary = size ? reader.take(*size) : std::nullopt;
    if (!dictionary)
        return std::unexpected(Refusal::header);

    auto header = parse_header({reinterpret_cast<const char*>(dictionary->data()), dictionary->size()});
    if (!header)
        return std::unexpected(header.error());
    const auto type = std::ranges::find(kTypes, header->descr, &TypeName::name);
    if (type == kTypes.end())
        return std::unexpected(Refusal::type);
    if (header->fortran_order && header->shape.size() > 1)
        return std::unexpected(Refusal::fortran_order);
    const auto count = count_elements(header->shape);
    if (!count)
        return std::unexpected(count.error());
    const auto data = reader.take(*count * type->size);
    if (!data || !reader.at_end())
        return std::unexpected(Refusal::length);

    Array array{.type = type->type, .shape = std::move(header->shape), .values = {}};
    array.values.reserve(*count);
    for (uint64_t i = 0; i != *count; ++i)
        array.values.push_back(element(type->type, data->data() + i * type->size));
    return array;
}

base::Bytes write(const Array& array)
{
    const auto& type = description(array.type);
    std::string header = "{'descr': '" + std::string(type.name) + "', 'fortran_order': False, 'shape': (";
    for (const auto dimension : array.shape)
        header += std::to_string(dimension) + ",";
    header += "), }";
    // The data begin at a multiple of 64; the header ends in a new line.
    header.append(63 - (kMagic.size() + 4 + header.size()) % 64, ' ');
    header += '\n';

    base::Writer writer;
    writer.put(ByteView{kMagic});
    writer.put(uint8_t{1});
    writer.put(uint8_t{0});
    writer.put(uint16_t(header.size()));
    writer.put(base::view(header));
    auto out = writer.take();
    out.reserve(out.size() + array.values.size() * type.size);
    for (const auto value : array.values)
        store_element(array.type, value, out);
    return out;
}

std::string_view words(Refusal why)
{
    switch (why)
    {
    case Refusal::not_npy:
        return "not a .npy file: write it with numpy.save";
    case Refusal::version:
        return "this version of .npy is not read: write it with numpy.save, version 1.0 or 2.0";
    case Refusal::header:
        return "the .npy header is damaged: write the file again with numpy.save";
    case Refusal::type:
        return "this element type is not read: convert the array with .astype('float32')";
    case Refusal::fortran_order:
        return "the array is column-major: convert it with numpy.ascontiguousarray";
    case Refusal::too_large:
        return "the array has more than 2^31 elements: split it";
    case Refusal::length:
        return "the .npy file is cut short or has bytes after its data: write it again with numpy.save";
    }
    base::invariant(false);
    return {};
}

} // namespace npy
