#pragma once

#include "report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// One function for each command. Paths and words are those of the command line; nothing here prints.
namespace cmd {

struct ModelImport
{
    std::string onnx, calibration, out;
    double percentile = 99.99;
    std::vector<std::string> labels; ///< names of the outputs; empty: as the file has them
};
Answer run(const ModelImport& options);

struct ModelInspect
{
    std::string model; ///< m.zkm or m.id
};
Answer run(const ModelInspect& options);

struct ModelPublish
{
    std::string model, out;
};
Answer run(const ModelPublish& options);

struct ModelRenew
{
    std::string model;
};
Answer run(const ModelRenew& options);

struct DataCommit
{
    std::string array, like, out, identity;
    bool pad_output = false;
};
Answer run(const DataCommit& options);

struct Infer
{
    std::string model, input;
};
Answer run(const Infer& options);

struct Prove
{
    std::string model, input, data, mask, context, out;
    std::optional<uint32_t> row;
    std::optional<std::vector<std::string>> hidden; ///< --private
};
Answer run(const Prove& options);

struct Verify
{
    std::string model, data, context, proof;
};
Answer run(const Verify& options);

struct Open
{
    std::string data, model, proof;
};
Answer run(const Open& options);

/// What every node can be told.
struct NodeFlags
{
    std::string folder;                                             ///< where the chain is kept; empty: in memory
    std::string chain;                                              ///< a raw chain spec
    std::vector<std::string> listen;                                ///< multiaddresses
    std::vector<std::string> bootnodes, reserved, public_addresses; ///< see node::NodeOptions
    bool reserved_only = false;
    uint32_t out_peers = 8;
    std::string pruning = "256";       ///< finalised states kept, or "archive"
    std::string log;                   ///< directives
    bool new_signing_record = false;   ///< see node::NodeOptions
    uint16_t rpc_port = 9944;          ///< 0 takes a free one
    bool rpc_external = false;         ///< JSON-RPC on all interfaces
    std::string rpc_methods = "auto";  ///< auto, safe or unsafe
    std::vector<std::string> rpc_cors; ///< origins; "all" for any; empty: those of this machine
    uint32_t rpc_connections = 100;
    std::optional<uint16_t> prometheus_port; ///< metrics; 0 takes a free one
    bool prometheus_external = false;
    std::string password_file, password_variable; ///< of the keystore's phrases
    bool ask_password = false;
    bool offchain_private = false; ///< off-chain workers may reach private networks
};

/// A node of any chain, kept in a folder.
struct RunNode
{
    NodeFlags node;
    bool validator = false; ///< authors and votes with the keys of the folder
};
/// Runs until SIGINT or SIGTERM.
Answer run(const RunNode& options);

struct Dev
{
    NodeFlags node;
    uint32_t validators = 1;    ///< each a node of its own in this process
    std::string genesis = "{}"; ///< JSON laid over the development preset
    bool temporary = false;     ///< keep nothing: as without a folder
    bool no_dashboard = false;  ///< accepted: there is no dashboard yet
    bool quiet = false;
};
/// Runs until SIGINT or SIGTERM.
Answer run(const Dev& options);

struct ChainSpecBuild
{
    std::string preset = "development", runtime, genesis = "{}", out;
    uint32_t validators = 0; ///< those of `zkp dev --validators`; 0: the preset's
};
Answer run(const ChainSpecBuild& options);

/// Where a secret URI comes from; neither file nor variable: it is asked for.
struct KeySecret
{
    std::string file, variable, password_file, password_variable;
    bool ask_password = false;
};
struct KeyMessage
{
    std::string file; ///< empty: the standard input
    bool hex = false; ///< hexadecimal digits stand for the message
};

struct KeyGenerate
{
    std::string scheme = "sr25519", out;
    uint32_t words = 12, network = 42;
    bool show = false; ///< secrets also where no person watches
};
Answer run(const KeyGenerate& options);

struct KeyInspect
{
    std::string target, scheme = "sr25519"; ///< an address or public key; empty: a secret
    KeySecret secret;
    std::optional<uint32_t> network;
    bool show = false;
};
Answer run(const KeyInspect& options);

struct KeyInsert
{
    std::string base, folder, type, scheme = "sr25519";
    KeySecret secret;
};
Answer run(const KeyInsert& options);

struct KeySign
{
    std::string scheme = "sr25519";
    KeySecret secret;
    KeyMessage message;
};
Answer run(const KeySign& options);

struct KeyVerify
{
    std::string scheme = "sr25519", signature, key;
    KeyMessage message;
};
Answer run(const KeyVerify& options);

/// Draws how weights and seats follow from stake, work and space, ours and the published formulas.
struct SimulateWeights
{
    uint32_t validators = 100, seats = 100;
    uint32_t elected = 0; ///< at most so many validators hold seats; 0: as many as there are seats
    uint32_t worlds = 5, published_max = 200;
    uint64_t seed = 1;
    double alpha = 0.3, beta = 0.3, gamma = 0.4, churn = 0.1;
    std::string out; ///< the folder for CSV and SVG; empty: write nothing
};
Answer run(const SimulateWeights& options);

} // namespace cmd
