#include "commands.hpp"
#include "seats/rules.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <iostream>
#include <new>

/// The program `zkp`: parses the command line, runs one command, prints its answer.
namespace {

using cmd::Answer;
using cmd::Exit;
using cmd::Json;

/// The command that the line names.
using Command = std::function<Answer()>;

CLI::App* add(CLI::App& parent, const char* name, const char* what)
{
    auto* app = parent.add_subcommand(name, what);
    app->fallthrough();
    return app;
}

template <typename Options>
void on_parse(CLI::App* app, Command& chosen, const Options& options)
{
    app->callback([&chosen, &options] { chosen = [&options] { return cmd::run(options); }; });
}

void add_model(CLI::App& app, Command& chosen, cmd::ModelImport& import, cmd::ModelInspect& inspect,
               cmd::ModelPublish& publish, cmd::ModelRenew& renew)
{
    auto* model = add(app, "model", "Import a model, look at it, publish its identity, renew its commitment");
    model->require_subcommand(1);

    auto* one = add(*model, "import", "Read an ONNX file, quantise it, commit to its weights");
    one->add_option("onnx", import.onnx, "The model, .onnx")->required();
    one->add_option("--calibrate", import.calibration, "Sample inputs, .npy: where the 8-bit ranges come from")
        ->required();
    one->add_option("-o,--output", import.out, "The sealed model to write, .zkm")->required();
    one->add_option("--percentile", import.percentile, "Share of calibration values that ranges hold")
        ->check(CLI::Range(50.0, 100.0))
        ->capture_default_str();
    one->add_option("--labels", import.labels, "Names of the outputs, separated by commas")->delimiter(',');
    on_parse(one, chosen, import);

    one = add(*model, "inspect", "Say what a sealed model or a model identity holds");
    one->add_option("model", inspect.model, "m.zkm or m.id")->required();
    on_parse(one, chosen, inspect);

    one = add(*model, "publish", "Write what a verifier needs: no weights");
    one->add_option("model", publish.model, "The sealed model, .zkm")->required();
    one->add_option("-o,--output", publish.out, "The model identity to write, .id")->required();
    on_parse(one, chosen, publish);

    one = add(*model, "renew", "Commit to the same weights afresh, and prove that they are the same");
    one->add_option("model", renew.model, "The sealed model, .zkm; replaced")->required();
    on_parse(one, chosen, renew);
}

void add_data(CLI::App& app, Command& chosen, cmd::DataCommit& commit, cmd::Open& open)
{
    auto* data = add(app, "data", "Commit to a data set");
    data->require_subcommand(1);
    auto* one = add(*data, "commit", "Commit to rows, so that a proof can say: this is row i");
    one->add_option("array", commit.array, "The rows, .npy")->required();
    one->add_option("--like", commit.like, "Identity of a model that will read them, .id")->required();
    one->add_flag("--pad-output", commit.pad_output, "With one-time pads, for proofs with --mask output");
    one->add_option("-o,--output", commit.out, "The committed data set to write, .zkd")->required();
    one->add_option("--id", commit.identity, "The data identity to write, .id")->required();
    on_parse(one, chosen, commit);

    one = add(app, "open", "Take the committed pad off a masked output");
    one->add_option("--data", open.data, "The committed data set, .zkd")->required();
    one->add_option("--model", open.model, "Identity of the proof's model, if it is not the one of --like");
    one->add_option("proof", open.proof, "The proof, .zkp")->required();
    on_parse(one, chosen, open);
}

void add_proofs(CLI::App& app, Command& chosen, cmd::Infer& infer, cmd::Prove& prove, cmd::Verify& verify)
{
    auto* one = add(app, "infer", "Run the integer graph, without a proof");
    one->add_option("--model", infer.model, "The sealed model, .zkm")->required();
    one->add_option("--input", infer.input, "Inputs, .npy")->required();
    on_parse(one, chosen, infer);

    one = add(app, "prove", "Run the model and prove the result");
    one->add_option("--model", prove.model, "The sealed model, .zkm")->required();
    one->add_option("--input", prove.input, "Inputs, .npy; several rows give one proof");
    one->add_option("--data", prove.data, "A committed data set, .zkd, instead of --input");
    one->add_option("--row", prove.row, "Which row of the data set, from 0");
    one->add_option("--private", prove.hidden, "What stays private, of model,input,output [model,input]")
        ->delimiter(',');
    one->add_option("--mask", prove.mask, "'output': public under a one-time pad of the data set");
    one->add_option("--context", prove.context, "32 bytes in hexadecimal that the proof is bound to [zeros]");
    one->add_option("-o,--output", prove.out, "The proof to write, .zkp")->required();
    on_parse(one, chosen, prove);

    one = add(app, "verify", "Check a proof: exit code 0 proven, 1 refused, 2 usage");
    one->add_option("--model", verify.model, "The model identity, .id")->required();
    one->add_option("--data", verify.data, "The data identity, .id, if the proof is about a data set");
    one->add_option("--context", verify.context, "The context that the proof has to be bound to [zeros]");
    one->add_option("proof", verify.proof, "The proof, .zkp")->required();
    on_parse(one, chosen, verify);
}

void add_node_flags(CLI::App& one, cmd::NodeFlags& flags)
{
    one.add_option("--listen-addr", flags.listen, "Where to listen for peers, as multiaddresses");
    one.add_option("--bootnodes", flags.bootnodes, "Nodes to ask for others, as multiaddresses that end in /p2p/ID");
    one.add_option("--reserved-nodes", flags.reserved, "Nodes to stay connected to, likewise");
    one.add_flag("--reserved-only", flags.reserved_only, "Connect to no other nodes");
    one.add_option("--public-addr", flags.public_addresses, "Where others reach this node, as multiaddresses");
    one.add_option("--out-peers", flags.out_peers, "Connections that this node chooses")
        ->capture_default_str()
        ->check(CLI::Range(0, 16));
    one.add_option("--state-pruning", flags.pruning, "Finalised states to keep, or archive for all")
        ->capture_default_str();
    one.add_flag("--new-signing-record", flags.new_signing_record,
                 "Begin the lost record of what the folder's keys signed anew; no other copy of them may run");
    one.add_option("--log,-l", flags.log, "What to log, as in info,babe=debug,grandpa=off");
    one.add_option("--rpc-port", flags.rpc_port, "JSON-RPC by HTTP and WebSocket; 0 takes a free port")
        ->capture_default_str();
    one.add_flag("--rpc-external", flags.rpc_external, "Serve JSON-RPC to other machines too");
    one.add_option("--rpc-methods", flags.rpc_methods, "auto (unsafe ones for this machine alone), safe or unsafe")
        ->check(CLI::IsMember({"auto", "safe", "unsafe"}))
        ->capture_default_str();
    one.add_option("--rpc-cors", flags.rpc_cors, "Origins whose pages may call; all for any [this machine's]")
        ->delimiter(',');
    one.add_option("--rpc-max-connections", flags.rpc_connections, "JSON-RPC connections at once")
        ->check(CLI::Range(1, 65'536))
        ->capture_default_str();
    one.add_option("--prometheus-port", flags.prometheus_port, "Serve metrics here; 0 takes a free port [none]");
    one.add_flag("--prometheus-external", flags.prometheus_external, "Serve metrics to other machines too");
    one.add_option("--password-file", flags.password_file, "The password of the keystore's phrases is in this file");
    one.add_option("--password-env", flags.password_variable, "It is in this variable of the environment");
    one.add_flag("--password-interactive", flags.ask_password, "Ask for it");
    one.add_flag("--offchain-private", flags.offchain_private, "Let off-chain workers reach private networks");
}

void add_node(CLI::App& app, Command& chosen, cmd::RunNode& run)
{
    auto* one = add(app, "node", "Run a node of a chain");
    one->add_option("--chain", run.node.chain, "The raw chain spec, .json")->required();
    one->add_option("--base-path", run.node.folder, "Keep chain, keys and identity in this folder")->required();
    one->add_flag("--validator", run.validator, "Author and vote with the keys of the folder (zkp key insert)");
    add_node_flags(*one, run.node);
    on_parse(one, chosen, run);
}

void add_chain(CLI::App& app, Command& chosen, cmd::Dev& dev, cmd::ChainSpecBuild& build)
{
    auto* one = add(app, "dev", "Run a development chain: validator //Alice, or more, known accounts with money");
    auto* folder = one->add_option("--base-path", dev.node.folder, "Keep the chain in this folder [keep nothing]");
    one->add_flag("--tmp", dev.temporary, "Keep nothing: as without --base-path")->excludes(folder);
    one->add_option("--chain", dev.node.chain, "A raw chain spec instead of the built-in development chain");
    one->add_option("--validators", dev.validators, "Nodes that make blocks and vote: Alice, Bob, Charlie and others")
        ->capture_default_str()
        ->check(CLI::Range(1, 16));
    one->add_option("--genesis", dev.genesis, "JSON laid over the development genesis, such as {\"babe\": …}");
    add_node_flags(*one, dev.node);
    one->add_flag("--no-dashboard", dev.no_dashboard, "Serve no dashboard (there is none yet)");
    one->add_flag("--quiet", dev.quiet, "Log errors alone");
    on_parse(one, chosen, dev);

    auto* spec = add(app, "chain-spec", "Chain specifications");
    spec->require_subcommand(1);
    one = add(*spec, "build", "Write the raw chain spec of a runtime's genesis preset");
    one->add_option("--preset", build.preset, "development or local_testnet")->capture_default_str();
    one->add_option("--validators", build.validators, "Validators of the chain: Alice, Bob, Charlie and others")
        ->check(CLI::Range(1, 16));
    one->add_option("--runtime", build.runtime, "The runtime, .wasm [the one built in]");
    one->add_option("--genesis", build.genesis, "JSON laid over the preset");
    one->add_option("-o,--output", build.out, "The chain spec to write, .json")->required();
    on_parse(one, chosen, build);
}

void add_simulate(CLI::App& app, Command& chosen, cmd::SimulateWeights& weights)
{
    auto* simulate = add(app, "simulate", "Try the chain's rules on drawn worlds");
    simulate->require_subcommand(1);
    auto* one = add(*simulate, "weights", "How equal weights and seats are, and what an attack on finality costs");
    one->add_option("--validators", weights.validators, "In each world")
        ->check(CLI::Range(2, 500))
        ->capture_default_str();
    one->add_option("--seats", weights.seats, "Keys of the set")
        ->check(CLI::Range(1U, seats::kSeatsMax))
        ->capture_default_str();
    one->add_option("--elected", weights.elected, "Validators that may hold seats [as many as seats]")
        ->check(CLI::Range(1U, seats::kSeatsMax));
    one->add_option("--alpha", weights.alpha, "What work (PoI) weighs")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    one->add_option("--beta", weights.beta, "What space (PoSp) weighs")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    one->add_option("--gamma", weights.gamma, "What stake weighs")->check(CLI::Range(0.0, 1.0))->capture_default_str();
    one->add_option("--churn", weights.churn, "Share of the seats that may change hands in an era")
        ->check(CLI::Range(0.001, 1.0))
        ->capture_default_str();
    one->add_option("--published-max", weights.published_max, "MaxValidators of the published dynamic formula")
        ->check(CLI::Range(2, 100'000))
        ->capture_default_str();
    one->add_option("--worlds", weights.worlds, "Worlds of each shape")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    one->add_option("--seed", weights.seed, "The same seed draws the same worlds")->capture_default_str();
    one->add_option("-o,--out", weights.out, "Write CSV and SVG files into this folder");
    on_parse(one, chosen, weights);
}

void add_scheme(CLI::App* app, std::string& scheme)
{
    app->add_option("--scheme", scheme, "sr25519, ed25519 or ecdsa")
        ->check(CLI::IsMember(std::vector<std::string>{"sr25519", "ed25519", "ecdsa"}))
        ->capture_default_str();
}

void add_secret(CLI::App* app, cmd::KeySecret& secret)
{
    app->add_option("--suri-file", secret.file, "The secret phrase, seed or URI is in this file [asked for]");
    app->add_option("--suri-env", secret.variable, "It is in this variable of the environment");
    app->add_option("--password-file", secret.password_file, "The phrase's password is in this file");
    app->add_option("--password-env", secret.password_variable, "It is in this variable of the environment");
    app->add_flag("--password-interactive", secret.ask_password, "Ask for the phrase's password");
}

void add_message(CLI::App* app, cmd::KeyMessage& message)
{
    app->add_option("--message", message.file, "The message's file [the standard input]");
    app->add_flag("--hex", message.hex, "The message is written in hexadecimal digits");
}

struct Keys
{
    cmd::KeyGenerate generate;
    cmd::KeyInspect inspect;
    cmd::KeyInsert insert;
    cmd::KeySign sign;
    cmd::KeyVerify verify;
};

void add_keys(CLI::App& app, Command& chosen, Keys& keys)
{
    auto* key = add(app, "key", "Make keys, look at them, give them to a node, sign, verify");
    key->require_subcommand(1);

    auto* one = add(*key, "generate", "Make a new secret phrase");
    add_scheme(one, keys.generate.scheme);
    one->add_option("--words", keys.generate.words, "How many")
        ->check(CLI::IsMember(std::vector<uint32_t>{12, 15, 18, 21, 24}))
        ->capture_default_str();
    one->add_option("--network", keys.generate.network, "Prefix of the addresses")->capture_default_str();
    one->add_option("-o,--out", keys.generate.out, "Write the phrase to this new file, for its owner alone");
    one->add_flag("--show", keys.generate.show, "Print the secrets although no terminal shows them");
    on_parse(one, chosen, keys.generate);

    one = add(*key, "inspect", "Say what an address, a public key or a secret stands for");
    one->add_option("public", keys.inspect.target, "An address, or a public key after 0x [a secret, asked for]");
    add_scheme(one, keys.inspect.scheme);
    add_secret(one, keys.inspect.secret);
    one->add_option("--network", keys.inspect.network, "Prefix of the addresses [the given address's, else 42]");
    one->add_flag("--show", keys.inspect.show, "Print the seed although no terminal shows it");
    on_parse(one, chosen, keys.inspect);

    one = add(*key, "insert", "Put a secret into a node's keystore");
    one->add_option("--base-path", keys.insert.base, "The node's folder");
    one->add_option("--keystore-path", keys.insert.folder, "The keystore's folder, instead of --base-path");
    one->add_option("--key-type", keys.insert.type, "What it is for: babe, gran, …")->required();
    add_scheme(one, keys.insert.scheme);
    add_secret(one, keys.insert.secret);
    on_parse(one, chosen, keys.insert);

    one = add(*key, "sign", "Sign a message");
    add_scheme(one, keys.sign.scheme);
    add_secret(one, keys.sign.secret);
    add_message(one, keys.sign.message);
    on_parse(one, chosen, keys.sign);

    one = add(*key, "verify", "Check a signature: exit code 0 right, 1 refused, 2 usage");
    one->add_option("signature", keys.verify.signature, "In hexadecimal digits")->required();
    one->add_option("public", keys.verify.key, "The signer's address, or public key after 0x")->required();
    add_scheme(one, keys.verify.scheme);
    add_message(one, keys.verify.message);
    on_parse(one, chosen, keys.verify);
}

int print(const Answer& answer, bool json)
{
    Exit code = Exit::done;
    if (answer)
        std::cout << (json ? answer->json.dump(2) + "\n" : answer->text);
    else
    {
        const auto& failure = answer.error();
        code = failure.exit;
        if (json)
        {
            Json details = {{"error", failure.words}};
            details.update(failure.details);
            std::cout << details.dump(2) << "\n";
        }
        std::cerr << failure.text << "zkp: " << failure.words << "\n";
    }
    if (!std::cout.flush())
    {
        std::cerr << "zkp: cannot write the answer to the standard output; is its disk full?\n";
        return int(Exit::refused);
    }
    return int(code);
}

int run(int count, char** words)
{
    CLI::App app(
        "Private inference, proven: a model answers, a proof says that it did, and nobody sees weights or input.");
    app.require_subcommand(1);
    app.set_version_flag("--version", "zkp " ZKP_VERSION);
    bool json = false;
    app.add_flag("--json", json, "Answer in JSON");

    Command chosen;
    cmd::ModelImport import;
    cmd::ModelInspect inspect;
    cmd::ModelPublish publish;
    cmd::ModelRenew renew;
    cmd::DataCommit commit;
    cmd::Open open;
    cmd::Infer infer;
    cmd::Prove prove;
    cmd::Verify verify;
    cmd::RunNode run_node;
    cmd::Dev dev;
    cmd::ChainSpecBuild build_spec;
    add_model(app, chosen, import, inspect, publish, renew);
    add_data(app, chosen, commit, open);
    add_proofs(app, chosen, infer, prove, verify);
    add_node(app, chosen, run_node);
    add_chain(app, chosen, dev, build_spec);
    Keys keys;
    add_keys(app, chosen, keys);
    cmd::SimulateWeights simulate_weights;
    add_simulate(app, chosen, simulate_weights);
    try
    {
        app.parse(count, words);
    } catch (const CLI::Success& wish) // --help, --version
    {
        return app.exit(wish);
    } catch (const CLI::ParseError& error)
    {
        return print(cmd::usage(std::string(error.what()) + "; see zkp --help"), json);
    }
    return print(chosen(), json);
}

} // namespace

int main(int count, char** words)
{
    try
    {
        return run(count, words);
    } catch (const std::bad_alloc&)
    {
        std::fputs("zkp: out of memory; close other programs or use a larger machine\n", stderr);
    } catch (const std::exception& error)
    {
        std::fprintf(stderr, "zkp: %s\n", error.what());
    }
    return int(Exit::refused);
}
