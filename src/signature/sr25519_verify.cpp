#include "signature/ristretto.hpp"
#include "signature/sr25519.hpp"

#include <algorithm>

namespace signature::sr25519 {
namespace {

/// Where the order of labels differs between schnorrkel versions.
struct Labels
{
    std::string_view key, commitment, challenge;
};
constexpr Labels kLabels{"sign:pk", "sign:R", "sign:c"};
constexpr Labels kDeprecated{"pk", "no", ""};

constexpr uint8_t kMarker = 0x80;

std::expected<Scalar, Refusal> response(View64 signature)
{
    Bytes32 s;
    std::ranges::copy(signature.last<32>(), s.begin());
    if ((s[31] & kMarker) == 0)
        return std::unexpected(Refusal::marker);
    s[31] &= uint8_t(~kMarker);
    const auto scalar = Scalar::from_canonical(s);
    if (!scalar)
        return std::unexpected(Refusal::scalar);
    return *scalar;
}

std::expected<Equation, Refusal> claim(Transcript& transcript, View64 signature, View32 public_key, Labels labels)
{
    const auto s = response(signature);
    if (!s)
        return std::unexpected(s.error());
    const auto key = decode_ristretto(public_key);
    if (!key)
        return std::unexpected(Refusal::public_key);
    const auto commitment = decode_ristretto(signature.first<32>());
    if (!commitment)
        return std::unexpected(Refusal::commitment);

    Bytes64 wide;
    transcript.append("proto-name", "Schnorr-sig")
        .append(labels.key, public_key)
        .append(labels.commitment, signature.first<32>())
        .challenge(labels.challenge, wide);
    return Equation{.s = *s, .c = Scalar::from_wide(wide), .key = *key, .commitment = *commitment};
}

std::expected<void, Refusal> check(const std::expected<Equation, Refusal>& claim)
{
    if (!claim)
        return std::unexpected(claim.error());
    if (!holds(*claim))
        return std::unexpected(Refusal::equation);
    return {};
}

} // namespace

Transcript signing_transcript(std::string_view context, ByteView message)
{
    static const Transcript start("SigningContext");
    Transcript transcript = start;
    transcript.append("", context).append("sign-bytes", message);
    return transcript;
}

std::expected<Equation, Refusal> claim(Transcript transcript, View64 signature, View32 public_key)
{
    return claim(transcript, signature, public_key, kLabels);
}

std::expected<void, Refusal> verify(Transcript transcript, View64 signature, View32 public_key)
{
    return check(claim(transcript, signature, public_key, kLabels));
}

std::expected<void, Refusal> verify(ByteView message, View64 signature, View32 public_key)
{
    return verify(signing_transcript(kContext, message), signature, public_key);
}

std::expected<void, Refusal> verify_deprecated(ByteView message, View64 signature, View32 public_key)
{
    if (response(signature))
        return verify(message, signature, public_key);

    Bytes64 marked;
    std::ranges::copy(signature, marked.begin());
    marked[63] |= kMarker;
    Transcript transcript(kContext);
    transcript.append("sign-bytes", message);
    return check(claim(transcript, marked, public_key, kDeprecated));
}

} // namespace signature::sr25519
