#include "offchain/exchange.hpp"

#include "offchain/address.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace offchain {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using Failed = beast::error_code;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;

constexpr size_t kChunkBytes = 16 * 1024;
constexpr size_t kAddressesMax = 8; // of one name that are tried

/// What the handlers share; lives until the last of them has run.
template <class Stream>
struct Work : std::enable_shared_from_this<Work<Stream>>
{
    using Parser = http::response_parser<http::buffer_body>;

    template <class... Args>
    Work(asio::io_context& context, const Exchange::Policy& policy, Url&& url, Exchange::Request&& request,
         Args&... args)
        : url(std::move(url)), request(std::move(request)), policy(policy), resolver(context), stream(context, args...),
          buffer(kHeaderBytesMax + kChunkBytes)
    {
    }

    /// A handler that goes on with `next`, unless the step failed or nobody is interested any more.
    template <class Next>
    auto then(Next next)
    {
        return [self = this->shared_from_this(), next](const Failed& failed, auto&&... result) {
            if (self->dropped)
                return;
            if (failed)
                return self->fail();
            next(*self, result...);
        };
    }

    void resolve()
    {
        boost::system::error_code none;
        if (const auto literal = asio::ip::make_address(url.host, none); !none)
            return connect({Tcp::endpoint(literal, url.port)});
        resolver.async_resolve(url.host, std::to_string(url.port),
                               then([](Work& self, const Tcp::resolver::results_type& found) {
                                   std::vector<Tcp::endpoint> places;
                                   for (const auto& entry : found)
                                       if (places.size() != kAddressesMax)
                                           places.push_back(entry.endpoint());
                                   self.connect(std::move(places));
                               }));
    }

    /// The addresses that were judged are the ones that are connected to: a name cannot change in between.
    void connect(std::vector<Tcp::endpoint> places)
    {
        if (!policy.allow_private)
            std::erase_if(places, [](const Tcp::endpoint& place) { return !is_public(place.address()); });
        if (places.empty())
            return fail();
        endpoints = std::move(places);
        beast::get_lowest_layer(stream).async_connect(endpoints,
                                                      then([](Work& self, const Tcp::endpoint&) { self.secure(); }));
    }

    void secure()
    {
        if constexpr (std::is_same_v<Stream, TlsStream>)
        {
            boost::system::error_code none;
            asio::ip::make_address(url.host, none);
            const bool named = bool(none); // an address is not named in the handshake  [RFC 6066 §3]
            if (named && SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str()) != 1)
                return fail();
            stream.set_verify_callback(asio::ssl::host_name_verification(url.host), none);
            if (none)
                return fail();
            stream.async_handshake(asio::ssl::stream_base::client, then([](Work& self) { self.send(); }));
        }
        else
            send();
    }

    void send()
    {
        http::async_write(stream, request, then([](Work& self, size_t) { self.await_header(); }));
    }

    void await_header()
    {
        parser.emplace();
        parser->header_limit(kHeaderBytesMax);
        parser->body_limit(kResponseBytesMax);
        if (request.method() == http::verb::head)
            parser->skip(true);
        http::async_read_header(stream, buffer, *parser, then([](Work& self, size_t) {
                                    if (self.parser->get().result_int() >= 200)
                                        self.stage = Exchange::Stage::answered;
                                    else if (++self.informational > kInformationalMax)
                                        self.fail();
                                    else
                                        self.await_header();
                                }));
    }

    void read_more()
    {
        if (reading || stage != Exchange::Stage::answered || begin != end || parser->is_done())
            return;
        auto& body = parser->get().body();
        body.data = chunk.data();
        body.size = chunk.size();
        body.more = true;
        reading = true;
        http::async_read_some(stream, buffer, *parser, [self = this->shared_from_this()](const Failed& failed, size_t) {
            if (self->dropped)
                return;
            self->reading = false;
            self->begin = 0;
            self->end = self->chunk.size() - self->parser->get().body().size;
            if (failed && failed != http::error::need_buffer)
                self->failing = true; // once what has come is taken
            if (self->failing && self->end == 0)
                self->fail();
        });
    }

    void fail()
    {
        stage = Exchange::Stage::failed;
        close();
    }
    void close()
    {
        resolver.cancel();
        beast::get_lowest_layer(stream).close();
    }

    Url url;
    Exchange::Request request;
    Exchange::Policy policy;
    Tcp::resolver resolver;
    Stream stream;
    beast::flat_buffer buffer;
    std::optional<Parser> parser;
    std::vector<Tcp::endpoint> endpoints;
    std::array<char, kChunkBytes> chunk{};
    size_t begin = 0, end = 0; ///< of what is ready in chunk
    Exchange::Stage stage = Exchange::Stage::waiting;
    int informational = 0;
    bool reading = false, failing = false, dropped = false;
};

template <class Stream>
class ExchangeOver final : public Exchange
{
public:
    explicit ExchangeOver(std::shared_ptr<Work<Stream>> work) : work_(std::move(work)) { work_->resolve(); }
    ~ExchangeOver() override
    {
        work_->dropped = true;
        work_->close();
    }
    ExchangeOver(const ExchangeOver&) = delete;
    ExchangeOver& operator=(const ExchangeOver&) = delete;

    Stage stage() const override { return work_->stage; }
    uint16_t status() const override { return uint16_t(work_->parser->get().result_int()); }
    std::vector<std::pair<base::Bytes, base::Bytes>> headers() const override
    {
        std::vector<std::pair<base::Bytes, base::Bytes>> out;
        const auto bytes = [](std::string_view text) {
            const auto view = base::view(text);
            return base::Bytes(view.begin(), view.end());
        };
        for (const auto& field : work_->parser->get())
            out.emplace_back(bytes({field.name_string().data(), field.name_string().size()}),
                             bytes({field.value().data(), field.value().size()}));
        return out;
    }
    size_t ready() const override { return work_->end - work_->begin; }
    bool ended() const override
    {
        return work_->stage == Stage::answered && ready() == 0 && !work_->reading && work_->parser->is_done();
    }
    void want() override { work_->read_more(); }
    size_t take(std::span<uint8_t> out) override
    {
        const auto count = std::min(ready(), out.size());
        std::copy_n(work_->chunk.begin() + std::ptrdiff_t(work_->begin), count, out.begin());
        work_->begin += count;
        if (ready() == 0 && work_->failing)
            work_->fail();
        return count;
    }

private:
    std::shared_ptr<Work<Stream>> work_;
};

} // namespace

std::unique_ptr<Exchange> Exchange::begin(asio::io_context& context, asio::ssl::context* tls, const Policy& policy,
                                          Url url, Request request)
{
    if (url.secure)
        return std::make_unique<ExchangeOver<TlsStream>>(
            std::make_shared<Work<TlsStream>>(context, policy, std::move(url), std::move(request), *tls));
    return std::make_unique<ExchangeOver<beast::tcp_stream>>(
        std::make_shared<Work<beast::tcp_stream>>(context, policy, std::move(url), std::move(request)));
}

} // namespace offchain
