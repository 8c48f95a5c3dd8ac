#include "chain/epochs.hpp"

#include "base/invariant.hpp"

#include <limits>

namespace chain {
namespace {

namespace babe = primitives::babe;

struct Announcements
{
    std::optional<babe::NextEpochData> epoch;
    std::optional<babe::NextConfigData> config;
};

std::expected<Announcements, EpochRefusal> read_announcements(const primitives::Header& header)
{
    Announcements found;
    for (const auto& log : header.digest.logs)
    {
        const auto* item = log.get<primitives::digest::Consensus>();
        if (item == nullptr || item->engine != primitives::kBabeEngine)
            continue;
        auto decoded = scale::decode<babe::ConsensusLog>(base::ByteView(item->data));
        if (!decoded)
            return std::unexpected(EpochRefusal::malformed);
        if (auto* epoch = decoded->get<babe::NextEpochData>())
        {
            if (found.epoch)
                return std::unexpected(EpochRefusal::malformed);
            found.epoch = std::move(*epoch);
        }
        if (auto* config = decoded->get<babe::NextConfigData>())
        {
            if (found.config)
                return std::unexpected(EpochRefusal::malformed);
            found.config = *config;
        }
    }
    if (found.config && !found.epoch)
        return std::unexpected(EpochRefusal::config_alone);
    return found;
}

bool usable(const std::vector<babe::Authority>& authorities)
{
    unsigned __int128 total = 0;
    for (const auto& authority : authorities)
    {
        if (authority.weight == 0)
            return false;
        total += authority.weight;
    }
    return !authorities.empty() && total <= std::numeric_limits<uint64_t>::max();
}

} // namespace

Epochs Epochs::genesis(const babe::Configuration& configuration)
{
    Epochs epochs;
    epochs.next_ = std::make_shared<const Epoch>(Epoch{.epoch_index = 0,
                                                       .start_slot = 0,
                                                       .duration = configuration.epoch_length,
                                                       .authorities = configuration.authorities,
                                                       .randomness = configuration.randomness,
                                                       .config = {configuration.c, configuration.allowed_slots}});
    return epochs;
}

Epochs Epochs::of(Epoch current, Epoch next)
{
    Epochs epochs;
    epochs.current_ = std::make_shared<const Epoch>(std::move(current));
    epochs.next_ = std::make_shared<const Epoch>(std::move(next));
    return epochs;
}

std::expected<std::shared_ptr<const Epoch>, EpochRefusal> Epochs::epoch_of_child(Slot slot) const
{
    // A slot count this far from overflow leaves room for every sum below.
    constexpr uint64_t kFar = std::numeric_limits<uint64_t>::max() / 4;
    if (slot > kFar || next_->duration == 0 || next_->duration > kFar || next_->epoch_index > kFar)
        return std::unexpected(EpochRefusal::epoch_too_far);
    if (current_ && slot < current_->start_slot + current_->duration)
        return current_;
    Epoch epoch = *next_;
    if (!current_)
        epoch.start_slot = slot;
    const auto skipped = slot < epoch.start_slot ? 0 : (slot - epoch.start_slot) / epoch.duration;
    epoch.epoch_index += skipped;
    epoch.start_slot += skipped * epoch.duration;
    return std::make_shared<const Epoch>(std::move(epoch));
}

std::expected<Epochs, EpochRefusal> Epochs::after(const primitives::Header& child, Slot slot) const
{
    auto epoch = epoch_of_child(slot);
    if (!epoch)
        return std::unexpected(epoch.error());
    auto announced = read_announcements(child);
    if (!announced)
        return std::unexpected(announced.error());
    if (*epoch == current_)
    {
        if (announced->epoch)
            return std::unexpected(EpochRefusal::unexpected);
        return *this;
    }
    if (!announced->epoch)
        return std::unexpected(EpochRefusal::missing);
    if (!usable(announced->epoch->authorities))
        return std::unexpected(EpochRefusal::no_authorities);
    auto config = (*epoch)->config;
    if (announced->config)
        if (const auto* version_1 = announced->config->descriptor.get<babe::ConfigurationV1>())
            config = version_1->configuration;
    Epochs result;
    result.next_ = std::make_shared<const Epoch>(Epoch{.epoch_index = (*epoch)->epoch_index + 1,
                                                       .start_slot = (*epoch)->start_slot + (*epoch)->duration,
                                                       .duration = (*epoch)->duration,
                                                       .authorities = std::move(announced->epoch->authorities),
                                                       .randomness = announced->epoch->randomness,
                                                       .config = config});
    result.current_ = std::move(*epoch);
    return result;
}

} // namespace chain
