#include "signature/merlin.hpp"

#include "base/invariant.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace signature {
namespace {

constexpr size_t kRate = 166; // 200 − 2·(128/8) − 2: two bytes of a full block hold the padding

// Flags of STROBE operations: 1 inbound, 2 application, 4 cipher, 16 meta, 32 keytree.
constexpr uint8_t kAd = 0x02, kMetaAd = 0x12, kPrf = 0x07, kKey = 0x06;
constexpr uint8_t kForcesPermutation = 0x04 | 0x20;

static_assert(std::endian::native == std::endian::little, "the state is read as bytes");

uint8_t* bytes_of(hash::KeccakState& state) { return reinterpret_cast<uint8_t*>(state.data()); }

} // namespace

Transcript::Transcript(std::string_view label)
{
    static const Transcript start = [] {
        Transcript t;
        const uint8_t header[6] = {1, kRate + 2, 1, 0, 1, 96};
        const auto name = base::view("STROBEv1.0.2");
        std::ranges::copy(header, bytes_of(t.state_));
        std::ranges::copy(name, bytes_of(t.state_) + sizeof(header));
        hash::keccak_f1600(t.state_);
        t.begin(kMetaAd);
        t.absorb(base::view("Merlin v1.0"));
        return t;
    }();
    *this = start;
    append("dom-sep", label);
}

Transcript::~Transcript() { crypto::wipe({bytes_of(state_), sizeof(state_)}); }

void Transcript::permute()
{
    uint8_t* state = bytes_of(state_);
    state[at_] ^= begin_;
    state[at_ + 1] ^= 0x04;
    state[kRate + 1] ^= 0x80;
    hash::keccak_f1600(state_);
    at_ = begin_ = 0;
}

void Transcript::absorb(ByteView data)
{
    while (!data.empty())
    {
        const size_t size = std::min(data.size(), kRate - at_);
        uint8_t* state = bytes_of(state_) + at_;
        for (size_t i = 0; i != size; ++i)
            state[i] ^= data[i];
        data = data.subspan(size);
        at_ = uint8_t(at_ + size);
        if (at_ == kRate)
            permute();
    }
}

void Transcript::overwrite(ByteView data)
{
    for (const uint8_t byte : data)
    {
        bytes_of(state_)[at_++] = byte;
        if (at_ == kRate)
            permute();
    }
}

void Transcript::squeeze(std::span<uint8_t> out)
{
    for (uint8_t& byte : out)
    {
        byte = std::exchange(bytes_of(state_)[at_++], uint8_t{0});
        if (at_ == kRate)
            permute();
    }
}

void Transcript::begin(uint8_t flags)
{
    const uint8_t header[2] = {begin_, flags};
    begin_ = uint8_t(at_ + 1);
    absorb(header);
    if ((flags & kForcesPermutation) != 0 && at_ != 0)
        permute();
}

void Transcript::announce(std::string_view label, size_t size)
{
    base::invariant(size <= std::numeric_limits<uint32_t>::max());
    const uint8_t length[4] = {uint8_t(size), uint8_t(size >> 8), uint8_t(size >> 16), uint8_t(size >> 24)};
    begin(kMetaAd);
    absorb(base::view(label));
    absorb(length); // one operation: STROBE's "more"
}

Transcript& Transcript::append(std::string_view label, ByteView message)
{
    announce(label, message.size());
    begin(kAd);
    absorb(message);
    return *this;
}

Transcript& Transcript::append_u64(std::string_view label, uint64_t value)
{
    base::Writer writer;
    writer.put(value);
    return append(label, writer.bytes());
}

void Transcript::challenge(std::string_view label, std::span<uint8_t> out)
{
    announce(label, out.size());
    begin(kPrf);
    squeeze(out);
}

void Transcript::witness(std::string_view label, ByteView secret, std::span<const uint8_t, 32> random,
                         std::span<uint8_t> out) const
{
    Transcript fork = *this;
    fork.announce(label, secret.size());
    fork.begin(kKey);
    fork.overwrite(secret);
    fork.begin(kMetaAd);
    fork.absorb(base::view("rng"));
    fork.begin(kKey);
    fork.overwrite(random);
    fork.announce("", out.size());
    fork.begin(kPrf);
    fork.squeeze(out);
}

} // namespace signature
