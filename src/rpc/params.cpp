#include "rpc/params.hpp"

#include "rpc/hex.hpp"

#include <algorithm>

namespace rpc {
namespace {

const Json kNull;

constexpr const char* kWantsHex = "must be hexadecimal: 0x and an even number of digits";
constexpr const char* kWantsHash = "must be a hash: 0x and 64 digits";

} // namespace

std::optional<Bytes> as_bytes(const Json& value)
{
    const auto* text = value.get_ptr<const std::string*>();
    if (text && text->empty())
        return Bytes{}; // so PAPI writes the arguments of a call that takes none
    return text ? from_hex(*text) : std::nullopt;
}

std::optional<Hash> as_hash(const Json& value)
{
    const auto bytes = as_bytes(value);
    Hash hash{};
    if (!bytes || bytes->size() != hash.size())
        return std::nullopt;
    std::ranges::copy(*bytes, hash.begin());
    return hash;
}

void Params::fail(const char* name, std::string_view complaint)
{
    if (!error_)
        error_ = invalid_params(std::string{name} + ' ' + std::string{complaint}).error();
}

const Json& Params::any(const char* name)
{
    if (params_.is_object())
    {
        const auto found = params_.find(name);
        return found == params_.end() ? kNull : *found;
    }
    return next_ < params_.size() ? params_[next_++] : kNull;
}

std::string Params::text(const char* name)
{
    if (const auto* text = any(name).get_ptr<const std::string*>())
        return *text;
    fail(name, "must be a string");
    return {};
}

bool Params::boolean(const char* name)
{
    const auto& value = any(name);
    if (!value.is_boolean())
    {
        fail(name, "must be true or false");
        return false;
    }
    return value.get<bool>();
}

uint64_t Params::number(const char* name, uint64_t max)
{
    const auto& value = any(name);
    if (value.is_number_unsigned() && value.get<uint64_t>() <= max)
        return value.get<uint64_t>();
    fail(name, "must be an integer from 0 to " + std::to_string(max));
    return 0;
}

Bytes Params::bytes(const char* name)
{
    auto bytes = as_bytes(any(name));
    if (!bytes)
        fail(name, kWantsHex);
    return std::move(bytes).value_or(Bytes{});
}

Hash Params::hash(const char* name)
{
    const auto hash = as_hash(any(name));
    if (!hash)
        fail(name, kWantsHash);
    return hash.value_or(Hash{});
}

std::vector<Bytes> Params::bytes_list(const char* name)
{
    const auto& value = any(name);
    std::vector<Bytes> list;
    if (!value.is_array() || value.size() > kListMax)
    {
        fail(name, "must be a list of at most " + std::to_string(kListMax) + " items");
        return list;
    }
    for (const auto& item : value)
    {
        auto bytes = as_bytes(item);
        if (!bytes)
        {
            fail(name, kWantsHex);
            return {};
        }
        list.push_back(std::move(*bytes));
    }
    return list;
}

std::vector<Hash> Params::hash_list(const char* name)
{
    const auto& value = any(name);
    std::vector<Hash> list;
    if (!value.is_array() || value.size() > kListMax)
    {
        fail(name, "must be a list of at most " + std::to_string(kListMax) + " items");
        return list;
    }
    for (const auto& item : value)
    {
        const auto hash = as_hash(item);
        if (!hash)
        {
            fail(name, kWantsHash);
            return {};
        }
        list.push_back(*hash);
    }
    return list;
}

std::optional<Bytes> Params::optional_bytes(const char* name)
{
    const auto& value = any(name);
    if (value.is_null())
        return std::nullopt;
    auto bytes = as_bytes(value);
    if (!bytes)
        fail(name, kWantsHex);
    return bytes;
}

std::optional<Hash> Params::optional_hash(const char* name)
{
    const auto& value = any(name);
    if (value.is_null())
        return std::nullopt;
    const auto hash = as_hash(value);
    if (!hash)
        fail(name, kWantsHash);
    return hash;
}

} // namespace rpc
