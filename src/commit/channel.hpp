#pragma once

#include "base/bytes.hpp"
#include "commit/oracle.hpp"
#include "transcript/transcript.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace commit {

/// The prover's side of the conversation. The opening speaks to it alone, so that tests can script the challenges,
/// collect all that is revealed, or lie.
class Channel
{
public:
    virtual ~Channel() = default;

    virtual void send(std::string_view label, std::span<const F> message) = 0;
    virtual void send_root(std::string_view label, const Digest& root) = 0;
    virtual F challenge(std::string_view label) = 0;
    virtual void grind(std::string_view label, uint32_t bits) = 0;

    /// Distinct positions in [0, n), sorted, from `count` draws.
    virtual std::vector<uint32_t> positions(std::string_view label, size_t n, size_t count) = 0;

    /// Opens rows of an oracle; with a label they are absorbed, too.
    virtual void open(const Oracle& oracle, std::span<const uint32_t> positions, std::string_view label) = 0;
};

/// Challenges from a transcript, messages into a proof.
class FiatShamir : public Channel
{
public:
    FiatShamir(transcript::Transcript& transcript, base::Writer& out) : transcript_(transcript), out_(out) {}

    void send(std::string_view label, std::span<const F> message) override;
    void send_root(std::string_view label, const Digest& root) override;
    F challenge(std::string_view label) override;
    void grind(std::string_view label, uint32_t bits) override;
    std::vector<uint32_t> positions(std::string_view label, size_t n, size_t count) override;
    void open(const Oracle& oracle, std::span<const uint32_t> positions, std::string_view label) override;

private:
    transcript::Transcript& transcript_;
    base::Writer& out_;
};

/// Absorbs opened rows as elements of K or F; the verifier does the same.
void observe_rows(transcript::Transcript& transcript, std::string_view label, Cell cell, std::span<const K> rows);

/// The elements of F that 4·n elements of K make.
std::vector<F> elements_of(std::span<const K> cells);

} // namespace commit
