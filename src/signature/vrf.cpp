#include "signature/vrf.hpp"

#include "signature/multiscalar.hpp"
#include "signature/ristretto.hpp"
#include "signature/vrf_detail.hpp"

#include <algorithm>
#include <array>

namespace signature::sr25519 {
namespace {

struct Proof
{
    Scalar c, s;
};

std::optional<Proof> read(View64 bytes)
{
    const auto c = Scalar::from_canonical(bytes.first<32>()), s = Scalar::from_canonical(bytes.last<32>());
    if (!c || !s)
        return std::nullopt;
    return Proof{*c, *s};
}

/// The neutral element has the one encoding 0.
std::optional<Point> decode_output(View32 bytes)
{
    if (std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; }))
        return std::nullopt;
    return decode_ristretto(bytes);
}

} // namespace

Point vrf_input(View32 public_key, Transcript transcript)
{
    Bytes64 uniform;
    transcript.append("vrf-nm-pk", public_key).challenge("VRFHash", uniform);
    return map_to_ristretto(uniform);
}

Scalar vrf_challenge(Transcript& extra, View32 public_key, View32 output)
{
    Bytes64 wide;
    extra.append("vrf:pk", public_key).append("vrf:h^sk", output).challenge("prove", wide);
    return Scalar::from_wide(wide);
}

std::expected<VrfInOut, Refusal> vrf_verify(View32 public_key, Transcript input, const VrfSignature& signature,
                                            Transcript extra)
{
    const auto proof = read(signature.proof);
    if (!proof)
        return std::unexpected(Refusal::scalar);
    const auto key = decode_ristretto(public_key);
    if (!key)
        return std::unexpected(Refusal::public_key);
    const auto output = decode_output(signature.output);
    if (!output)
        return std::unexpected(Refusal::output);

    // The prover knew r with R = r·B and H = r·input: from s = r − c·key both are computed back.
    const Point in = vrf_input(public_key, std::move(input));
    const VrfInOut value{encode_ristretto(in), signature.output};
    const auto& [c, s] = *proof;
    const Term key_term{c, *key}, input_terms[2] = {{c, *output}, {s, in}};
    extra.append("proto-name", "DLEQProof")
        .append("vrf:h", value.input)
        .append("vrf:R=g^r", encode_ristretto(multiscalar(s, {&key_term, 1})))
        .append("vrf:h^r", encode_ristretto(multiscalar({}, input_terms)));
    if (vrf_challenge(extra, public_key, value.output) != c)
        return std::unexpected(Refusal::equation);
    return value;
}

std::expected<VrfInOut, Refusal> vrf_attach(View32 public_key, Transcript input, View32 output)
{
    if (!decode_output(output))
        return std::unexpected(Refusal::output);
    VrfInOut value{.input = encode_ristretto(vrf_input(public_key, std::move(input))), .output = {}};
    std::ranges::copy(output, value.output.begin());
    return value;
}

void vrf_bytes(const VrfInOut& value, std::string_view context, std::span<uint8_t> out)
{
    Transcript("VRFResult")
        .append("", context)
        .append("vrf-in", value.input)
        .append("vrf-out", value.output)
        .challenge("", out);
}

Transcript babe_transcript(View32 randomness, uint64_t slot, uint64_t epoch)
{
    Transcript transcript("BABE");
    transcript.append_u64("slot number", slot)
        .append_u64("current epoch", epoch)
        .append("chain randomness", randomness);
    return transcript;
}

std::array<uint8_t, 16> babe_score(const VrfInOut& value)
{
    std::array<uint8_t, 16> score;
    vrf_bytes(value, "substrate-babe-vrf", score);
    return score;
}

Bytes32 babe_randomness(const VrfInOut& value)
{
    Bytes32 randomness;
    vrf_bytes(value, "BabeVRFInOutContext", randomness);
    return randomness;
}

} // namespace signature::sr25519
