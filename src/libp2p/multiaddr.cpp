#include "libp2p/multiaddr.hpp"

#include "base/invariant.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace libp2p {
namespace {

enum class Form : uint8_t
{
    none,
    ip4,
    ip6,
    port,
    name,
    multihash,
};

struct Rule
{
    AddressCode code;
    std::string_view name;
    Form form;
};

constexpr auto kRules = std::to_array<Rule>({
    {AddressCode::ip4, "ip4", Form::ip4},
    {AddressCode::tcp, "tcp", Form::port},
    {AddressCode::ip6, "ip6", Form::ip6},
    {AddressCode::dns, "dns", Form::name},
    {AddressCode::dns4, "dns4", Form::name},
    {AddressCode::dns6, "dns6", Form::name},
    {AddressCode::dnsaddr, "dnsaddr", Form::name},
    {AddressCode::udp, "udp", Form::port},
    {AddressCode::webrtc_direct, "webrtc-direct", Form::none},
    {AddressCode::p2p_circuit, "p2p-circuit", Form::none},
    {AddressCode::p2p, "p2p", Form::multihash},
    {AddressCode::tls, "tls", Form::none},
    {AddressCode::sni, "sni", Form::name},
    {AddressCode::quic_v1, "quic-v1", Form::none},
    {AddressCode::webtransport, "webtransport", Form::none},
    {AddressCode::ws, "ws", Form::none},
    {AddressCode::wss, "wss", Form::none},
});

/// Bytes of a value with a fixed size; nothing where a length stands before it.
std::optional<size_t> fixed_size(Form form)
{
    switch (form)
    {
    case Form::none:
        return 0;
    case Form::ip4:
        return 4;
    case Form::ip6:
        return 16;
    case Form::port:
        return 2;
    case Form::name:
    case Form::multihash:
        return std::nullopt;
    }
    base::invariant(false);
    return std::nullopt;
}

bool fits(Form form, ByteView value)
{
    if (form == Form::name)
        return !value.empty() && std::ranges::all_of(value, [](uint8_t c) { return c > ' ' && c < 127 && c != '/'; });
    return form != Form::multihash || (!value.empty() && value.size() <= kBase58BytesMax);
}

std::string value_text(Form form, ByteView value)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    switch (form)
    {
    case Form::none:
        return {};
    case Form::ip4:
    case Form::ip6:
        return inet_ntop(form == Form::ip4 ? AF_INET : AF_INET6, value.data(), text.data(), text.size());
    case Form::port:
        return std::to_string(value[0] << 8 | value[1]);
    case Form::name:
        return {value.begin(), value.end()};
    case Form::multihash:
        return to_base58(value);
    }
    base::invariant(false);
    return {};
}

std::optional<Bytes> text_value(Form form, const std::string& text)
{
    if (form == Form::ip4 || form == Form::ip6)
    {
        Bytes ip(form == Form::ip4 ? 4 : 16);
        if (inet_pton(form == Form::ip4 ? AF_INET : AF_INET6, text.c_str(), ip.data()) != 1)
            return std::nullopt;
        return ip;
    }
    if (form == Form::port)
    {
        uint16_t port = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
        if (error != std::errc{} || end != text.data() + text.size())
            return std::nullopt;
        return Bytes{uint8_t(port >> 8), uint8_t(port)};
    }
    if (form == Form::multihash)
        return from_base58(text);
    return Bytes(text.begin(), text.end());
}

} // namespace

const Bytes* Multiaddr::find(AddressCode code) const
{
    const auto part = std::ranges::find(parts, code, &Part::code);
    return part == parts.end() ? nullptr : &part->value;
}

Bytes Multiaddr::bytes() const
{
    Bytes out;
    for (const auto& part : parts)
    {
        const auto rule = std::ranges::find(kRules, part.code, &Rule::code);
        base::invariant(rule != kRules.end());
        put_varint(out, uint64_t(part.code));
        if (!fixed_size(rule->form))
            put_varint(out, part.value.size());
        append(out, part.value);
    }
    return out;
}

std::string Multiaddr::text() const
{
    std::string out;
    for (const auto& part : parts)
    {
        const auto rule = std::ranges::find(kRules, part.code, &Rule::code);
        base::invariant(rule != kRules.end());
        out += '/';
        out += rule->name;
        if (rule->form != Form::none)
            out += '/' + value_text(rule->form, part.value);
    }
    return out;
}

std::optional<Multiaddr> address_of_bytes(ByteView bytes)
{
    if (bytes.empty() || bytes.size() > Multiaddr::kBytesMax)
        return std::nullopt;
    Multiaddr address;
    while (!bytes.empty())
    {
        const auto code = read_varint(bytes);
        const auto rule =
            std::ranges::find_if(kRules, [&](auto& r) { return code && uint64_t(r.code) == code->value; });
        if (rule == kRules.end() || address.parts.size() == Multiaddr::kPartsMax)
            return std::nullopt;
        bytes = bytes.subspan(code->size);
        auto size = std::optional<uint64_t>(fixed_size(rule->form));
        if (!size)
        {
            const auto length = read_varint(bytes);
            if (!length)
                return std::nullopt;
            bytes = bytes.subspan(length->size);
            size = length->value;
        }
        if (*size > bytes.size() || !fits(rule->form, bytes.first(*size)))
            return std::nullopt;
        address.parts.push_back({rule->code, Bytes(bytes.begin(), bytes.begin() + ptrdiff_t(*size))});
        bytes = bytes.subspan(*size);
    }
    return address;
}

std::optional<Multiaddr> address_of_text(std::string_view text)
{
    if (text.empty() || text[0] != '/' || text.size() > Multiaddr::kBytesMax)
        return std::nullopt;
    Multiaddr address;
    const auto word = [&] {
        text.remove_prefix(1);
        const auto end = std::min(text.find('/'), text.size());
        const std::string found(text.substr(0, end));
        text.remove_prefix(end);
        return found;
    };
    while (!text.empty())
    {
        const auto name = word();
        const auto rule = std::ranges::find(kRules, std::string_view(name), &Rule::name);
        if (rule == kRules.end() || address.parts.size() == Multiaddr::kPartsMax)
            return std::nullopt;
        if (rule->form == Form::none)
        {
            address.parts.push_back({rule->code, {}});
            continue;
        }
        const auto value = text.empty() ? std::nullopt : text_value(rule->form, word());
        if (!value || !fits(rule->form, *value))
            return std::nullopt;
        address.parts.push_back({rule->code, *value});
    }
    return address;
}

Multiaddr address_of_socket(ByteView ip, uint16_t port)
{
    base::invariant(ip.size() == 4 || ip.size() == 16);
    return {{{ip.size() == 4 ? AddressCode::ip4 : AddressCode::ip6, Bytes(ip.begin(), ip.end())},
             {AddressCode::tcp, {uint8_t(port >> 8), uint8_t(port)}}}};
}

std::optional<Endpoint> endpoint_of(const Multiaddr& address)
{
    const auto& parts = address.parts;
    if (parts.size() < 2 || parts[1].code != AddressCode::tcp)
        return std::nullopt;
    Form form = Form::name;
    if (parts[0].code == AddressCode::ip4)
        form = Form::ip4;
    else if (parts[0].code == AddressCode::ip6)
        form = Form::ip6;
    else if (parts[0].code < AddressCode::dns || parts[0].code > AddressCode::dns6)
        return std::nullopt;
    Endpoint endpoint{.host = value_text(form, parts[0].value),
                      .port = uint16_t(parts[1].value[0] << 8 | parts[1].value[1]),
                      .peer = {}};
    size_t at = 2;
    if (at < parts.size() && parts[at].code == AddressCode::ws)
    {
        endpoint.websocket = true;
        ++at;
    }
    if (at < parts.size() && parts[at].code == AddressCode::p2p)
    {
        endpoint.peer = peer_of_multihash(parts[at].value);
        if (!endpoint.peer)
            return std::nullopt;
        ++at;
    }
    return at == parts.size() ? std::optional(endpoint) : std::nullopt;
}

} // namespace libp2p
