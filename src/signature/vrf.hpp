#pragma once

#include "signature/sr25519.hpp"

/// Verifiable random function over ristretto255: a key gives every input one output that nobody else can compute and
/// everybody can check. BABE draws its slots with it.
///
/// Source  schnorrkel 0.11 (src/vrf.rs, the Kusama order of labels); Polkadot specification, chapter 5 "BABE"
namespace signature::sr25519 {

/// The output, and the proof that it belongs to a key and an input.
struct VrfSignature
{
    Bytes32 output;
    Bytes64 proof;
    friend bool operator==(const VrfSignature&, const VrfSignature&) = default;
};

/// Input and output as group elements, both encoded. Make bytes of it, never use `output` itself as randomness.
struct VrfInOut
{
    Bytes32 input, output;
    friend bool operator==(const VrfInOut&, const VrfInOut&) = default;
};

/// The output for an input: all that a slot lottery needs until it is won.
///
/// Cost    70 µs, constant-time
VrfInOut vrf_evaluate(const Keypair& pair, Transcript input);

/// Proves an output of vrf_evaluate. `extra` is bound into the proof but does not change the output.
///
/// Cost    80 µs, constant-time
VrfSignature vrf_prove(const Keypair& pair, const VrfInOut& value, crypto::Entropy& entropy,
                       Transcript extra = Transcript("VRF"));

/// Errors  scalar, public_key, output, equation
/// Cost    115 µs
std::expected<VrfInOut, Refusal> vrf_verify(View32 public_key, Transcript input, const VrfSignature& signature,
                                            Transcript extra = Transcript("VRF"));

/// Pairs an output, whose proof was checked before, with its input: what the runtime does with the pre-digest.
///
/// Errors  output
std::expected<VrfInOut, Refusal> vrf_attach(View32 public_key, Transcript input, View32 output);

/// Fills `out` with randomness for one use, which `context` names.
void vrf_bytes(const VrfInOut& value, std::string_view context, std::span<uint8_t> out);

/// BABE's input for a slot, primary or secondary.
Transcript babe_transcript(View32 randomness, uint64_t slot, uint64_t epoch);

/// The 128-bit little-endian number that a primary slot compares with its threshold.
std::array<uint8_t, 16> babe_score(const VrfInOut& value);

/// What a block adds to the randomness of the epoch after next.
Bytes32 babe_randomness(const VrfInOut& value);

} // namespace signature::sr25519
