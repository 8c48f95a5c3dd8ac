#include "weights_events.hpp"

namespace weights {
namespace {

using namespace runtime;
using testing::Runtime;

template <class E>
bool tells_of_failure(const E& event)
{
    if constexpr (std::same_as<E, utility::BatchInterrupted> || std::same_as<E, utility::ItemFailed>)
        return true;
    bool failed = false;
    if constexpr (scale::Reflected<E>)
        scale::for_each_field(event, [&](const auto& field) {
            if constexpr (std::same_as<std::remove_cvref_t<decltype(field)>, Result<>>)
                failed |= !field;
        });
    return failed;
}

/// Reads one event of P after the pallet's number.
template <class P>
bool read_event(scale::Reader& reader, Events& events)
{
    typename P::Event event{};
    if (!scale::decode_into(reader, event))
        return false;
    event.visit([&](const auto& one) { events.failure |= tells_of_failure(one); });
    return true;
}

bool read_record(scale::Reader& reader, Events& events)
{
    system::Phase phase{};
    base::ByteView place;
    // A look ahead: the event's own number is part of its variant.
    auto ahead = reader;
    if (!scale::decode_into(ahead, phase) || !ahead.take(2, place))
        return false;
    events.places.push_back({place[0], place[1]});
    uint8_t pallet = 0;
    bool read = false;
    if (!scale::decode_into(reader, phase) || !scale::decode_into(reader, pallet))
        return false;
    Runtime::Pallets::for_each([&]<class Entry>() {
        if constexpr (HasEvents<typename Entry::Pallet>)
            if (pallet == Entry::index)
                read = read_event<typename Entry::Pallet>(reader, events);
    });
    std::vector<H256> topics;
    return read && scale::decode_into(reader, topics);
}

} // namespace

std::optional<Events> events_in(const Pairs& state)
{
    Events events;
    const auto found = state.find(base::Bytes(system::kEventsKey.begin(), system::kEventsKey.end()));
    if (found == state.end())
        return events;
    scale::Reader reader{base::ByteView{found->second}};
    scale::Compact<uint32_t> count;
    if (!scale::decode_into(reader, count))
        return std::nullopt;
    for (uint32_t i = 0; i != count.value; ++i)
        if (!read_record(reader, events))
            return std::nullopt;
    return events;
}

} // namespace weights
