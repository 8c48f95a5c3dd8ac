#include "libp2p/noise.hpp"

#include "libp2p/protobuf.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr std::string_view kSigned = "noise-libp2p-static-key:";
constexpr uint32_t kFieldKey = 1, kFieldSignature = 2;
constexpr size_t kLengthBytes = 2;

void put_length(Bytes& out, size_t length)
{
    out.push_back(uint8_t(length >> 8));
    out.push_back(uint8_t(length));
}

Bytes signed_text(const Key32& noise_key)
{
    Bytes text;
    append(text, base::view(kSigned));
    append(text, noise_key);
    return text;
}

DhKeys fresh_keys(crypto::Entropy& entropy, std::string_view label)
{
    Key32 secret = crypto::fresh_seed(entropy, label);
    const auto keys = DhKeys::of_secret(secret);
    crypto::wipe(secret);
    return keys;
}

Bytes identity_payload(const Identity& identity, const Key32& noise_key)
{
    ProtoWriter writer;
    writer.bytes(kFieldKey, identity.peer_id().public_key());
    writer.bytes(kFieldSignature, identity.sign(signed_text(noise_key)));
    return writer.take();
}

} // namespace

std::optional<ByteView> NoiseFrames::next(ByteView& input)
{
    const auto body_of = [](ByteView frame) { return size_t{frame[0]} << 8 | frame[1]; };
    // A frame that was delivered whole last time is dropped now, for its bytes were on loan.
    if (partial_.size() >= kLengthBytes && partial_.size() == kLengthBytes + body_of(partial_))
        partial_.clear();
    if (partial_.empty() && input.size() >= kLengthBytes && input.size() - kLengthBytes >= body_of(input))
    {
        const auto body = input.subspan(kLengthBytes, body_of(input));
        input = input.subspan(kLengthBytes + body.size());
        return body;
    }
    const auto fill = [&](size_t size) {
        const size_t missing = std::min(size - std::min(size, partial_.size()), input.size());
        append(partial_, input.first(missing));
        input = input.subspan(missing);
        return partial_.size() >= size;
    };
    if (!fill(kLengthBytes) || !fill(kLengthBytes + body_of(partial_)))
        return std::nullopt;
    return ByteView(partial_).subspan(kLengthBytes);
}

NoiseStatic::NoiseStatic(const Identity& identity, crypto::Entropy& entropy)
    : keys_(fresh_keys(entropy, "noise static")), payload_(identity_payload(identity, keys_.open))
{
}

NoiseHandshake::NoiseHandshake(Role role, const NoiseStatic& fixed, crypto::Entropy& entropy,
                               std::optional<PeerId> expected, Bytes& out)
    : signed_payload_(fixed.payload()), expected_(expected),
      pattern_(role, fixed.keys(), fresh_keys(entropy, "noise ephemeral"))
{
    if (role == Role::dialer)
        send({}, out);
}

bool NoiseHandshake::send(ByteView payload, Bytes& out)
{
    const auto message = pattern_.write(payload);
    if (!message)
        return false;
    put_length(out, message->size());
    append(out, *message);
    return true;
}

std::expected<bool, NoiseRefusal> NoiseHandshake::receive(ByteView& input, Bytes& out)
{
    while (!pattern_.done())
    {
        const auto message = frames_.next(input);
        if (!message)
            return false;
        const auto payload = pattern_.read(*message);
        if (!payload)
            return std::unexpected(NoiseRefusal::handshake);
        if (pattern_.step() != 1) // the first message comes before any static key: its payload is nobody's
            if (const auto checked = check_payload(*payload); !checked)
                return std::unexpected(checked.error());
        if (pattern_.our_turn() && !send(signed_payload_, out))
            return std::unexpected(NoiseRefusal::handshake);
    }
    return true;
}

std::expected<void, NoiseRefusal> NoiseHandshake::check_payload(ByteView payload)
{
    ProtoReader reader(payload);
    std::optional<PeerId> peer;
    ByteView signature;
    while (const auto field = reader.next())
    {
        if (field->number == kFieldKey && field->is_bytes)
            peer = peer_of_public_key(field->bytes);
        else if (field->number == kFieldSignature && field->is_bytes)
            signature = field->bytes;
    }
    if (reader.failed() || !peer)
        return std::unexpected(NoiseRefusal::payload);
    if (!verify(*peer, signed_text(pattern_.remote_static()), signature))
        return std::unexpected(NoiseRefusal::signature);
    if (expected_ && *expected_ != *peer)
        return std::unexpected(NoiseRefusal::other);
    peer_ = *peer;
    return {};
}

std::expected<void, NoiseRefusal> NoiseChannel::receive(ByteView input, Bytes& plain)
{
    while (const auto body = frames_.next(input))
        if (!ciphers_.receive.decrypt({}, *body, plain))
            return std::unexpected(NoiseRefusal::frame);
    return {};
}

void NoiseChannel::send(ByteView plain, Bytes& out)
{
    while (!plain.empty())
    {
        const auto piece = plain.first(std::min(plain.size(), kNoisePlainMax));
        put_length(out, piece.size() + CipherState::kTagBytes);
        ciphers_.send.encrypt({}, piece, out);
        plain = plain.subspan(piece.size());
    }
}

} // namespace libp2p
