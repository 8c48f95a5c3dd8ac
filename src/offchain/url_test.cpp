#include "offchain/url.hpp"

#include "offchain/address.hpp"

#include <gtest/gtest.h>

namespace offchain {
namespace {

TEST(Url, parts_are_found_and_ports_filled_in)
{
    EXPECT_EQ(parse_url("http://a.example/x?y=1#z"), (Url{false, "a.example", 80, "/x?y=1", false}));
    EXPECT_EQ(parse_url("https://a.example"), (Url{true, "a.example", 443, "/", false}));
    EXPECT_EQ(parse_url("https://a.example:8443?q"), (Url{true, "a.example", 8443, "/?q", false}));
    EXPECT_EQ(parse_url("http://[::1]:9944/"), (Url{false, "::1", 9944, "/", true}));
    EXPECT_EQ(parse_url("http://a:/b"), (Url{false, "a", 80, "/b", false}));
}

TEST(Url, the_host_field_names_unusual_ports_alone)
{
    EXPECT_EQ(parse_url("http://a:80/")->authority(), "a");
    EXPECT_EQ(parse_url("https://a:80/")->authority(), "a:80");
    EXPECT_EQ(parse_url("http://[::1]:81/")->authority(), "[::1]:81");
}

TEST(Url, what_could_fool_a_server_or_us_is_refused)
{
    for (const auto* text : {"",
                             "a",
                             "ftp://a/",
                             "http:/a/",
                             "http:///",
                             "http://",
                             "http://:80/",
                             "http://user@a/",
                             "http://u:p@a/",
                             "http://a b/",
                             "http://a/\r\nX: 1",
                             "http://a/ HTTP/1.1",
                             "http://a:0/",
                             "http://a:65536/",
                             "http://a:8x/",
                             "http://a:-1/",
                             "http://[::1/",
                             "http://[]/",
                             "http://[::1]x/",
                             "http://[fe80::1%25eth0]/",
                             "HTTP://a/",
                             "http://a\\b/",
                             "http://\xC3\xA9/",
                             "http://a,b/",
                             "file:///etc/passwd",
                             "javascript:http://a/"})
        EXPECT_FALSE(parse_url(text)) << text;
    EXPECT_FALSE(parse_url("http://a/" + std::string(kUrlBytesMax, 'x')));
    EXPECT_FALSE(parse_url(std::string_view("http://a/\0b", 11)));
}

TEST(Address, of_this_machine_and_its_networks_are_not_public)
{
    for (const auto* text : {"127.0.0.1",
                             "127.255.0.9",
                             "0.0.0.0",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "100.127.255.255",
                             "198.18.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "192.0.0.8",
                             "203.0.113.5",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::a00:1",
                             "64:ff9b:1::1",
                             "2002:a00:1::1",
                             "2002:7f00:1::",
                             "2001:db8::1",
                             "2001::1",
                             "3fff::1",
                             "100::1"})
        EXPECT_FALSE(is_public(boost::asio::ip::make_address(text))) << text;
    for (const auto* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255",
                             "100.128.0.0", "192.0.1.1", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
                             "2a00:1450:4001::1", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"})
        EXPECT_TRUE(is_public(boost::asio::ip::make_address(text))) << text;
}

} // namespace
} // namespace offchain
