#include "node/chain_spec.hpp"

#include "executor/blob.hpp"
#include "host/table.hpp"
#include "rpc/hex.hpp"
#include "scale/scale.hpp"

#include <nlohmann/json.hpp>

namespace node {
namespace {

using Json = nlohmann::ordered_json;

std::unexpected<std::string> wrong(std::string_view member, std::string_view should)
{
    return std::unexpected("chain spec: " + std::string(member) + " " + std::string(should));
}

std::expected<void, std::string> read_properties(const Json& from, ChainSpec& spec)
{
    const auto number = [&](const char* name, uint8_t& into) {
        const auto found = from.find(name);
        if (found == from.end())
            return true;
        if (!found->is_number_unsigned() || found->get<uint64_t>() > 255)
            return false;
        into = uint8_t(found->get<uint64_t>());
        return true;
    };
    if (!from.is_object() || !number("ss58Format", spec.ss58_prefix) || !number("tokenDecimals", spec.decimals))
        return wrong("properties", "must be an object with ss58Format and tokenDecimals below 256");
    if (const auto symbol = from.find("tokenSymbol"); symbol != from.end())
    {
        if (!symbol->is_string())
            return wrong("properties.tokenSymbol", "must be text");
        spec.symbol = symbol->get<std::string>();
    }
    return {};
}

std::expected<void, std::string> read_genesis(const Json& from, ChainSpec& spec)
{
    if (!from.is_object() || !from.contains("raw") || !from["raw"].is_object() || !from["raw"].contains("top") ||
        !from["raw"]["top"].is_object())
        return wrong("genesis", "must be {\"raw\": {\"top\": …}}; make it with: zkp chain-spec build --raw");
    if (from["raw"].contains("childrenDefault") && !from["raw"]["childrenDefault"].empty())
        return wrong("genesis.raw.childrenDefault", "must be empty: light clients refuse child tries in genesis");
    for (const auto& [key, value] : from["raw"]["top"].items())
    {
        auto name = rpc::from_hex(key);
        auto content = value.is_string() ? rpc::from_hex(value.get_ref<const std::string&>()) : std::nullopt;
        if (!name || !content)
            return wrong("genesis.raw.top", "must have keys and values in hexadecimal with 0x");
        spec.genesis.emplace(std::move(*name), std::move(*content));
    }
    return {};
}

/// Reads `name` as text, or null, or nothing.
bool read_text(const Json& from, const char* name, std::string& into)
{
    const auto found = from.find(name);
    if (found == from.end() || found->is_null())
        return true;
    if (!found->is_string())
        return false;
    into = found->get<std::string>();
    return true;
}

std::expected<void, std::string> known_members(const Json& spec)
{
    constexpr std::array<std::string_view, 13> known{
        "name",       "id",     "chainType",  "codeSubstitutes", "bootNodes", "telemetryEndpoints",
        "protocolId", "forkId", "properties", "forkBlocks",      "badBlocks", "consensusEngine",
        "genesis"};
    for (const auto& [name, value] : spec.items())
        if (std::ranges::find(known, name) == known.end())
            return wrong(name, "is not a member that this program knows");
    return {};
}

} // namespace

std::string ChainSpec::properties() const
{
    return Json{{"ss58Format", ss58_prefix}, {"tokenDecimals", decimals}, {"tokenSymbol", symbol}}.dump();
}

std::string ChainSpec::raw_json() const
{
    Json top = Json::object();
    for (const auto& [key, value] : genesis)
        top[rpc::hex(key)] = rpc::hex(value);
    Json spec{{"name", name},
              {"id", id},
              {"chainType", type},
              {"bootNodes", boot_nodes},
              {"telemetryEndpoints", nullptr},
              {"protocolId", protocol_id},
              {"properties", Json::parse(properties())},
              {"codeSubstitutes", Json::object()},
              {"genesis", {{"raw", {{"top", std::move(top)}, {"childrenDefault", Json::object()}}}}}};
    if (!fork_id.empty())
        spec["forkId"] = fork_id;
    return spec.dump(1);
}

std::expected<ChainSpec, std::string> read_chain_spec(std::string_view text)
{
    if (text.size() > kChainSpecBytesMax)
        return wrong("the file", "is larger than 64 MiB");
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        return wrong("the file", "is not a JSON object");
    if (auto known = known_members(json); !known)
        return std::unexpected(known.error());
    ChainSpec spec;
    spec.type = "Live"; // what clients take for granted
    spec.protocol_id.clear();
    for (const auto& [name, into] : {std::pair{"name", &spec.name},
                                     {"id", &spec.id},
                                     {"chainType", &spec.type},
                                     {"protocolId", &spec.protocol_id},
                                     {"forkId", &spec.fork_id}})
        if (!read_text(json, name, *into))
            return wrong(name, "must be text");
    if (const auto nodes = json.find("bootNodes"); nodes != json.end())
        for (const auto& node : *nodes)
        {
            if (!node.is_string())
                return wrong("bootNodes", "must be a list of multiaddresses");
            spec.boot_nodes.push_back(node.get<std::string>());
        }
    if (const auto properties = json.find("properties"); properties != json.end() && !properties->is_null())
        if (auto read = read_properties(*properties, spec); !read)
            return std::unexpected(read.error());
    const auto genesis = json.find("genesis");
    if (genesis == json.end())
        return wrong("genesis", "is missing");
    if (auto read = read_genesis(*genesis, spec); !read)
        return std::unexpected(read.error());
    return spec;
}

namespace {

/// One call of a runtime on a state of its own, which outlives the call.
class Builder
{
public:
    explicit Builder(std::shared_ptr<const executor::Module> module)
        : module_(std::move(module)), below_(nothing_, trie::empty_root()),
          state_({.values = &below_, .nodes = &nothing_, .root = trie::empty_root()}, around_)
    {
    }

    std::expected<Bytes, std::string> call(std::string_view function, ByteView input)
    {
        auto result = module_->call(function, input, state_);
        if (!result)
            return std::unexpected(std::string(function) + ": " + std::string(executor::name(result.error().code)) +
                                   " " + result.error().detail);
        return std::move(*result);
    }

    ledger::GenesisState state() const
    {
        ledger::GenesisState genesis;
        for (const auto& [key, entry] : state_.overlay.changes())
            if (entry.value)
                genesis.emplace(key, Bytes(entry.value->view().begin(), entry.value->view().end()));
        return genesis;
    }

private:
    std::shared_ptr<const executor::Module> module_;
    trie::EmptyStore nothing_;
    ledger::TrieState below_;
    host::Surroundings around_;
    host::State state_;
};

} // namespace

std::expected<ledger::GenesisState, std::string> genesis_state(const executor::Engine& engine, ByteView code,
                                                               std::string_view preset, std::string_view changes)
{
    const auto plain = executor::unpack(code);
    if (!plain)
        return std::unexpected("the runtime: " + std::string(executor::words(plain.error())));
    auto module = engine.compile(*plain, host::host_table());
    if (!module)
        return std::unexpected("the runtime: " + module.error().words);
    Builder builder(std::move(*module));
    const auto found = builder.call("GenesisBuilder_get_preset", scale::encode(std::optional(std::string(preset))));
    if (!found)
        return std::unexpected(found.error());
    const auto text = scale::decode<std::optional<Bytes>>(ByteView(*found));
    if (!text || !*text)
        return std::unexpected("the runtime has no genesis preset " + std::string(preset));
    auto config = Json::parse((*text)->begin(), (*text)->end(), nullptr, false);
    const auto patch = Json::parse(changes.empty() ? "{}" : changes, nullptr, false);
    if (!config.is_object() || !patch.is_object())
        return std::unexpected("the changes to the genesis preset are no JSON object");
    config.merge_patch(patch);
    const auto input = config.dump();
    const auto built = builder.call("GenesisBuilder_build_state", scale::encode(Bytes(input.begin(), input.end())));
    if (!built)
        return std::unexpected(built.error());
    const auto result = scale::decode<std::expected<std::tuple<>, std::string>>(ByteView(*built));
    if (!result)
        return std::unexpected("the runtime's answer to GenesisBuilder_build_state does not read");
    if (!*result)
        return std::unexpected("the runtime refuses the genesis: " + result->error());
    auto state = builder.state();
    state.insert_or_assign(Bytes{':', 'c', 'o', 'd', 'e'}, Bytes(code.begin(), code.end()));
    return state;
}

} // namespace node
