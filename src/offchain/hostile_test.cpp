#include "env/clock.hpp"
#include "offchain/requests.hpp"
#include "offchain/testing/server.hpp"

#include <gtest/gtest.h>

/// Servers that would hold a worker for ever, fill its memory, or pass one answer for another.
namespace offchain {
namespace {

using Kind = HttpStatus::Kind;
using testing::Server;
using testing::Wire;

constexpr uint64_t kLongMs = 20'000, kShortMs = 300;

struct HostileServer : ::testing::Test
{
    std::atomic<bool> stopping = false;
    Requests requests{{.allow_private = true, .roots = {}}, env::unix_ms() + kLongMs, stopping};

    uint16_t start(const Server& server) { return *requests.start("GET", server.url("/")); }
    static std::optional<uint64_t> soon() { return env::unix_ms() + kShortMs; }
    HttpStatus wait(uint16_t id) { return requests.wait({id}, std::nullopt)[0]; }

    /// Reads to the end or the first error; how many bytes came, and how it ended.
    std::pair<size_t, std::optional<HttpError>> drain(uint16_t id)
    {
        Bytes out(4096);
        for (size_t size = 0;;)
        {
            const auto count = requests.read(id, out, std::nullopt);
            if (!count)
                return {size, count.error()};
            if (*count == 0)
                return {size, std::nullopt};
            size += *count;
        }
    }
};

TEST_F(HostileServer, silence_ends_at_the_deadline_and_can_be_waited_for_again)
{
    const Server server([](Wire& wire) { wire.linger(); });
    const auto id = start(server);
    EXPECT_EQ(requests.wait({id}, soon())[0].kind, Kind::deadline);
    EXPECT_EQ(requests.wait({id}, soon())[0].kind, Kind::deadline);
    EXPECT_EQ(requests.read(id, {}, soon()).error(), HttpError::deadline);
}

TEST_F(HostileServer, silence_ends_with_the_run_when_no_deadline_is_given)
{
    const Server server([](Wire& wire) { wire.linger(); });
    Requests brief({.allow_private = true, .roots = {}}, *soon(), stopping);
    const auto id = *brief.start("GET", server.url("/"));
    EXPECT_EQ(brief.wait({id}, std::nullopt)[0].kind, Kind::deadline);
    EXPECT_EQ(brief.wait({id}, env::unix_ms() + kLongMs)[0].kind, Kind::deadline);
}

TEST_F(HostileServer, silence_ends_when_the_node_stops)
{
    const Server server([&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        stopping = true;
        wire.linger();
    });
    EXPECT_EQ(wait(start(server)).kind, Kind::deadline);
}

TEST_F(HostileServer, a_drip_of_a_body_outlasts_deadlines_but_loses_nothing)
{
    std::atomic<bool> go = false;
    const Server server([&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
        go.wait(false);
        wire.send("cd");
    });
    const auto id = start(server);
    EXPECT_EQ(wait(id).code, 200);
    Bytes out(16);
    EXPECT_EQ(requests.read(id, out, std::nullopt), 2);
    EXPECT_EQ(requests.read(id, out, soon()).error(), HttpError::deadline);
    go = true;
    go.notify_all();
    EXPECT_EQ(drain(id), (std::pair<size_t, std::optional<HttpError>>(2, std::nullopt)));
}

TEST_F(HostileServer, fields_without_end_are_cut_off)
{
    const Server server([](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\n");
        while (wire.send("X-Field: " + std::string(500, 'x') + "\r\n"))
            ;
    });
    EXPECT_EQ(wait(start(server)).kind, Kind::io);
}

TEST_F(HostileServer, one_field_without_end_is_cut_off)
{
    const Server server([](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\nX: ");
        while (wire.send(std::string(4096, 'x')))
            ;
    });
    EXPECT_EQ(wait(start(server)).kind, Kind::io);
}

TEST_F(HostileServer, preliminary_answers_without_end_are_cut_off)
{
    const Server server([](Wire& wire) {
        wire.read_until("\r\n\r\n");
        while (wire.send("HTTP/1.1 100 Continue\r\n\r\n"))
            ;
    });
    EXPECT_EQ(wait(start(server)).kind, Kind::io);
}

TEST_F(HostileServer, a_body_announced_too_large_is_refused_at_once)
{
    const Server server(testing::answering("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n"));
    EXPECT_EQ(wait(start(server)).kind, Kind::io);
}

TEST_F(HostileServer, a_body_without_end_is_cut_off_at_the_bound)
{
    const std::string block(64 << 10, 'b');
    const Server plain([&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\n\r\n");
        while (wire.send(block))
            ;
    });
    const Server chunked([&](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (wire.send("10000\r\n" + block + "\r\n"))
            ;
    });
    for (const auto* server : {&plain, &chunked})
    {
        const auto id = start(*server);
        EXPECT_EQ(wait(id).code, 200);
        const auto [size, error] = drain(id);
        EXPECT_LE(size, kRequestBytesMax * 4) << "16 MiB";
        EXPECT_EQ(error, HttpError::io);
    }
}

TEST_F(HostileServer, a_chunk_extension_without_end_is_cut_off)
{
    const Server server([](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;");
        while (wire.send(std::string(4096, 'x')))
            ;
    });
    const auto id = start(server);
    EXPECT_EQ(wait(id).code, 200);
    EXPECT_EQ(drain(id).second, HttpError::io);
}

TEST_F(HostileServer, a_body_that_ends_early_is_an_error_and_not_a_body)
{
    for (const auto* response : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"})
    {
        const Server server([&](Wire& wire) {
            wire.read_until("\r\n\r\n");
            wire.send(response);
            wire.half_close();
            wire.linger();
        });
        const auto id = start(server);
        EXPECT_EQ(wait(id).code, 200) << response;
        EXPECT_EQ(drain(id).second, HttpError::io) << response;
    }
}

TEST_F(HostileServer, what_is_not_http_is_an_error)
{
    for (const auto* response : {"", "\r\n", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"})
    {
        const Server server(testing::answering(response));
        EXPECT_EQ(wait(start(server)).kind, Kind::io) << response;
    }
}

TEST_F(HostileServer, a_plain_server_where_tls_is_expected_is_an_error)
{
    const Server server([](Wire& wire) {
        wire.read_bytes(1); // of the handshake
        wire.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const auto id = *requests.start("GET", server.url("/", "127.0.0.1", true));
    EXPECT_EQ(wait(id).kind, Kind::io);
}

TEST_F(HostileServer, a_run_that_ends_in_the_middle_of_all_of_it_leaves_nothing_behind)
{
    const Server server([](Wire& wire) {
        wire.read_until("\r\n\r\n");
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
        wire.linger();
    });
    for (int i = 0; i != 3; ++i)
    {
        Requests brief({.allow_private = true, .roots = {}}, env::unix_ms() + kLongMs, stopping);
        const auto answered = *brief.start("GET", server.url("/")), sent = *brief.start("GET", server.url("/"));
        EXPECT_EQ(brief.wait({answered}, std::nullopt)[0].code, 200);
        Bytes out(1);
        EXPECT_EQ(brief.read(answered, out, std::nullopt), 1);
        EXPECT_EQ(brief.read(answered, out, env::unix_ms() + 10).error(), HttpError::deadline);
        EXPECT_TRUE(brief.write(sent, {}));
    }
}

} // namespace
} // namespace offchain
