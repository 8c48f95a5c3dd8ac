#include "transcript/transcript.hpp"

#include "base/invariant.hpp"
#include "transcript/grind.hpp"

#include <bit>

namespace transcript {

using base::invariant;

namespace {

constexpr std::string_view kContext = "zkp transcript v1";
constexpr size_t kLabelBytesMax = 255;
constexpr size_t kPositionsMax = size_t{1} << 24;

bool is_ascii(std::string_view text)
{
    for (const char c : text)
        if (c < ' ' || c > '~')
            return false;
    return true;
}

} // namespace

Transcript::Transcript() : hash_(crypto::Blake3::derive_key(kContext)) {}

Transcript Transcript::clone() const { return Transcript(hash_); }

void Transcript::absorb(std::string_view label, Type type, ByteView payload)
{
    invariant(!label.empty() && label.size() <= kLabelBytesMax && is_ascii(label));
    base::Writer head;
    head.put(uint8_t(label.size()));
    head.put(base::view(label));
    head.put(uint8_t(type));
    head.put(uint64_t{payload.size()});
    hash_.update(head.bytes()).update(payload);
    if (log_ != nullptr)
        log_->push_back(std::string(label) + "/" + std::to_string(int(type)));
}

void Transcript::observe_integers(std::string_view label, std::span<const uint64_t> values)
{
    base::Writer payload;
    for (const uint64_t value : values)
        payload.put(value);
    absorb(label, Type::integers, payload.bytes());
}

std::vector<uint32_t> Transcript::sample_positions(std::string_view label, size_t n, size_t count)
{
    invariant(std::has_single_bit(n) && n <= kPositionsMax);
    absorb(label, Type::challenge, {});
    crypto::WordReader words(hash_);
    std::vector<uint32_t> positions(count);
    for (auto& position : positions)
        position = words.next() & uint32_t(n - 1);
    return positions;
}

Digest Transcript::grind_seed(std::string_view label)
{
    absorb(label, Type::challenge, {});
    return hash_.digest();
}

uint64_t Transcript::grind(std::string_view label, uint32_t bits)
{
    if (bits == 0)
        return 0;
    const uint64_t nonce = find_nonce(grind_seed(label), bits);
    absorb_nonce(label, nonce);
    return nonce;
}

bool Transcript::check(std::string_view label, uint32_t bits, uint64_t nonce)
{
    if (bits == 0)
        return nonce == 0;
    const bool valid = check_nonce(grind_seed(label), bits, nonce);
    absorb_nonce(label, nonce);
    return valid;
}

void Transcript::absorb_nonce(std::string_view label, uint64_t nonce)
{
    base::Writer payload;
    payload.put(nonce);
    absorb(label, Type::nonce, payload.bytes());
}

} // namespace transcript
