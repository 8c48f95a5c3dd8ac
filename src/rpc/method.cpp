#include "rpc/method.hpp"

#include "base/invariant.hpp"

namespace rpc {
namespace {

using Table = std::map<std::string_view, Method>;

Reply rpc_methods(Session&, Params&)
{
    auto names = Json::array();
    for (const auto name : method_names())
        names.push_back(name);
    return Json{{"methods", std::move(names)}};
}

const Table& table()
{
    static const Table methods = [] {
        Table all{{"rpc_methods", {.name = "rpc_methods", .run = rpc_methods}}};
        for (const auto group : {system_methods(), chain_methods(), state_methods(), child_state_methods(),
                                 author_methods(), payment_methods(), consensus_methods(), offchain_methods(),
                                 chain_spec_methods(), chain_head_methods(), archive_methods(), transaction_methods()})
            for (const auto& method : group)
                base::invariant(all.emplace(method.name, method).second);
        return all;
    }();
    return methods;
}

} // namespace

const Method* find_method(std::string_view name)
{
    const auto found = table().find(name);
    return found == table().end() ? nullptr : &found->second;
}

const std::vector<std::string_view>& method_names()
{
    static const std::vector<std::string_view> names = [] {
        std::vector<std::string_view> all;
        for (const auto& [name, method] : table())
            all.push_back(name);
        return all;
    }();
    return names;
}

} // namespace rpc
