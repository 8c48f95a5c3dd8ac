#pragma once

#include "crypto/random.hpp"
#include "ledger/ledger.hpp"
#include "signature/sr25519.hpp"

#include <random>

/// A chain of one authority, whose blocks a test makes, changes and imports.
namespace ledger::testing {

class RepeatableEntropy final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override
    {
        for (auto& byte : out)
            byte = uint8_t(random_());
    }

private:
    std::mt19937_64 random_{1};
};

/// The engine of production, one for all tests of a program.
std::shared_ptr<const executor::Engine> engine();

/// The state that the product's runtime makes of its preset `development`; its only authority is Alice.
const GenesisState& product_genesis();

/// Of a chain whose only authority is Alice, for runtimes that a test writes.
primitives::babe::Configuration configuration();

/// The key of a pallet's value, as Substrate makes it.
Bytes storage_name(std::string_view pallet, std::string_view item);

class Chain
{
public:
    /// tables  nothing: in memory
    explicit Chain(const GenesisState& genesis = product_genesis(),
                   std::unique_ptr<database::KeyValue> tables = nullptr, const Options& options = {});

    /// A transaction of Alice's.
    Bytes signed_by_alice(const Bytes& call, uint32_t nonce);

    /// A sealed block on the best one, in the slot that follows its slot, made by the runtime; it is not kept.
    Block made(const std::vector<Bytes>& transactions = {});

    /// Changes a sealed block's header and body, and seals it again with the extrinsics root that follows.
    Block changed(Block block, const std::function<void(Block&)>& change);

    /// The pre-runtime item with which Alice claims a slot.
    primitives::DigestItem claim(Slot slot);
    void seal(Header& header);

    Result<Imported> import(const Block& block) { return ledger->import(block, slot_of(block.header)); }
    static Slot slot_of(const Header& header) { return chain::claim_of(header)->slot(); }
    Slot next_slot() const;

    std::unique_ptr<Ledger> ledger;

private:
    RepeatableEntropy entropy_;
    signature::sr25519::Keypair alice_;
};

} // namespace ledger::testing
