#include "offchain/requests.hpp"

#include "env/clock.hpp"
#include "env/file.hpp"
#include "offchain/testing/server.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace offchain {
namespace {

using Kind = HttpStatus::Kind;
using testing::Server;
using testing::Wire;

constexpr uint64_t kLongMs = 20'000; // never reached by a test that passes

struct Http : ::testing::Test
{
    std::atomic<bool> stopping = false;
    Requests requests{{.allow_private = true, .roots = {}}, env::unix_ms() + kLongMs, stopping};

    uint16_t start(std::string_view method, const std::string& url)
    {
        const auto id = requests.start(method, url);
        EXPECT_TRUE(id) << url;
        return id.value_or(0);
    }
    HttpStatus wait(uint16_t id) { return requests.wait({id}, std::nullopt)[0]; }
    std::string body(uint16_t id, size_t step = 1000)
    {
        std::string text;
        Bytes out(step);
        for (;;)
        {
            const auto count = requests.read(id, out, std::nullopt);
            if (!count)
                return text + "(error " + std::to_string(int(count.error())) + ")";
            if (*count == 0)
                return text;
            text.append(out.begin(), out.begin() + *count);
        }
    }
};

TEST_F(Http, a_page_comes_with_status_fields_and_body)
{
    const Server server(
        testing::answering("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-Two: a\r\nX-Two: b\r\n\r\nhello"));
    const auto id = start("GET", server.url("/page?q=1"));
    const auto status = wait(id);
    EXPECT_EQ(status.kind, Kind::finished);
    EXPECT_EQ(status.code, 201);
    std::string fields;
    for (const auto& [name, value] : requests.headers(id))
        fields += std::string(name.begin(), name.end()) + "=" + std::string(value.begin(), value.end()) + ";";
    EXPECT_EQ(fields, "Content-Length=5;X-Two=a;X-Two=b;");
    EXPECT_EQ(body(id, 2), "hello");
    EXPECT_EQ(requests.read(id, {}, std::nullopt).error(), HttpError::invalid_id) << "read to its end: forgotten";
}

TEST_F(Http, the_request_is_what_was_asked_for)
{
    std::string head, content;
    const Server server([&](Wire& wire) {
        head = wire.read_until("\r\n\r\n");
        content = wire.read_bytes(6);
        wire.send("HTTP/1.1 204 No Content\r\n\r\n");
    });
    const auto id = start("POST", server.url("/in"));
    EXPECT_TRUE(requests.header(id, "X-Key", "value"));
    EXPECT_TRUE(requests.write(id, base::view("abc")));
    EXPECT_TRUE(requests.write(id, base::view("def")));
    EXPECT_TRUE(requests.write(id, {}));
    EXPECT_EQ(requests.write(id, base::view("more")).error(), HttpError::invalid_id);
    EXPECT_FALSE(requests.header(id, "X-Late", "value"));
    EXPECT_EQ(wait(id).code, 204);
    EXPECT_EQ(body(id), "");
    EXPECT_EQ(head, "POST /in HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                        "\r\nConnection: close\r\nX-Key: value\r\nContent-Length: 6\r\n\r\n");
    EXPECT_EQ(content, "abcdef");
}

TEST_F(Http, chunked_bodies_and_bodies_until_the_end_are_read)
{
    const Server chunked(testing::answering(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\n\r\n"));
    const Server until_end(testing::answering("HTTP/1.1 200 OK\r\n\r\nall of it"));
    const auto first = start("GET", chunked.url("/")), second = start("GET", until_end.url("/"));
    for (const auto& status : requests.wait({first, second}, std::nullopt))
        EXPECT_EQ(status.code, 200);
    EXPECT_EQ(body(first), "abcdefg");
    EXPECT_EQ(body(second), "all of it");
}

TEST_F(Http, a_redirect_is_an_answer_and_nothing_is_followed)
{
    const Server other(testing::answering("HTTP/1.1 200 OK\r\n\r\n"));
    const Server server(
        testing::answering("HTTP/1.1 302 Found\r\nLocation: " + other.url("/") + "\r\nContent-Length: 0\r\n\r\n"));
    const auto id = start("GET", server.url("/"));
    EXPECT_EQ(wait(id).code, 302);
    EXPECT_EQ(body(id), "");
    EXPECT_EQ(other.connections(), 0);
}

TEST_F(Http, preliminary_answers_are_skipped_and_heads_have_no_body)
{
    const Server server(
        testing::answering("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
    const auto id = start("HEAD", server.url("/"));
    EXPECT_EQ(wait(id).code, 200);
    EXPECT_EQ(body(id), "");
}

TEST_F(Http, addresses_of_this_machine_are_out_of_reach_unless_allowed)
{
    const Server server(testing::answering("HTTP/1.1 200 OK\r\n\r\n"));
    Requests strict({}, env::unix_ms() + kLongMs, stopping);
    for (const auto* host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"})
    {
        const auto id = *strict.start("GET", server.url("/", host));
        EXPECT_EQ(strict.wait({id}, std::nullopt)[0].kind, Kind::io) << host;
    }
    EXPECT_EQ(server.connections(), 0);
}

TEST_F(Http, https_needs_a_certificate_that_is_trusted_and_names_the_host)
{
    const auto pem = testing::make_certificate("localhost");
    const auto roots = ::testing::TempDir() + "/offchain_roots.pem";
    std::ofstream(roots) << pem;
    const Server server(testing::answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"), pem);
    Requests trusting({.allow_private = true, .roots = roots}, env::unix_ms() + kLongMs, stopping);
    const auto get = [&](Requests& with, const std::string& host) {
        const auto id = *with.start("GET", server.url("/", host, true));
        const auto status = with.wait({id}, std::nullopt)[0];
        Bytes out(100);
        return status.kind == Kind::finished && with.read(id, out, std::nullopt) == 6;
    };
    EXPECT_TRUE(get(trusting, "localhost"));
    EXPECT_FALSE(get(trusting, "127.0.0.1")) << "the certificate names localhost alone";
    EXPECT_FALSE(get(requests, "localhost")) << "nobody trusts who signed it";
    std::filesystem::remove(roots);
}

TEST_F(Http, requests_that_make_no_sense_are_refused_before_anything_is_sent)
{
    EXPECT_FALSE(requests.start("GET", "ftp://a/"));
    EXPECT_FALSE(requests.start("GET POST", "http://a/"));
    EXPECT_FALSE(requests.start("GET\r\nX:", "http://a/"));
    EXPECT_FALSE(requests.start("", "http://a/"));
    EXPECT_FALSE(requests.start("CONNECT", "http://a/"));
    const auto id = start("GET", "http://127.0.0.1:1/");
    for (const auto* name : {"", "a b", "a:", "a\r\nb", "\xC3\xA9", "Content-Length", "transfer-encoding", "Connection",
                             "Upgrade", "Expect"})
        EXPECT_FALSE(requests.header(id, name, "1")) << name;
    EXPECT_FALSE(requests.header(id, "a", "b\r\nc: d"));
    EXPECT_FALSE(requests.header(id, "a", std::string_view("b\0c", 3)));
    EXPECT_FALSE(requests.header(id, "a", std::string(kRequestHeaderBytesMax, 'x')));
    EXPECT_FALSE(requests.header(id + 1, "a", "b"));
    EXPECT_EQ(requests.write(id, Bytes(kRequestBytesMax + 1)).error(), HttpError::io);
    EXPECT_EQ(wait(id + 1).kind, Kind::invalid);
    EXPECT_TRUE(requests.headers(id + 1).empty());
}

TEST_F(Http, only_so_many_requests_are_open_at_once)
{
    std::vector<uint16_t> ids;
    for (size_t i = 0; i != kRequestsMax; ++i)
        ids.push_back(start("GET", "http://127.0.0.1:1/"));
    EXPECT_FALSE(requests.start("GET", "http://127.0.0.1:1/"));
    for (const auto& status : requests.wait(ids, std::nullopt)) // nobody listens there
        EXPECT_EQ(status.kind, Kind::io);
    EXPECT_TRUE(requests.start("GET", "http://127.0.0.1:1/"));
}

} // namespace
} // namespace offchain
