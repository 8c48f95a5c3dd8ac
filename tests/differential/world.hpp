#pragma once

#include "random.hpp"
#include "run.hpp"

namespace differential {

/// The first difference between two machines, in words.
using Agreed = std::expected<void, std::string>;

/// One chain, from its genesis, on several machines in step: each block built as an author does, then executed on its
/// parent's state as an importer does. Outcomes, logs, headers and whole states must be equal at each step.
class World
{
public:
    /// machines  borrowed; the first speaks for all in what the generator looks at
    /// applied   hears of each extrinsic that a block took in, before the next call
    World(std::vector<Machine*> machines, uint64_t seed, std::function<void(ByteView)> applied = {})
        : machines_(std::move(machines)), random_(seed), applied_(std::move(applied))
    {
    }

    /// Builds the genesis by the runtime itself.
    Agreed begin();
    /// One random block, and random calls of the other APIs on its state.
    Agreed step();
    /// True once the state is so damaged that no block can be built: a new world is due.
    bool dead() const { return failures_ >= 3; }

    const Tally& tally() const { return tally_; }

private:
    /// Calls on all machines; the outcome that all had.
    std::expected<Outcome, std::string> call(std::string_view function, const Bytes& input);
    /// The same, taken back at once if it did not return `kept`.
    std::expected<Outcome, std::string> attempt(std::string_view function, const Bytes& input,
                                                const std::function<bool(const Bytes&)>& kept);
    Agreed same_state(std::string_view when);
    Agreed build();
    Agreed apply(const Bytes& extrinsic);
    Agreed execute();
    Agreed query();
    Agreed query_once();

    runtime::Header open_header();
    Bytes inherent_data();
    Bytes extrinsic();
    Bytes signed_extrinsic();
    Bytes spoilt(Bytes bytes);

    std::vector<Machine*> machines_;
    Random random_;
    std::function<void(ByteView)> applied_;
    Tally tally_;
    std::vector<runtime::Header> headers_;
    uint64_t slot_ = 1'000'000;
    uint32_t authorities_ = 1; ///< at genesis
    size_t failures_ = 0;      ///< blocks abandoned in a row
    std::vector<Bytes> bodies_;
    std::optional<runtime::Header> built_;
};

} // namespace differential
