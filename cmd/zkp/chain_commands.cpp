#include "commands.hpp"
#include "development.hpp"
#include "files.hpp"
#include "secrets.hpp"

#include "env/file.hpp"
#include "executor/engine.hpp"
#include "node/node.hpp"
#include "rpc/hex.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

/// dev, chain-spec: the node from the command line.
namespace cmd {
namespace {

/// The changes to a genesis that `validators` and the user ask for; the user's come last.
std::expected<std::string, Failure> genesis_changes(uint32_t validators, const std::string& wishes)
{
    if (validators == 0)
        return wishes;
    auto changes = nlohmann::json::parse(development::session(development::names(validators)));
    const auto wished = nlohmann::json::parse(wishes.empty() ? "{}" : wishes, nullptr, false);
    if (!wished.is_object())
        return usage("--genesis takes a JSON object");
    changes.merge_patch(wished);
    return changes.dump();
}

std::expected<node::ChainSpec, Failure> built_in_spec(const std::string& preset, base::ByteView runtime,
                                                      uint32_t validators, const std::string& wishes)
{
    const auto genesis = genesis_changes(validators, wishes);
    if (!genesis)
        return std::unexpected(genesis.error());
    const auto engine = executor::wasmtime_engine();
    if (!engine)
        return refused(engine.error());
    auto state = node::genesis_state(**engine, runtime, preset, *genesis);
    if (!state)
        return refused(state.error());
    node::ChainSpec spec;
    if (preset != "development")
    {
        spec.name = "ZKP Local Testnet";
        spec.id = "zkp_local_testnet";
        spec.type = "Local";
    }
    spec.genesis = std::move(*state);
    return spec;
}

std::expected<node::ChainSpec, Failure> read_spec(const std::string& file)
{
    const auto bytes = read(file);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto spec = node::read_chain_spec({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!spec)
        return usage(spec.error());
    return std::move(*spec);
}

std::expected<node::ChainSpec, Failure> spec_of(const Dev& options)
{
    if (!options.node.chain.empty())
        return read_spec(options.node.chain);
    const auto validators = options.validators > 1 ? options.validators : 0; // one: the preset's, with one seat
    return built_in_spec("development", node::built_in_runtime(), validators, options.genesis);
}

/// Lines of several nodes begin with whose they are.
host::Log log_lines(const std::string& name)
{
    return [begin = name.empty() ? "" : name + ": "](host::LogLevel level, std::string_view target,
                                                     std::string_view message) {
        constexpr std::array<const char*, 5> names{"error", "warn", "info", "debug", "trace"};
        std::fprintf(stderr, "%s%s %.*s: %.*s\n", begin.c_str(), names[size_t(level)], int(target.size()),
                     target.data(), int(message.size()), message.data());
    };
}

/// What the flags of every node say.
std::expected<node::NodeOptions, Failure> options_of(const NodeFlags& flags)
{
    node::NodeOptions options;
    options.folder = flags.folder;
    if (!flags.listen.empty())
        options.listen = flags.listen;
    options.bootnodes = flags.bootnodes;
    options.reserved = flags.reserved;
    options.reserved_only = flags.reserved_only;
    options.public_addresses = flags.public_addresses;
    options.out_peers = flags.out_peers;
    options.log_directives = flags.log;
    options.log = log_lines({});
    if (flags.pruning == "archive")
        options.store.states_kept = std::nullopt;
    else
    {
        uint32_t kept = 0;
        const auto* end = flags.pruning.data() + flags.pruning.size();
        if (const auto read = std::from_chars(flags.pruning.data(), end, kept);
            read.ec != std::errc{} || read.ptr != end || kept == 0)
            return usage("--state-pruning takes a number of states, at least 1, or archive");
        options.store.states_kept = kept;
    }
    using Methods = rpc::Options::Methods;
    options.rpc = rpc::Options{.port = flags.rpc_port,
                               .external = flags.rpc_external,
                               .methods = flags.rpc_methods == "safe"     ? Methods::safe
                                          : flags.rpc_methods == "unsafe" ? Methods::unsafe
                                                                          : Methods::automatic,
                               .connections_max = flags.rpc_connections};
    if (flags.prometheus_port)
        options.prometheus = {.port = *flags.prometheus_port, .external = flags.prometheus_external};
    options.offchain_http.allow_private = flags.offchain_private;
    options.new_signing_record = flags.new_signing_record;
    auto password = read_password({flags.password_file, flags.password_variable}, flags.ask_password);
    if (!password)
        return std::unexpected(password.error());
    options.keystore_password = std::move(*password);
    if (flags.rpc_cors == std::vector<std::string>{"all"})
        options.rpc->origins = std::nullopt;
    else if (!flags.rpc_cors.empty())
        options.rpc->origins = flags.rpc_cors;
    return options;
}

/// A node and what its lines begin with.
struct Named
{
    std::string name; ///< empty where there is one node
    std::unique_ptr<node::Node> node;
};

/// Prints where the nodes are, then each block of the first one's chain as it becomes final, until a signal comes.
Answer serve(const std::vector<Named>& nodes, const node::ChainSpec& spec, sigset_t signals)
{
    auto& node = *nodes.front().node;
    std::printf("%s, genesis %s\n", spec.name.c_str(), rpc::hex(node.ledger().genesis_hash()).c_str());
    for (const auto& [name, each] : nodes)
    {
        const auto begin = name.empty() ? "" : name + ": ";
        for (const auto& address : each->peers().addresses())
            std::printf("%slistening on %s\n", begin.c_str(), address.c_str());
        if (const auto port = each->rpc_port())
            std::printf("%sJSON-RPC on ws://127.0.0.1:%u and http://127.0.0.1:%u\n", begin.c_str(), *port, *port);
        if (const auto port = each->prometheus_port())
            std::printf("%smetrics on http://127.0.0.1:%u/metrics\n", begin.c_str(), *port);
    }
    std::fflush(stdout);
    auto shown = node.ledger().finalised();
    const auto broken = [&] {
        for (const auto& [name, each] : nodes)
            if (auto words = each->broken(); !words.empty())
                return words;
        return std::string();
    };
    const auto stop = [&] {
        for (const auto& [name, each] : nodes)
            each->stop();
    };
    while (broken().empty())
    {
        const timespec wait{.tv_sec = 0, .tv_nsec = 200'000'000};
        if (sigtimedwait(&signals, nullptr, &wait) > 0)
        {
            stop();
            const auto last = node.ledger().finalised();
            return Report{"stopped at block " + std::to_string(last.number) + "\n",
                          {{"finalised", last.number}, {"hash", rpc::hex(last.hash)}}};
        }
        if (const auto now = node.ledger().finalised(); now != shown)
        {
            shown = now;
            std::printf("final: %u %s\n", now.number, rpc::hex(now.hash).c_str());
            std::fflush(stdout);
        }
    }
    stop();
    return refused(broken());
}

/// Blocked in every thread that starts from here on, and awaited in this one.
sigset_t await_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

std::expected<Named, Failure> start(std::string name, node::NodeOptions options, const node::ChainSpec& spec)
{
    std::error_code ignored;
    if (!options.folder.empty())
        std::filesystem::create_directories(options.folder, ignored); // the database says what is wrong
    options.spec = spec;
    auto node = node::Node::start(std::move(options));
    if (!node)
        return refused(node.error());
    return Named{std::move(name), std::move(*node)};
}

/// What the flags of `dev` say for one of several nodes: each has a folder, ports and a key of its own.
node::NodeOptions one_of_many(node::NodeOptions options, const std::string& name, const std::vector<Named>& before)
{
    options.authority_uris = {development::uri_of(name)};
    options.log = log_lines(name);
    if (!options.folder.empty())
        options.folder += "/" + name;
    if (before.empty())
        return options;
    const auto port = [&](uint16_t first) { return first == 0 ? first : uint16_t(first + before.size()); };
    options.listen = {"/ip4/127.0.0.1/tcp/0"};
    if (options.rpc)
        options.rpc->port = port(options.rpc->port);
    if (options.prometheus)
        options.prometheus->port = port(options.prometheus->port);
    for (const auto& [other, node] : before)
        options.reserved.push_back(node->peers().addresses().front());
    return options;
}

} // namespace

Answer run(const Dev& options)
{
    const auto signals = await_signals();
    const auto spec = spec_of(options);
    if (!spec)
        return std::unexpected(spec.error());
    std::vector<Named> nodes;
    for (const auto& name : development::names(options.validators))
    {
        auto mine = options_of(options.node);
        if (!mine)
            return std::unexpected(mine.error());
        mine->authority = true;
        mine->authority_uris = {"//Alice"};
        if (options.quiet)
            mine->log_directives = "error";
        if (options.validators > 1)
            *mine = one_of_many(std::move(*mine), name, nodes);
        auto started = start(options.validators > 1 ? name : "", std::move(*mine), *spec);
        if (!started)
            return std::unexpected(started.error());
        nodes.push_back(std::move(*started));
    }
    return serve(nodes, *spec, signals);
}

Answer run(const RunNode& options)
{
    const auto signals = await_signals();
    const auto spec = read_spec(options.node.chain);
    if (!spec)
        return std::unexpected(spec.error());
    auto node_options = options_of(options.node);
    if (!node_options)
        return std::unexpected(node_options.error());
    node_options->authority = options.validator;
    auto started = start("", std::move(*node_options), *spec);
    if (!started)
        return std::unexpected(started.error());
    std::vector<Named> nodes;
    nodes.push_back(std::move(*started));
    return serve(nodes, *spec, signals);
}

Answer run(const ChainSpecBuild& options)
{
    base::Bytes file;
    if (!options.runtime.empty())
    {
        auto bytes = read(options.runtime);
        if (!bytes)
            return std::unexpected(bytes.error());
        file = std::move(*bytes);
    }
    const auto spec = built_in_spec(options.preset, file.empty() ? node::built_in_runtime() : base::ByteView(file),
                                    options.validators, options.genesis);
    if (!spec)
        return std::unexpected(spec.error());
    const auto text = spec->raw_json();
    const std::array parts{base::view(text)};
    if (const auto written = env::write_file(options.out, parts, 0644); !written)
        return refused(written.error().words);
    return Report{"chain spec: " + options.out + ", " + std::to_string(spec->genesis.size()) + " keys of state\n",
                  {{"file", options.out}, {"keys", spec->genesis.size()}}};
}

} // namespace cmd
