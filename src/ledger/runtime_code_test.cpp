#include "host/table.hpp"
#include "ledger/new_code.hpp"
#include "ledger/testing/chain.hpp"
#include "scale/testing/hex.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace ledger {
namespace {

/// Rule set 1 is frozen: these answers are the same in every release, on every engine, whatever the host offers.
TEST(RuleSet1, answers_as_the_vectors_of_its_specification_say)
{
    const auto none = std::make_shared<const executor::HostTable>();
    executor::ModuleCache ours{testing::engine(), host::host_table()}, bare{testing::engine(), none},
        oracle{executor::wabt_engine(), none};
    std::ifstream file{RUNTIME_CODE_VECTORS};
    int taken = 0, refused = 0;
    for (std::string line; std::getline(file, line);)
    {
        if (line.starts_with('#'))
            continue;
        std::istringstream fields(line);
        std::string name, code, answer;
        for (auto* field : {&name, &code, &answer})
            std::getline(fields, *field, '\t');
        for (auto* each : {&ours, &bare, &oracle})
        {
            const auto version = version_of_new_code(*each, scale::testing::bytes(code));
            EXPECT_EQ(version ? scale::testing::hex(*version) : "none", answer)
                << name << (version ? "" : ": " + version.error());
        }
        ++(answer == "none" ? refused : taken);
    }
    EXPECT_EQ(taken, 12);
    EXPECT_EQ(refused, 38);
}

} // namespace
} // namespace ledger
