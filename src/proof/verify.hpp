#pragma once

#include "proof/identity.hpp"

namespace proof {

/// What a proof that passed says.
struct Verified
{
    Statement statement;
    size_t log_leaves = 0; ///< size of the circuit
};

/// Checks the body of a proof of `circuit` under `statement`: 9 and 6, 7 of docs/specs/proof.md.
///
/// Shapes  roots: of the sources after the trace and the weights, in the order of stores_of(circuit)
/// Errors  as docs/specs/proof.md §9
std::expected<void, Error> verify_body(const circuit::Circuit& circuit, const Statement& statement,
                                       std::span<const Digest> roots, ByteView body);

struct Expectation
{
    Digest context{};
    const DataIdentity* data = nullptr; ///< needed when the proof names a data set
    bool toy = false;                   ///< accept the toy profile; tests only
};

/// Checks one proof file against a model whose identity has been verified.
///
/// Caller  verify(identity) passed
/// Errors  docs/specs/proof.md §9
std::expected<Verified, Error> verify(const Identity& identity, const Expectation& expected, ByteView file);

} // namespace proof
