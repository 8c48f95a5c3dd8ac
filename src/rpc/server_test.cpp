#include "rpc/server.hpp"

#include "rpc/hex.hpp"
#include "rpc/json.hpp"
#include "rpc/session.hpp"
#include "rpc/testing/fake_backend.hpp"
#include "rpc/watch.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <thread>

/// Over real sockets.
namespace rpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;
using namespace std::chrono_literals;

/// A client that waits for each answer, at most 20 s.
struct Socket
{
    explicit Socket(uint16_t port) : stream(context)
    {
        beast::get_lowest_layer(stream).connect(Tcp::endpoint{asio::ip::address_v4::loopback(), port});
    }
    void open(const std::string& origin = {})
    {
        stream.set_option(beast::websocket::stream_base::decorator([origin](beast::websocket::request_type& request) {
            if (!origin.empty())
                request.set(http::field::origin, origin);
        }));
        stream.read_message_max(0);
        stream.handshake("localhost", "/");
    }
    void send(const std::string& text) { stream.write(asio::buffer(text)); }
    Json receive()
    {
        beast::flat_buffer buffer;
        stream.read(buffer);
        return Json::parse(beast::buffers_to_string(buffer.data()));
    }
    Json ask(const std::string& method, Json params = Json::array())
    {
        send(Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(params)}}.dump());
        return receive()["result"];
    }
    /// Whether the server ends the connection.
    bool is_closed()
    {
        beast::error_code error;
        beast::flat_buffer buffer;
        while (!error)
        {
            stream.read(buffer, error);
            buffer.clear();
        }
        return true;
    }
    asio::io_context context;
    beast::websocket::stream<Tcp::socket> stream;
};

struct ServerTest : ::testing::Test
{
    void start(Options options = {})
    {
        options.port = 0;
        server.emplace(backend, std::move(options));
        const auto result = server->start();
        ASSERT_TRUE(result) << result.error();
        port = *result;
    }

    http::response<http::string_body> request(http::request<http::string_body> request)
    {
        asio::io_context context;
        Tcp::socket socket{context};
        socket.connect({asio::ip::address_v4::loopback(), port});
        if (request.find(http::field::host) == request.end())
            request.set(http::field::host, "localhost");
        request.prepare_payload();
        http::write(socket, request);
        beast::flat_buffer buffer;
        http::response<http::string_body> response;
        http::read(socket, buffer, response);
        return response;
    }

    http::response<http::string_body> post(const std::string& body, const std::string& origin = {})
    {
        http::request<http::string_body> message{http::verb::post, "/", 11, body};
        message.set(http::field::content_type, "application/json");
        if (!origin.empty())
            message.set(http::field::origin, origin);
        return request(std::move(message));
    }

    testing::FakeBackend backend;
    std::optional<Server> server;
    uint16_t port = 0;
};

constexpr const char* kAskChain = R"({"jsonrpc":"2.0","id":1,"method":"system_chain"})";

TEST_F(ServerTest, a_post_is_answered)
{
    start();
    const auto response = post(kAskChain, "http://localhost:3000");
    EXPECT_EQ(response.result(), http::status::ok);
    EXPECT_EQ(Json::parse(response.body())["result"], "Fake Chain");
    EXPECT_EQ(response[http::field::access_control_allow_origin], "http://localhost:3000");
    EXPECT_EQ(Json::parse(request({http::verb::get, "/health", 11}).body())["peers"], 3);
    EXPECT_EQ(request({http::verb::get, "/", 11}).result(), http::status::method_not_allowed);
    EXPECT_EQ(request({http::verb::options, "/", 11}).result(), http::status::no_content);
    EXPECT_EQ(request({http::verb::post, "/", 11, kAskChain}).result(), http::status::unsupported_media_type);
    EXPECT_EQ(post("{").body(), R"({"error":{"code":-32700,"message":"Parse error"},"id":null,"jsonrpc":"2.0"})");
}

TEST_F(ServerTest, other_origins_and_hosts_are_kept_out)
{
    start();
    EXPECT_EQ(post(kAskChain, "http://evil.org").result(), http::status::forbidden);
    http::request<http::string_body> rebound{http::verb::post, "/", 11, kAskChain};
    rebound.set(http::field::host, "evil.org");
    EXPECT_EQ(request(std::move(rebound)).result(), http::status::forbidden);
    Socket socket{port};
    EXPECT_THROW(socket.open("http://evil.org"), boost::system::system_error);
    Socket page{port};
    page.open("https://polkadot.js.org");
    EXPECT_EQ(page.ask("system_chain"), "Fake Chain");
}

TEST_F(ServerTest, a_socket_gets_answers_and_notifications)
{
    start();
    Socket socket{port};
    socket.open();
    const auto id = socket.ask("chain_subscribeNewHeads");
    EXPECT_EQ(socket.receive()["params"]["result"]["number"], "0x0");
    const auto made = backend.make(backend.genesis());
    server->notify(made.event);
    server->notify(backend.set_best(made.hash));
    const auto event = socket.receive();
    EXPECT_EQ(event["params"]["subscription"], id);
    EXPECT_EQ(event["params"]["result"]["number"], "0x1");
    EXPECT_TRUE(socket.ask("author_submitAndWatchExtrinsic", {"0x080102"}).is_string());
    server->notify(PoolEvent{.transaction = transaction_hash(Bytes{1, 2}),
                             .what = PoolEvent::What::ready,
                             .block = {},
                             .index = 0,
                             .peers = {}});
    EXPECT_EQ(socket.receive()["params"]["result"], "ready");
    EXPECT_TRUE(socket.ask("grandpa_subscribeJustifications").is_string());
    server->notify(Justified{Bytes{1}});
    EXPECT_EQ(socket.receive()["params"]["result"], "0x01");
}

TEST_F(ServerTest, operations_run_after_their_answer)
{
    start();
    Socket socket{port};
    socket.open();
    const auto id = socket.ask("chainHead_v1_follow", {true});
    EXPECT_EQ(socket.receive()["params"]["result"]["event"], "initialized");
    EXPECT_EQ(socket.receive()["params"]["result"]["event"], "bestBlockChanged");
    const auto operation =
        socket.ask("chainHead_v1_call", {id, hex(backend.genesis()), "Fake_echo", "0x12"})["operationId"];
    const auto event = socket.receive()["params"]["result"];
    EXPECT_EQ(event["operationId"], operation);
    EXPECT_EQ(event["output"], "0x12");
}

TEST_F(ServerTest, unsafe_methods_are_for_this_machine_unless_told_otherwise)
{
    start({.external = true, .origins = std::nullopt});
    EXPECT_EQ(Json::parse(post(R"({"jsonrpc":"2.0","id":1,"method":"system_peers"})").body())["error"]["code"], -32601);
    start({.methods = Options::Methods::unsafe});
    EXPECT_TRUE(Json::parse(post(R"({"jsonrpc":"2.0","id":1,"method":"system_peers"})").body())["result"].is_array());
}

TEST_F(ServerTest, a_port_that_is_taken_is_an_error)
{
    start();
    Server other{backend, {.port = port}};
    const auto result = other.start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().find("127.0.0.1"), std::string::npos) << result.error();
}

TEST_F(ServerTest, connections_are_bounded_and_their_places_given_back)
{
    start({.connections_max = 8});
    std::vector<std::unique_ptr<Socket>> sockets;
    for (int i = 0; i != 8; ++i)
    {
        sockets.push_back(std::make_unique<Socket>(port));
        sockets.back()->open();
    }
    EXPECT_THROW(Socket{port}.open(), boost::system::system_error);
    EXPECT_EQ(sockets.back()->ask("system_chain"), "Fake Chain");
    sockets.clear();
    for (int i = 0; i != 200; ++i)
    {
        boost::system::error_code error;
        Socket again{port};
        again.stream.handshake("localhost", "/", error);
        if (!error)
            return;
        std::this_thread::sleep_for(10ms);
    }
    FAIL() << "no place came back";
}

TEST_F(ServerTest, a_message_that_is_too_large_ends_the_connection)
{
    start();
    Socket socket{port};
    socket.open();
    beast::error_code error;
    socket.stream.write(asio::buffer(std::string(kMessageMax + 1, ' ')), error);
    EXPECT_TRUE(socket.is_closed());
    // By HTTP the length alone is enough to be refused.
    asio::io_context context;
    Tcp::socket raw{context};
    raw.connect({asio::ip::address_v4::loopback(), port});
    const auto head =
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(kMessageMax + 1) + "\r\n\r\n";
    asio::write(raw, asio::buffer(head));
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(raw, buffer, response);
    EXPECT_EQ(response.result(), http::status::payload_too_large);
}

/// Answers of 4 MiB to a client that only sends: the server stops reading its requests, and goes on serving others.
TEST_F(ServerTest, a_client_that_does_not_read_slows_only_itself)
{
    start();
    Socket slow{port}, other{port};
    slow.open();
    other.open();
    const auto big =
        Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "state_call"}, {"params", {"Fake_echo", hex(Bytes(2 << 20))}}}
            .dump();
    size_t sent = 0;
    const std::function<void()> send = [&] {
        slow.stream.async_write(asio::buffer(big), [&](beast::error_code error, size_t) {
            if (error || ++sent == 30)
                return;
            send();
        });
    };
    send();
    slow.context.run_for(2s);
    EXPECT_LT(sent, 30U);
    for (int i = 0; i != 20; ++i)
        EXPECT_EQ(other.ask("system_chain"), "Fake Chain");
    slow.stream.next_layer().close();
    slow.context.run();
    EXPECT_EQ(other.ask("system_chain"), "Fake Chain");
}

/// Notifications have no back pressure: a client that does not read them is dropped at kOutputMax.
TEST_F(ServerTest, a_client_that_does_not_read_its_notifications_is_dropped)
{
    start({.connections_max = 1});
    Socket slow{port};
    slow.open();
    EXPECT_TRUE(slow.ask("grandpa_subscribeJustifications").is_string());
    const Justified big{Bytes(4 << 20)};
    for (int i = 0; i != 24; ++i)
        server->notify(big);
    // Its place is given back while it still does not read.
    for (int i = 0; i != 1000; ++i)
    {
        boost::system::error_code error;
        Socket next{port};
        next.stream.handshake("localhost", "/", error);
        if (!error)
            return;
        std::this_thread::sleep_for(10ms);
    }
    FAIL() << "it was not dropped";
}

TEST_F(ServerTest, clients_that_stop_half_way_and_talk_nonsense_do_no_harm)
{
    start();
    asio::io_context context;
    std::vector<Tcp::socket> halves;
    for (const auto* text :
         {"", "GET", "POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{", "\x16\x03\x01\x02", "GET / HTTP/9.9\r\n\r\n",
          "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"})
    {
        halves.emplace_back(context).connect({asio::ip::address_v4::loopback(), port});
        beast::error_code error;
        asio::write(halves.back(), asio::buffer(std::string_view{text}), error);
    }
    Socket socket{port};
    socket.open();
    beast::error_code error;
    socket.stream.next_layer().write_some(asio::buffer("\xff\xff\xff\xff nonsense"), error);
    EXPECT_TRUE(socket.is_closed());
    EXPECT_EQ(Json::parse(post(kAskChain).body())["result"], "Fake Chain");
}

TEST_F(ServerTest, stop_waits_for_calls_and_leaves_no_pins)
{
    start();
    Socket socket{port};
    socket.open();
    socket.ask("chainHead_v1_follow", {true});
    for (int i = 0; i != 5; ++i)
        socket.send(R"({"jsonrpc":"2.0","id":1,"method":"state_call","params":["Fake_sleep","0x"]})");
    server->stop();
    EXPECT_EQ(backend.pins(), 0U);
    server->notify(Justified{});
    server->stop();
}

TEST_F(ServerTest, many_clients_at_once_get_all_their_blocks)
{
    start({.workers = 4});
    constexpr size_t kClients = 20, kBlocks = 30;
    std::vector<std::jthread> clients;
    std::atomic<size_t> ready = 0, complete = 0;
    for (size_t i = 0; i != kClients; ++i)
        clients.emplace_back([&] {
            Socket socket{port};
            socket.open();
            socket.ask("chain_subscribeAllHeads");
            ++ready;
            for (size_t number = 0; number <= kBlocks; ++number)
                if (socket.receive()["params"]["result"]["number"] != hex_number(number))
                    return;
            ++complete;
        });
    while (ready != kClients)
        std::this_thread::sleep_for(1ms);
    auto at = backend.genesis();
    for (size_t i = 0; i != kBlocks; ++i)
    {
        const auto made = backend.make(at);
        at = made.hash;
        server->notify(made.event);
        server->notify(backend.set_best(at));
        server->notify(backend.finalize(at));
    }
    clients.clear();
    EXPECT_EQ(complete, kClients);
}

} // namespace
} // namespace rpc
