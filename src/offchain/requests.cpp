#include "offchain/requests.hpp"

#include "env/clock.hpp"
#include "offchain/exchange.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace offchain {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

/// How soon a wait sees that the node stops.
constexpr uint64_t kLookMs = 50;

/// A request before it is sent, and then its exchange.
struct Open
{
    Url url;
    Exchange::Request request;
    size_t header_bytes = 0, header_count = 0;
    std::unique_ptr<Exchange> exchange;
};

bool is_token(std::string_view text)
{
    const auto good = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::ranges::all_of(text, good);
}

/// Printable characters, spaces, tabs, and bytes above ASCII: nothing that ends a line.  [RFC 9110 §5.5]
bool is_field_value(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c == '\t' || (uint8_t(c) >= 0x20 && c != 0x7F); });
}

/// Fields that say where a message ends or what a connection does: those are ours to say.
bool is_ours(std::string_view name)
{
    using http::field;
    const auto known = http::string_to_field({name.data(), name.size()});
    constexpr std::array ours{
        field::content_length, field::transfer_encoding, field::connection, field::keep_alive,      field::te,
        field::trailer,        field::upgrade,           field::expect,     field::proxy_connection};
    return std::ranges::find(ours, known) != ours.end();
}

bool is_answered(const Exchange& exchange) { return exchange.stage() != Exchange::Stage::waiting; }

} // namespace

struct Requests::Parts
{
    Parts(const HttpPolicy& policy, uint64_t until_ms, const std::atomic<bool>& stopping)
        : policy(policy), until_ms(until_ms), stopping(stopping)
    {
    }

    /// Certificates are read when the first https request is sent: it takes some 20 ms.
    asio::ssl::context& trust()
    {
        if (!tls)
        {
            tls.emplace(asio::ssl::context::tls_client);
            boost::system::error_code none; // without roots every certificate is refused
            tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1);
            tls->set_default_verify_paths(none);
            if (!policy.roots.empty())
                tls->load_verify_file(policy.roots, none);
            tls->set_verify_mode(asio::ssl::verify_peer);
        }
        return *tls;
    }

    void send(Open& open)
    {
        if (open.exchange)
            return;
        open.request.prepare_payload();
        auto* trusted = open.url.secure ? &trust() : nullptr;
        open.exchange =
            Exchange::begin(context, trusted, {policy.allow_private}, std::move(open.url), std::move(open.request));
    }

    /// Moves bytes until `done` or the time is over; false: it is over.
    template <class Done>
    bool run(Deadline deadline, Done done)
    {
        const auto end = std::min(deadline.value_or(until_ms), until_ms);
        while (!done())
        {
            const auto now = env::unix_ms();
            if (now >= end || stopping)
                return false;
            context.run_one_for(std::chrono::milliseconds(std::min(end - now, kLookMs)));
        }
        return true;
    }

    Open* find(uint16_t id)
    {
        const auto found = open.find(id);
        return found == open.end() ? nullptr : &found->second;
    }
    Open* unsent(uint16_t id)
    {
        auto* found = find(id);
        return found == nullptr || found->exchange ? nullptr : found;
    }

    HttpPolicy policy;
    uint64_t until_ms;
    const std::atomic<bool>& stopping;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
    std::optional<asio::ssl::context> tls;
    std::map<uint16_t, Open> open; ///< destroyed before what its exchanges use
    uint16_t next = 1;
};

Requests::Requests(const HttpPolicy& policy, uint64_t until_ms, const std::atomic<bool>& stopping)
    : parts_(std::make_unique<Parts>(policy, until_ms, stopping))
{
}
Requests::~Requests() = default;

std::optional<uint16_t> Requests::start(std::string_view method, std::string_view uri)
{
    auto url = parse_url(uri);
    // CONNECT would make a tunnel of the connection.
    if (!url || method.size() > kMethodBytesMax || !is_token(method) || method == "CONNECT" ||
        parts_->open.size() == kRequestsMax)
        return std::nullopt;
    while (parts_->next == 0 || parts_->open.contains(parts_->next))
        ++parts_->next;
    const auto id = parts_->next++;
    auto& open = parts_->open[id];
    open.request.method_string({method.data(), method.size()});
    open.request.target(url->target);
    open.request.version(11);
    open.request.set(http::field::host, url->authority());
    open.request.set(http::field::connection, "close");
    open.url = std::move(*url);
    return id;
}

bool Requests::header(uint16_t id, std::string_view name, std::string_view value)
{
    auto* open = parts_->unsent(id);
    if (open == nullptr || !is_token(name) || !is_field_value(value) || is_ours(name) ||
        open->header_count == kRequestHeadersMax ||
        open->header_bytes + name.size() + value.size() > kRequestHeaderBytesMax)
        return false;
    ++open->header_count;
    open->header_bytes += name.size() + value.size();
    const bool is_host = http::string_to_field({name.data(), name.size()}) == http::field::host;
    if (is_host) // there is one only
        open->request.set(http::field::host, {value.data(), value.size()});
    else
        open->request.insert({name.data(), name.size()}, {value.data(), value.size()});
    return true;
}

std::expected<void, HttpError> Requests::write(uint16_t id, ByteView chunk)
{
    auto* open = parts_->unsent(id);
    if (open == nullptr)
        return std::unexpected(HttpError::invalid_id);
    auto& body = open->request.body();
    if (chunk.size() > kRequestBytesMax - body.size())
        return std::unexpected(HttpError::io);
    body.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    if (chunk.empty())
        parts_->send(*open);
    return {};
}

std::vector<HttpStatus> Requests::wait(const std::vector<uint16_t>& ids, Deadline deadline)
{
    using Kind = HttpStatus::Kind;
    for (const auto id : ids)
        if (auto* open = parts_->find(id))
            parts_->send(*open);
    parts_->run(deadline, [&] {
        return std::ranges::all_of(ids, [&](uint16_t id) {
            const auto* open = parts_->find(id);
            return open == nullptr || is_answered(*open->exchange);
        });
    });
    std::vector<HttpStatus> statuses;
    for (const auto id : ids)
    {
        const auto* open = parts_->find(id);
        if (open == nullptr)
            statuses.push_back({Kind::invalid});
        else if (!is_answered(*open->exchange))
            statuses.push_back({Kind::deadline});
        else if (open->exchange->stage() == Exchange::Stage::failed)
            statuses.push_back({Kind::io});
        else
            statuses.push_back({Kind::finished, open->exchange->status()});
    }
    for (size_t i = 0; i != ids.size(); ++i)
        if (statuses[i].kind == Kind::io)
            parts_->open.erase(ids[i]);
    return statuses;
}

host::Headers Requests::headers(uint16_t id) const
{
    const auto* open = parts_->find(id);
    if (open == nullptr || !open->exchange || open->exchange->stage() != Exchange::Stage::answered)
        return {};
    return open->exchange->headers();
}

std::expected<uint32_t, HttpError> Requests::read(uint16_t id, std::span<uint8_t> out, Deadline deadline)
{
    auto* open = parts_->find(id);
    if (open == nullptr)
        return std::unexpected(HttpError::invalid_id);
    parts_->send(*open);
    auto& exchange = *open->exchange;
    const bool known = parts_->run(deadline, [&] {
        if (exchange.stage() == Exchange::Stage::failed || exchange.ready() != 0 || exchange.ended())
            return true;
        exchange.want();
        return false;
    });
    if (!known)
        return std::unexpected(HttpError::deadline);
    if (exchange.ready() != 0)
        return uint32_t(exchange.take(out));
    const bool whole = exchange.ended();
    parts_->open.erase(id);
    if (!whole)
        return std::unexpected(HttpError::io);
    return 0;
}

} // namespace offchain
