#include "rpc/http_client.hpp"

#include "rpc/socket_client.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace rpc {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr size_t kHeaderMax = 16 * 1024;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

class HttpClient final : public Client, public std::enable_shared_from_this<HttpClient>
{
public:
    HttpClient(std::shared_ptr<Core::Slot> slot, Tcp::socket socket)
        : slot_(std::move(slot)), stream_(std::move(socket))
    {
    }

    void read()
    {
        parser_.emplace();
        parser_->body_limit(kMessageMax);
        parser_->header_limit(kHeaderMax);
        stream_.expires_after(kIdle);
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](ErrorCode error, size_t) { self->on_read(error); });
    }

    void drop() override { stream_.close(); }

private:
    const Core& core() const { return *slot_->core; }

    void on_read(ErrorCode error)
    {
        if (error == http::error::body_limit)
            return answer(plain(http::status::payload_too_large, "The request is larger than 15 MiB.\n"), false);
        if (error || core().stopping)
            return drop();
        const auto request = parser_->release();
        if (const auto refused = refusal(request))
            return answer(*refused, false);
        if (beast::websocket::is_upgrade(request))
        {
            stream_.expires_never();
            return serve_socket(std::move(slot_), std::move(stream_), request);
        }
        route(request);
    }

    /// A page that may not call, or a name that should not lead here.
    std::optional<Response> refusal(const Request& request) const
    {
        const auto& options = core().options;
        const auto origin = view_of(request[http::field::origin]);
        if (!origin.empty() && !is_allowed(options.origins, origin))
            return plain(http::status::forbidden, "This origin is not allowed; start the node with --rpc-cors.\n");
        if (!options.external && options.origins && !is_local_host(view_of(request[http::field::host])))
            return plain(http::status::forbidden, "This host is not allowed: call localhost.\n");
        return std::nullopt;
    }

    void route(const Request& request)
    {
        origin_ = view_of(request[http::field::origin]);
        const bool keep = request.keep_alive();
        if (request.method() == http::verb::options)
            return answer(preflight(), keep);
        if (request.method() == http::verb::get && request.target() == "/health")
            return call(R"({"jsonrpc":"2.0","id":0,"method":"system_health"})", keep, true);
        if (request.method() != http::verb::post)
            return answer(plain(http::status::method_not_allowed, "Send JSON-RPC by POST, or open a WebSocket.\n"),
                          keep);
        if (!view_of(request[http::field::content_type]).starts_with("application/json"))
            return answer(plain(http::status::unsupported_media_type, "Content-Type must be application/json.\n"),
                          keep);
        call(request.body(), keep, false);
    }

    /// Runs a request on a worker; `bare` sends the result alone.
    void call(std::string text, bool keep, bool bare)
    {
        stream_.expires_never();
        boost::asio::post(slot_->core->workers, [self = shared_from_this(), text = std::move(text), keep, bare] {
            Session session{
                self->slot_->core->hub, self->slot_->id, {Session::Carrier::http, self->core().allows_unsafe()}};
            auto messages = session.receive(text);
            auto body = messages.empty() ? std::string{} : std::move(messages.front());
            if (bare)
                if (const auto response = parse(body); response && response->contains("result"))
                    body = print((*response)["result"]);
            boost::asio::post(self->stream_.get_executor(), [self, keep, body = std::move(body)]() mutable {
                Response response{http::status::ok, 11};
                response.set(http::field::content_type, "application/json; charset=utf-8");
                response.body() = std::move(body);
                self->answer(std::move(response), keep);
            });
        });
    }

    static Response plain(http::status status, const char* text)
    {
        Response response{status, 11};
        response.set(http::field::content_type, "text/plain");
        response.body() = text;
        return response;
    }

    static Response preflight()
    {
        Response response{http::status::no_content, 11};
        response.set(http::field::access_control_allow_methods, "POST, GET");
        response.set(http::field::access_control_allow_headers, "content-type");
        return response;
    }

    void answer(Response response, bool keep)
    {
        if (!origin_.empty())
        {
            response.set(http::field::access_control_allow_origin, origin_);
            response.set(http::field::vary, "Origin");
        }
        response.keep_alive(keep);
        response.prepare_payload();
        const auto sent = std::make_shared<Response>(std::move(response));
        stream_.expires_after(kIdle);
        http::async_write(stream_, *sent, [self = shared_from_this(), sent, keep](ErrorCode error, size_t) {
            if (error || !keep || self->core().stopping)
                return self->drop();
            self->read();
        });
    }

    std::shared_ptr<Core::Slot> slot_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    std::string origin_;
};

} // namespace

void serve_http(std::shared_ptr<Core::Slot> slot, Tcp::socket socket)
{
    const auto core = slot->core;
    const auto id = slot->id;
    const auto client = std::make_shared<HttpClient>(std::move(slot), std::move(socket));
    core->enter(id, client);
    client->read();
}

} // namespace rpc
