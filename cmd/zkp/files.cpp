#include "files.hpp"

#include "env/file.hpp"
#include "model/evaluate.hpp"
#include "model/shape.hpp"
#include "onnx/import.hpp"

#include <filesystem>
#include <optional>
#include <span>

namespace cmd {
namespace {

constexpr uint64_t kFileBytesMax = uint64_t{1} << 34;

std::optional<uint8_t> nibble(char digit)
{
    if (digit >= '0' && digit <= '9')
        return uint8_t(digit - '0');
    const char lower = char(digit | 0x20);
    if (lower >= 'a' && lower <= 'f')
        return uint8_t(lower - 'a' + 10);
    return std::nullopt;
}

} // namespace

Or<base::Bytes> read(const std::string& path)
{
    auto bytes = env::read_file(path, kFileBytesMax);
    if (!bytes)
        return usage(bytes.error().words);
    return std::move(*bytes);
}

Or<npy::Array> read_array(const std::string& path)
{
    const auto bytes = read(path);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto array = npy::read(*bytes);
    if (!array)
        return refused(path + ": " + std::string(npy::words(array.error())));
    return std::move(*array);
}

Or<proof::Identity> read_identity(const std::string& path)
{
    const auto bytes = read(path);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto identity = proof::decode_identity(*bytes);
    if (!identity)
        return refused(path + " (a model identity, .id, is wanted): " + identity.error().words);
    return std::move(*identity);
}

Or<proof::DataIdentity> read_data_identity(const std::string& path)
{
    const auto bytes = read(path);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto identity = proof::decode_data_identity(*bytes);
    if (!identity)
        return refused(path + " (a data identity, .id, is wanted): " + identity.error().words);
    return *identity;
}

Or<std::vector<std::vector<int32_t>>> encode_rows(const model::Graph& graph, const npy::Array& array,
                                                  const std::string& path)
{
    const auto& shape = graph.tensors[graph.input].shape;
    const auto values = onnx::records(array, shape);
    if (!values)
        return refused(path + ": " + values.error().words);
    const auto width = model::elements(shape);
    std::vector<std::vector<int32_t>> rows;
    for (size_t i = 0; i != values->size() / width; ++i)
    {
        auto codes = model::encode_input(graph, std::span(*values).subspan(i * width, width));
        if (!codes)
            return refused(path + ": " + codes.error().words);
        rows.push_back(std::move(*codes));
    }
    return rows;
}

Or<base::Digest> parse_context(const std::string& text)
{
    base::Digest context{};
    if (text.empty())
        return context;
    if (text.size() != 2 * context.size())
        return usage("--context: a context is 32 bytes, 64 hexadecimal digits; this one has " +
                     std::to_string(text.size()));
    for (size_t i = 0; i != context.size(); ++i)
    {
        const auto high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);
        if (!high || !low)
            return usage("--context: only hexadecimal digits, 0-9 and a-f");
        context[i] = uint8_t(*high << 4 | *low);
    }
    return context;
}

uint64_t size_of(const std::string& path)
{
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path, ignored);
    return ignored ? 0 : uint64_t(size);
}

} // namespace cmd
