#include "offchain/world.hpp"

#include "env/clock.hpp"

#include <algorithm>

namespace offchain {
namespace {

/// How soon a sleeper sees that the node stops.
constexpr uint64_t kLookMs = 50;

} // namespace

bool World::submit(ByteView extrinsic)
{
    if (submitted_ == kSubmissionsMax || !services_.submit)
        return false;
    ++submitted_;
    return services_.submit(extrinsic);
}

uint64_t World::timestamp_ms() { return env::unix_ms(); }

void World::sleep_until(uint64_t deadline_ms)
{
    const auto end = std::min(deadline_ms, until_ms_);
    for (auto now = env::unix_ms(); now < end && !stopping_; now = env::unix_ms())
        env::sleep_ms(std::min(end - now, kLookMs));
}

std::array<uint8_t, 32> World::random_seed()
{
    std::array<uint8_t, 32> seed{};
    const std::lock_guard lock(entropy_lock_);
    services_.entropy->fill(seed, "offchain");
    return seed;
}

std::pair<Bytes, std::vector<Bytes>> World::network_state()
{
    return services_.network_state ? services_.network_state() : std::pair<Bytes, std::vector<Bytes>>();
}

} // namespace offchain
