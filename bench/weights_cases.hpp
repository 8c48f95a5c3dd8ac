#pragma once

#include "runtime/testing/chain.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

/// One case for each call of the runtime: its worst case, and how it grows.
namespace weights {

using Call = runtime::Call<runtime::testing::Runtime>;
using Pairs = std::map<base::Bytes, base::Bytes>;

/// Who sends a call.
enum class By : uint8_t
{
    alice,  ///< signed by Alice, a validator and the sudo key, whose account exists and stays
    root,   ///< the same, through Sudo.sudo, whose own cost is taken off
    pure,   ///< the account pure(), through Alice's Sudo.sudo_as, whose own cost is taken off
    nobody, ///< an inherent, or a report of the author
};

struct Case
{
    std::function<Call(uint32_t n)> make; ///< the call with n components
    By by = By::alice;
    std::string unit{}; ///< of its component; none: it has none
    uint32_t most = 0;  ///< components in the largest measurement
    std::function<void(Pairs&)> setup{};
    /// The call runs another as an account that is not the signer: its row pays for that account.
    bool other_account = false;
    /// The node compiles the code that it brings.
    bool compiles = false;
};

/// All of them. A new call is one more entry.
std::vector<Case> cases();

/// Work of a hook beside what every block does, measured as one block's time less that of another.
struct HookCase
{
    std::string name; ///< of its row: "Session.rotate"
    std::vector<uint32_t> sizes;
    std::function<void(Pairs&, uint32_t n)> state;     ///< before the block that does the work, with n components
    std::function<void(Pairs&, uint32_t n)> without{}; ///< before the other; none: nothing is added
    std::string unit{};                                ///< none: the block does the work n times, the row is for once
    std::array<uint8_t, 2> event{};                    ///< which the block must have deposited so often,
    std::function<size_t(uint32_t n)> events;          ///< the work being done
    bool fails = false;                                ///< calls are to fail
};
std::vector<HookCase> hooks();
/// The state in which an ordinary block does the most.
void worst_day(Pairs& state);

/// Made by Proxy.create_pure in extrinsic 1 of block 1, by an account that exists.
runtime::AccountId pure();

/// Its name in metadata: "Balances.transfer_all".
std::string name_of(const Call& call);

} // namespace weights
