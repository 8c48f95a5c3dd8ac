#include "prover/testing/scripted_transcript.hpp"

#include "transcript/transcript.hpp"

namespace transcript {
namespace {

uint64_t script_seed = 0;

/// State `number` of the script: only its own history, so that a clone goes on with the same answers.
void advance(crypto::Blake3& hash)
{
    base::Writer step;
    step.put(uint8_t{1});
    hash.update(step.bytes());
}

} // namespace

namespace testing {
void script(uint64_t seed) { script_seed = seed; }
} // namespace testing

Transcript::Transcript() : hash_(crypto::Blake3::derive_key("zkp test script"))
{
    base::Writer seed;
    seed.put(script_seed);
    hash_.update(seed.bytes());
}

Transcript Transcript::clone() const { return Transcript(hash_); }

void Transcript::absorb(std::string_view, Type type, ByteView)
{
    if (type == Type::challenge)
        advance(hash_);
}

void Transcript::observe_integers(std::string_view label, std::span<const uint64_t>)
{
    absorb(label, Type::integers, {});
}

std::vector<uint32_t> Transcript::sample_positions(std::string_view label, size_t n, size_t count)
{
    absorb(label, Type::challenge, {});
    crypto::WordReader words(hash_);
    std::vector<uint32_t> positions(count);
    for (auto& position : positions)
        position = words.next() & uint32_t(n - 1);
    return positions;
}

Digest Transcript::grind_seed(std::string_view) { return {}; }
void Transcript::absorb_nonce(std::string_view, uint64_t) {}
uint64_t Transcript::grind(std::string_view, uint32_t) { return 0; }
bool Transcript::check(std::string_view, uint32_t, uint64_t) { return true; }

} // namespace transcript
