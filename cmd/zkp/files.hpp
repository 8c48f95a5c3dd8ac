#pragma once

#include "npy/npy.hpp"
#include "proof/identity.hpp"
#include "report.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

/// Files and values of the command line, read and checked.
namespace cmd {

template <typename T>
using Or = std::expected<T, Failure>;

/// A whole file. Errors: usage (it cannot be read).
Or<base::Bytes> read(const std::string& path);

/// A .npy array. Errors: usage (unreadable), refused (not such an array).
Or<npy::Array> read_array(const std::string& path);

/// m.id, decoded but not verified.
Or<proof::Identity> read_identity(const std::string& path);
/// d.id, decoded.
Or<proof::DataIdentity> read_data_identity(const std::string& path);

/// Codes of an array for a model's input, one vector a row; an array without batch dimension is one row.
///
/// Errors  refused: another shape, not finite, no row
Or<std::vector<std::vector<int32_t>>> encode_rows(const model::Graph& graph, const npy::Array& array,
                                                  const std::string& path);

/// 64 hexadecimal digits as 32 bytes; 32 zero bytes for an empty text. Errors: usage.
Or<base::Digest> parse_context(const std::string& text);

/// Size of a file that was just written.
uint64_t size_of(const std::string& path);

} // namespace cmd
