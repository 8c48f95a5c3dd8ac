#pragma once

#include "crypto/random.hpp"

#include <expected>
#include <string>

/// Sockets and files around libp2p's machines: one thread, Boost.Asio.
namespace network {

/// The seed of a node's ed25519 identity, from a file as Substrate keeps it: 32 raw bytes, or 64 hexadecimal digits.
/// A missing file is made, readable by its owner alone.
///
/// Errors  one line: which file, what is wrong, what to do
std::expected<base::Digest, std::string> load_node_key(const std::string& path, crypto::Entropy& entropy);

} // namespace network
