#include "commands.hpp"
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

/// dev, chain-spec: the node from the command line.
namespace cmd {
namespace {

std::expected<node::ChainSpec, Failure> built_in_spec(const std::string& preset, base::ByteView runtime,
                                                      const std::string& genesis)
{
    const auto engine = executor::wasmtime_engine();
    if (!engine)
        return refused(engine.error());
    auto state = node::genesis_state(**engine, runtime, preset, genesis);
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
    return options.node.chain.empty() ? built_in_spec("development", node::built_in_runtime(), options.genesis)
                                      : read_spec(options.node.chain);
}

void log_line(host::LogLevel level, std::string_view target, std::string_view message)
{
    constexpr std::array<const char*, 5> names{"error", "warn", "info", "debug", "trace"};
    std::fprintf(stderr, "%s %.*s: %.*s\n", names[size_t(level)], int(target.size()), target.data(),
                 int(message.size()), message.data());
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
    options.log = log_line;
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

/// Prints where the node is, then each block of the chain as it becomes final, until a signal comes.
Answer serve(node::Node& node, const node::ChainSpec& spec, sigset_t signals)
{
    std::printf("%s, genesis %s\n", spec.name.c_str(), rpc::hex(node.ledger().genesis_hash()).c_str());
    for (const auto& address : node.peers().addresses())
        std::printf("listening on %s\n", address.c_str());
    if (const auto port = node.rpc_port())
        std::printf("JSON-RPC on ws://127.0.0.1:%u and http://127.0.0.1:%u\n", *port, *port);
    if (const auto port = node.prometheus_port())
        std::printf("metrics on http://127.0.0.1:%u/metrics\n", *port);
    std::fflush(stdout);
    auto shown = node.ledger().finalised();
    while (node.broken().empty())
    {
        const timespec wait{.tv_sec = 0, .tv_nsec = 200'000'000};
        if (sigtimedwait(&signals, nullptr, &wait) > 0)
        {
            node.stop();
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
    node.stop();
    return refused(node.broken());
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

Answer run_node(node::NodeOptions options, const node::ChainSpec& spec, const sigset_t& signals)
{
    std::error_code ignored;
    if (!options.folder.empty())
        std::filesystem::create_directories(options.folder, ignored); // the database says what is wrong
    options.spec = spec;
    auto node = node::Node::start(std::move(options));
    if (!node)
        return refused(node.error());
    return serve(**node, spec, signals);
}

} // namespace

Answer run(const Dev& options)
{
    const auto signals = await_signals();
    const auto spec = spec_of(options);
    if (!spec)
        return std::unexpected(spec.error());
    auto node_options = options_of(options.node);
    if (!node_options)
        return std::unexpected(node_options.error());
    node_options->authority = true;
    node_options->authority_uris = {"//Alice"};
    if (options.quiet)
        node_options->log_directives = "error";
    return run_node(std::move(*node_options), *spec, signals);
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
    return run_node(std::move(*node_options), *spec, signals);
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
    const auto spec =
        built_in_spec(options.preset, file.empty() ? node::built_in_runtime() : base::ByteView(file), options.genesis);
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
