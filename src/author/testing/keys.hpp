#pragma once

#include "author/claim.hpp"

#include <map>
#include <random>

/// Validators with known keys, for tests.
namespace author::testing {

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

struct Keys
{
    std::map<Sr25519Public, signature::sr25519::Keypair> pairs;
    RepeatableEntropy entropy;
    std::vector<primitives::babe::Authority> authorities;

    explicit Keys(uint8_t count)
    {
        for (uint8_t i = 0; i != count; ++i)
        {
            signature::Seed seed;
            seed.expose()[0] = uint8_t(i + 1);
            auto pair = signature::sr25519::Keypair::from_seed(seed);
            const Sr25519Public key{pair.public_key()};
            authorities.push_back({key, 1});
            pairs.emplace(key, std::move(pair));
        }
    }

    /// Slots 1,000 to 1,999 are this epoch; secondary slots have a VRF.
    Epoch epoch(std::pair<uint64_t, uint64_t> c) const
    {
        return {.epoch_index = 3,
                .start_slot = 1000,
                .duration = 1000,
                .authorities = authorities,
                .randomness = {5},
                .config = {c, primitives::babe::AllowedSlots::PrimaryAndSecondaryVRFSlots}};
    }

    WithKey lend() const
    {
        return [this](const Sr25519Public& key, const std::function<void(const signature::sr25519::Keypair&)>& use) {
            const auto found = pairs.find(key);
            if (found == pairs.end())
                return false;
            use(found->second);
            return true;
        };
    }
};

} // namespace author::testing
