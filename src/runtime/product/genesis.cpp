#include "runtime/product/genesis.hpp"

#include "primitives/ss58.hpp"
#include "runtime/frame/json.hpp"
#include "runtime/product/runtime.hpp"

namespace runtime::product::genesis {
namespace {

using json::Kind;
using json::Value;
template <class T = void>
using Parsed = std::expected<T, std::string>;

std::unexpected<std::string> wrong(std::string_view where, std::string_view what)
{
    std::string text{where};
    text += ": ";
    text += what;
    return std::unexpected(std::move(text));
}

Parsed<u128> amount(const Value& value, std::string_view where)
{
    if ((value.kind != Kind::number && value.kind != Kind::text) || value.text.empty())
        return wrong(where, "an integer is wanted");
    u128 total = 0;
    for (const char c : value.text)
    {
        if (c < '0' || c > '9')
            return wrong(where, "an integer is wanted");
        if (__builtin_mul_overflow(total, 10, &total) || __builtin_add_overflow(total, c - '0', &total))
            return wrong(where, "more than 128 bits");
    }
    return total;
}

Parsed<uint64_t> positive(const Value& value, std::string_view where)
{
    const auto wide = amount(value, where);
    if (!wide)
        return std::unexpected(wide.error());
    if (*wide == 0 || *wide >> 64 != 0)
        return wrong(where, "must be above 0 and fit 64 bits");
    return uint64_t(*wide);
}

/// An account or a public key of 32 bytes.
Parsed<AccountId> account(const Value& value, std::string_view where)
{
    if (value.kind != Kind::text)
        return wrong(where, "an SS58 address is wanted");
    const auto found = primitives::ss58::decode_account(value.text);
    if (!found)
        return wrong(where, primitives::ss58::words(found.error()));
    return *found;
}

/// step(name, value) on each member, until one refuses.
Parsed<> each_member(const Value& object, std::string_view where, auto step)
{
    if (object.kind != Kind::object)
        return wrong(where, "an object is wanted");
    for (size_t i = 0; i != object.names.size(); ++i)
        if (const auto done = step(std::string_view{object.names[i]}, object.items[i]); !done)
            return done;
    return {};
}

Parsed<> each_item(const Value& list, std::string_view where, size_t parts, auto step)
{
    if (list.kind != Kind::list)
        return wrong(where, "a list is wanted");
    for (const auto& item : list.items)
    {
        if (item.kind != Kind::list || item.items.size() != parts)
            return wrong(where, "an item has the wrong number of parts");
        if (const auto done = step(item.items); !done)
            return done;
    }
    return {};
}

template <class Item, class T>
Parsed<> put(const Parsed<T>& value)
{
    if (!value)
        return std::unexpected(value.error());
    Item::put(*value);
    return {};
}

Parsed<> epoch_config(const Value& value)
{
    auto config = babe::EpochConfig::get();
    const auto read = each_member(value, "babe.epochConfig", [&](std::string_view name, const Value& part) -> Parsed<> {
        if (name == "c" && part.kind == Kind::list && part.items.size() == 2)
        {
            const auto top = positive(part.items[0], "babe.epochConfig.c");
            const auto bottom = positive(part.items[1], "babe.epochConfig.c");
            if (!top || !bottom || *top > *bottom)
                return wrong("babe.epochConfig.c", "two integers, a fraction of at most 1, are wanted");
            config.c = {*top, *bottom};
            return {};
        }
        if (name == "allowed_slots")
            for (const auto& [number, known] : scale::enumerators<primitives::babe::AllowedSlots>())
                if (part.text == known)
                {
                    config.allowed_slots = primitives::babe::AllowedSlots(number);
                    return {};
                }
        return wrong("babe.epochConfig", "c: [1, 4] or allowed_slots is wanted");
    });
    if (read)
        babe::EpochConfig::put(config);
    return read;
}

Parsed<> babe_section(const Value& section)
{
    return each_member(section, "babe", [](std::string_view name, const Value& value) -> Parsed<> {
        if (name == "slotDuration")
            return put<babe::SlotDuration>(positive(value, "babe.slotDuration"));
        if (name == "epochLength")
            return put<babe::EpochDuration>(positive(value, "babe.epochLength"));
        if (name == "epochConfig")
            return epoch_config(value);
        return wrong("babe", "a member is not known");
    });
}

/// One seat: {"grandpa": key, "babe": key, "authority_discovery": key}.
Parsed<session::SessionKeys> seat_keys(const Value& object)
{
    session::SessionKeys keys;
    const std::pair<std::string_view, std::array<uint8_t, 32>*> members[]{
        {"grandpa", &keys.grandpa.bytes},
        {"babe", &keys.babe.bytes},
        {"authority_discovery", &keys.authority_discovery.bytes}};
    if (object.names.size() != std::size(members))
        return wrong("session.keys", "each seat needs three keys: grandpa, babe, authority_discovery");
    for (const auto& [name, bytes] : members)
    {
        const auto* member = object.find(name);
        if (member == nullptr)
            return wrong("session.keys", "each seat needs three keys: grandpa, babe, authority_discovery");
        const auto key = account(*member, "session.keys: a key");
        if (!key)
            return std::unexpected(key.error());
        *bytes = key->bytes;
    }
    return keys;
}

Parsed<> session_section(const Value& section)
{
    const auto* list = section.find("keys");
    if (list == nullptr || section.names.size() != 1)
        return wrong("session", "keys is wanted, and nothing else");
    session::Queued entries;
    const auto read = each_item(*list, "session.keys", 3, [&](const std::vector<Value>& parts) -> Parsed<> {
        const auto who = account(parts[1], "session.keys: validator");
        if (!who)
            return std::unexpected(who.error());
        const auto keys = seat_keys(parts[2]);
        if (!keys)
            return std::unexpected(keys.error());
        entries.emplace_back(*who, *keys);
        return {};
    });
    if (!read)
        return read;
    if (entries.empty() || entries.size() > session::kSeatsMax)
        return wrong("session.keys", "a session has 1 to 1,000 seats");
    Runtime::set_genesis_seats(session::Pallet<Runtime>::set_genesis_seats(entries));
    return {};
}

Parsed<> balances_section(const Value& section)
{
    const auto* list = section.find("balances");
    if (list == nullptr || section.names.size() != 1)
        return wrong("balances", "balances is wanted, and nothing else");
    return each_item(*list, "balances.balances", 2, [](const std::vector<Value>& parts) -> Parsed<> {
        const auto who = account(parts[0], "balances.balances");
        if (!who)
            return std::unexpected(who.error());
        const auto free = amount(parts[1], "balances.balances");
        if (!free)
            return std::unexpected(free.error());
        if (!balances::Pallet<Runtime>::mint(*who, *free))
            return wrong("balances.balances", "the sum exceeds 128 bits");
        return {};
    });
}

Parsed<> build(const Value& config)
{
    system::LastRuntimeUpgrade::put({Runtime::kSpecVersion, std::string{Runtime::kSpecName}});
    return each_member(config, "genesis", [](std::string_view name, const Value& section) -> Parsed<> {
        const auto member = [&](std::string_view wanted) {
            const auto* found = section.find(wanted);
            return found == nullptr ? Value{} : *found;
        };
        if (name == "system")
            return each_member(section, name, [](std::string_view, const Value&) -> Parsed<> {
                return wrong("system", "has no members");
            });
        if (name == "babe")
            return babe_section(section);
        if (name == "session")
            return session_section(section);
        if (name == "balances")
            return balances_section(section);
        if (name == "sudo")
            return put<sudo::Key>(account(member("key"), "sudo.key"));
        if (name == "evmChainId")
            return put<evm_chain_id::ChainId>(positive(member("chainId"), "evmChainId.chainId"));
        return wrong(name, "is not a part of this genesis");
    });
}

} // namespace

std::expected<void, std::string> build_state(const Bytes& text)
{
    const auto config = json::parse({reinterpret_cast<const char*>(text.data()), text.size()});
    if (!config)
        return wrong("genesis", "is not JSON");
    return build(*config);
}

} // namespace runtime::product::genesis
