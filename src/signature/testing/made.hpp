#pragma once

#include "hash/keccak.hpp"
#include "signature/derive.hpp"
#include "signature/vrf.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What tests and the generator of vectors/signature.json share.
namespace signature::testing {

/// Always zeros: signatures become functions of key and message.
class NoEntropy : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, uint8_t{0}); }
};

inline std::string hex(base::ByteView bytes)
{
    std::string text;
    for (const uint8_t byte : bytes)
        for (const int digit : {byte >> 4, byte & 15})
            text += "0123456789abcdef"[digit];
    return text;
}

inline base::Bytes unhex(std::string_view text)
{
    base::Bytes bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(uint8_t(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
    return bytes;
}

/// Exactly n bytes of hexadecimal text.
template <size_t n>
std::array<uint8_t, n> fixed(std::string_view text)
{
    const auto bytes = unhex(text);
    std::array<uint8_t, n> out{};
    std::ranges::copy_n(bytes.begin(), std::ptrdiff_t(std::min(n, bytes.size())), out.begin());
    return out;
}

inline base::Bytes pattern(size_t size)
{
    base::Bytes bytes(size);
    for (size_t i = 0; i != size; ++i)
        bytes[i] = uint8_t(3 * i + size);
    return bytes;
}

/// The transcripts of @polkadot/util-crypto's sr25519VrfSign: message under a context, extra bytes beside the proof.
inline Transcript vrf_transcript(std::string_view context, base::ByteView message)
{
    return sr25519::signing_transcript(context, message);
}
inline Transcript vrf_extra(base::ByteView extra)
{
    Transcript transcript("VRF");
    if (!extra.empty())
        transcript.append("", extra);
    return transcript;
}

/// Our signatures and proofs, all deterministic.
inline nlohmann::json made()
{
    NoEntropy entropy;
    const auto sr = *sr25519::from_uri("//Alice/soft"), vrf_key = *sr25519::from_uri("//Dave");
    const auto ed = *ed25519::from_uri("//Alice");
    const auto ec = *ecdsa::from_uri("//Alice");
    auto signatures = nlohmann::json::array(), proofs = nlohmann::json::array();
    for (const size_t size : {0, 1, 64, 166, 500})
    {
        const auto message = pattern(size);
        const auto add = [&](std::string_view scheme, base::ByteView key, base::ByteView signature) {
            signatures.push_back({{"scheme", scheme},
                                  {"message", hex(message)},
                                  {"public_key", hex(key)},
                                  {"signature", hex(signature)}});
        };
        add("sr25519", sr.public_key(), sr25519::sign(sr, message, entropy));
        add("ed25519", ed.public_key(), ed25519::sign(ed, message));
        add("ecdsa", ec.public_key(), ecdsa::sign(ec, message));
        add("ecdsa-keccak", ec.public_key(), ecdsa::sign_prehashed(ec, hash::keccak_256(message)));

        const std::string context(size % 7, 'c');
        const auto extra = pattern(size % 5);
        const auto value = sr25519::vrf_evaluate(vrf_key, vrf_transcript(context, message));
        const auto proof = sr25519::vrf_prove(vrf_key, value, entropy, vrf_extra(extra));
        proofs.push_back({{"context", hex(base::view(context))},
                          {"extra", hex(extra)},
                          {"message", hex(message)},
                          {"public_key", hex(vrf_key.public_key())},
                          {"output", hex(proof.output)},
                          {"proof", hex(proof.proof)}});
    }
    return {{"signatures", signatures}, {"vrf", proofs}};
}

} // namespace signature::testing
