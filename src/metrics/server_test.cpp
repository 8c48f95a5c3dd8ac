#include "metrics/server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace metrics {
namespace {

namespace ip = boost::asio::ip;
using Tcp = ip::tcp;

struct Page : ::testing::Test
{
    Page() { port = server.start().value(); }

    Tcp::socket connect()
    {
        Tcp::socket socket(io);
        socket.connect({ip::address_v4::loopback(), port});
        return socket;
    }
    /// All that comes back for these bytes, until the server closes.
    std::string say(std::string_view bytes)
    {
        auto socket = connect();
        boost::system::error_code ignored; // it may close while we write
        boost::asio::write(socket, boost::asio::buffer(bytes.data(), bytes.size()), ignored);
        std::string reply;
        boost::asio::read(socket, boost::asio::dynamic_buffer(reply), ignored);
        return reply;
    }
    std::string status(std::string_view bytes) { return say(bytes).substr(9, 3); }

    boost::asio::io_context io;
    std::atomic<int> made = 0;
    Server server{[this] { return "n " + std::to_string(++made) + "\n"; }, {.port = 0}};
    uint16_t port = 0;
};

TEST_F(Page, it_is_shown_afresh_to_each_who_asks)
{
    const auto reply = say("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 OK\r\n")) << reply;
    EXPECT_NE(reply.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), std::string::npos);
    EXPECT_TRUE(reply.ends_with("\r\n\r\nn 1\n"));
    EXPECT_TRUE(say("GET /metrics?x=1 HTTP/1.0\r\n\r\n").ends_with("\r\n\r\nn 2\n"));
}

TEST_F(Page, what_is_not_served_is_said_so_and_makes_no_page)
{
    EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), "404");
    EXPECT_EQ(status("GET /metrics/../etc/passwd HTTP/1.1\r\n\r\n"), "404");
    EXPECT_EQ(status("POST /metrics HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"), "405");
    EXPECT_EQ(status("\x16\x03\x01\x02\r\n\r\n"), "400");
    EXPECT_EQ(status("GET /metrics HTTP/9.9\r\n\r\n"), "400");
    EXPECT_EQ(made, 0);
}

TEST_F(Page, requests_without_end_are_cut_off)
{
    std::string long_header = "GET /metrics HTTP/1.1\r\nX: ";
    long_header.append(100000, 'x');
    say(long_header);
    std::string many = "GET /metrics HTTP/1.1\r\n";
    for (int i = 0; i != 10000; ++i)
        many += "a: b\r\n";
    say(many);
    say("POST /metrics HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n");
    say("POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n" + std::string(20000, 'y'));
    EXPECT_EQ(made, 0);
    EXPECT_EQ(status("GET /metrics HTTP/1.1\r\n\r\n"), "200");
}

TEST_F(Page, silent_clients_are_bounded_and_those_that_leave_make_room)
{
    {
        std::vector<Tcp::socket> silent;
        for (size_t i = 0; i != kConnectionsMax; ++i)
            silent.push_back(connect());
        EXPECT_EQ(say(""), ""); // closed at once
    }
    for (int tries = 0; made == 0 && tries != 1000; ++tries)
        say("GET /metrics HTTP/1.1\r\n\r\n");
    EXPECT_EQ(made, 1);
}

TEST_F(Page, a_port_that_is_taken_is_an_error_and_stop_ends_everything)
{
    Server second([] { return ""; }, {.port = port});
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().find("--prometheus-port"), std::string::npos);
    auto waiting = connect();
    boost::asio::write(waiting, boost::asio::buffer("GET /metr", 9));
    server.stop();
    server.stop();
    char byte = 0;
    boost::system::error_code error;
    EXPECT_EQ(waiting.read_some(boost::asio::buffer(&byte, 1), error), 0U);
    EXPECT_TRUE(error);
}

} // namespace
} // namespace metrics
