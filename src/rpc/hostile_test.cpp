#include "rpc/method.hpp"
#include "rpc/testing/client.hpp"

#include <gtest/gtest.h>
#include <random>

/// Whatever a client sends, it gets JSON back, and the session goes on.
namespace rpc {
namespace {

using testing::Client;

void expect_alive(Client& client) { EXPECT_EQ(client.ask("system_chain"), "Fake Chain"); }

TEST(Hostile, messages_that_are_large_in_every_way_are_refused_cheaply)
{
    Client client;
    const auto code_of = [&](const std::string& text) -> int {
        return Json::parse(client.session.receive(text).at(0))["error"]["code"];
    };
    EXPECT_EQ(code_of(std::string(kMessageMax, '[')), code::kInvalidRequest);
    EXPECT_EQ(code_of("{\"a\":" + std::string(kMessageMax, '{')), code::kInvalidRequest);
    std::string batch = "[0";
    for (int i = 0; i != 1'000'000; ++i)
        batch += ",0";
    EXPECT_EQ(code_of(batch + "]"), code::kOversizedRequest);
    EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(1'000'000, 'x') + "\"}"),
              code::kMethodNotFound);
    EXPECT_EQ(code_of(std::string(1'000'000, '\0')), code::kParse);
    EXPECT_EQ(code_of("1" + std::string(1'000'000, '0')), code::kParse);
    expect_alive(client);
}

TEST(Hostile, numbers_beyond_every_type_are_invalid_parameters)
{
    Client client;
    for (const auto* number :
         {"18446744073709551616", "-9223372036854775809", "1e300", "-0.0", "0.5", "4294967296", "-1"})
        for (const auto* method : {"grandpa_proveFinality", "archive_v1_hashByHeight"})
        {
            const auto messages = client.session.receive(std::string{R"({"jsonrpc":"2.0","id":1,"method":")"} + method +
                                                         R"(","params":[)" + number + "]}");
            const auto answer = Json::parse(messages.at(0));
            EXPECT_TRUE(answer.contains("error") ? answer["error"]["code"] == code::kInvalidParams
                                                 : std::string_view{number} == "4294967296")
                << method << number;
        }
}

/// Every method with every shape of parameter: none may stop the process, all answer.
TEST(Hostile, every_method_answers_every_shape_of_parameters)
{
    Client client;
    client.grow(client.backend.genesis());
    const std::vector<Json> values{nullptr,
                                   true,
                                   0,
                                   -1,
                                   1.5,
                                   "",
                                   "0x",
                                   "0x00",
                                   "zz",
                                   hex(client.backend.genesis()),
                                   hex(Hash{1}),
                                   Json::array(),
                                   Json::object(),
                                   Json::array({nullptr}),
                                   Json::array({"0x00"}),
                                   Json{{"key", 1}}};
    for (const auto name : method_names())
    {
        const std::string method{name};
        client.ask(method, Json::object());
        for (const auto& first : values)
            for (const auto& second : values)
            {
                client.ask(method, Json::array({first, second, second, first}));
                client.run();
            }
    }
    expect_alive(client);
}

TEST(Hostile, damaged_requests_are_answered)
{
    Client client;
    const std::string whole =
        R"([{"jsonrpc":"2.0","id":"a\u00e9","method":"state_getKeysPaged","params":["0x",10,null,null]},)"
        R"({"jsonrpc":"2.0","id":2,"method":"chainHead_v1_follow","params":[true]}])";
    for (size_t size = 0; size != whole.size(); ++size)
        EXPECT_EQ(Json::parse(client.session.receive(whole.substr(0, size)).at(0))["error"]["code"], code::kParse)
            << size;
    std::mt19937 random{1};
    for (int i = 0; i != 20'000; ++i)
    {
        auto damaged = whole;
        for (auto hits = 1 + random() % 3; hits != 0; --hits)
            damaged[random() % damaged.size()] = char(random());
        for (const auto& message : client.session.receive(damaged))
            ASSERT_FALSE(Json::parse(message, nullptr, false).is_discarded());
    }
    expect_alive(client);
}

} // namespace
} // namespace rpc
