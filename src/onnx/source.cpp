#include "onnx/source.hpp"

#include <algorithm>

namespace onnx {

std::string printable(std::string_view name)
{
    constexpr size_t kLength = 128;
    std::string shown{name.substr(0, kLength)};
    std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    return shown;
}

namespace {

template <typename T, typename Otherwise>
T get(const Operator& op, std::string_view key, Otherwise&& otherwise)
{
    const auto found = op.attributes.find(key);
    if (found == op.attributes.end() || !std::holds_alternative<T>(found->second))
        return std::forward<Otherwise>(otherwise);
    return std::get<T>(found->second);
}

} // namespace

double Operator::real(std::string_view key, double otherwise) const { return get<double>(*this, key, otherwise); }

int64_t Operator::integer(std::string_view key, int64_t otherwise) const { return get<int64_t>(*this, key, otherwise); }

std::string Operator::text(std::string_view key, std::string otherwise) const
{
    return get<std::string>(*this, key, std::move(otherwise));
}

std::vector<int64_t> Operator::integers(std::string_view key, std::vector<int64_t> otherwise) const
{
    return get<std::vector<int64_t>>(*this, key, std::move(otherwise));
}

std::vector<double> Operator::reals(std::string_view key) const
{
    return get<std::vector<double>>(*this, key, std::vector<double>{});
}

std::vector<std::string> Operator::texts(std::string_view key) const
{
    return get<std::vector<std::string>>(*this, key, std::vector<std::string>{});
}

const Array* Operator::array(std::string_view key) const
{
    const auto found = attributes.find(key);
    return found == attributes.end() ? nullptr : std::get_if<Array>(&found->second);
}

} // namespace onnx
