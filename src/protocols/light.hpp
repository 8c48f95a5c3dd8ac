#pragma once

#include "primitives/keys.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Requests and responses of /light/2 and /state/2.
namespace protocols {

using primitives::Bytes;
using primitives::ByteView;
using primitives::Hash;

inline constexpr size_t kKeysMax = 4096; ///< of one request; more are refused
inline constexpr size_t kMethodMax = 256;

/// Execute `method` with `data` on top of the block, and prove what it read. [light.v1.proto RemoteCallRequest]
struct RemoteCall
{
    Hash block{};
    std::string method;
    Bytes data;
    friend bool operator==(const RemoteCall&, const RemoteCall&) = default;
};

/// Prove what these keys hold at the block, or that they hold nothing. [RemoteReadRequest, RemoteReadChildRequest]
struct RemoteRead
{
    Hash block{};
    std::optional<Bytes> child; ///< the child trie's storage key, without its prefix; absent: the main trie
    std::vector<Bytes> keys;
    friend bool operator==(const RemoteRead&, const RemoteRead&) = default;
};

using LightRequest = std::variant<RemoteCall, RemoteRead>;

/// Source  polkadot-sdk light.v1.proto Request: call 1 {block 2, method 3, data 4}, read 2 {block 2, keys 3},
///         read_child 4 {block 2, storage_key 3, keys 6}
Bytes encode(const LightRequest& request);
/// Nothing when it is no such protobuf, lacks a required field, or is over the bounds.
std::optional<LightRequest> decode_light_request(ByteView message);

/// The answer to a call or to a read.
///
/// Source  Response: call 1 {proof 2}, read 2 {proof 2}
struct LightResponse
{
    bool is_call = false;
    std::optional<Bytes> proof; ///< SCALE of a list of trie nodes; absent: the server cannot answer

    Bytes encode() const;
    friend bool operator==(const LightResponse&, const LightResponse&) = default;
};
std::optional<LightResponse> decode_light_response(ByteView message);

/// Send the state of a block, from a key on. [api.v1.proto StateRequest: block 1, start 2, no_proof 3]
struct StateRequest
{
    static constexpr size_t kStartsMax = 2;
    Hash block{};
    std::vector<Bytes> start; ///< the last key received; of a child trie, then its key within it
    bool no_proof = false;

    Bytes encode() const;
    friend bool operator==(const StateRequest&, const StateRequest&) = default;
};
std::optional<StateRequest> decode_state_request(ByteView message);

/// A part of the state: pairs (api.v1.proto StateResponse: entries 1, KeyValueStateEntry) or a compact proof (2).
struct StateResponse
{
    static constexpr size_t kPairsMax = 1024 * 1024;
    static constexpr size_t kTriesMax = 4096;
    struct Trie
    {
        Bytes state_root; ///< empty for the main trie
        std::vector<std::pair<Bytes, Bytes>> pairs;
        bool complete = false;
        friend bool operator==(const Trie&, const Trie&) = default;
    };
    std::vector<Trie> tries;
    Bytes proof;

    Bytes encode() const;
    friend bool operator==(const StateResponse&, const StateResponse&) = default;
};
std::optional<StateResponse> decode_state_response(ByteView message);

} // namespace protocols
