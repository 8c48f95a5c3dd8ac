#pragma once

#include "base/bytes.hpp"
#include "commit/parameters.hpp"
#include "commit/weight.hpp"
#include "crypto/random.hpp"

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

namespace commit {

using base::Digest;

/// The elements that a row of an oracle consists of; they are absorbed as such.
enum class Cell : uint8_t
{
    base,      ///< K
    extension, ///< F: four K each
};

/// A committed matrix as its prover sees it, wherever it lies: in an OracleStorage or in a mapped file.
///
/// Shapes  coefficients: shape.length() × width, the tail last; codeword: shape.domain × width; nodes: as
///         merkle::TreeView. width counts K elements
/// Secret  coefficients, codeword, salt_seed, and all nodes but the root
struct Oracle
{
    Shape shape;
    size_t width;
    Cell cell;
    std::span<const K> coefficients;
    std::span<const K> codeword;
    std::span<const Digest> nodes;
    Digest salt_seed;

    const Digest& root() const { return nodes[1]; }
};

/// An oracle in memory.
struct OracleStorage
{
    Shape shape;
    size_t width;
    Cell cell;
    std::vector<K> coefficients;
    std::vector<K> codeword;
    std::vector<Digest> nodes;
    Digest salt_seed;

    Oracle view() const { return {shape, width, cell, coefficients, codeword, nodes, salt_seed}; }
    const Digest& root() const { return nodes[1]; }
};

/// The shape of a source without its columns.
Shape shape_of(const SourceShape& source);

/// Encodes and hashes into memory of the caller's, which may be a mapped file.
///
/// Shapes  as in Oracle; width a multiple of 8
/// Cost    parallel; the transform dominates: poly::encode, then merkle::build
void encode_and_hash(const Shape& shape, size_t width, std::span<const K> coefficients, const Digest& salt_seed,
                     std::span<K> codeword, std::span<Digest> nodes);

/// Commits to a matrix that carries its tail already.
OracleStorage commit_matrix(const Shape& shape, size_t width, Cell cell, std::vector<K> coefficients,
                            const Digest& salt_seed);

/// Commits to a source: draws its tail under the label "tail NAME" and its salts under "salt NAME".
///
/// Shapes  entries: at most rows · 2^log_columns, row-major; missing ones are 0
OracleStorage commit_source(const SourceShape& shape, std::string_view name, std::vector<K> entries,
                            crypto::Entropy& entropy);

/// The K coefficients of F elements, in place.
std::span<const K> cells(std::span<const F> elements);

/// Writes an opening: for each position its row and salt, then the sibling digests.
///
/// Caller  positions are sorted and distinct
void write_opening(const Oracle& oracle, std::span<const uint32_t> positions, base::Writer& out);

/// The opened rows, one after the other: positions.size() × width.
std::vector<K> opened_rows(const Oracle& oracle, std::span<const uint32_t> positions);

/// Why an opening was refused.
enum class Unopened : uint8_t
{
    syntax, ///< bytes missing, or an integer that is no element of K
    path,   ///< the rows do not lead to the root
};

/// Reads an opening and checks it against the root; returns the rows, positions.size() × width.
///
/// Caller  positions are sorted and distinct, below the domain, at least one
/// Errors  syntax, path
std::expected<std::vector<K>, Unopened> read_opening(const Digest& root, const Shape& shape, size_t width,
                                                     std::span<const uint32_t> positions, base::Reader& in);

} // namespace commit
