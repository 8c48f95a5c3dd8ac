#pragma once

#include "runtime/pallets/system.hpp"

/// What keeps an account: its own balance and nonce, assets that are reason enough (sufficients), and others that need
/// it to stay (consumers). With the last of them the account goes.
///
/// Source  frame_system's reference counters, with the rules of an existential deposit of 0
namespace runtime::system {

inline constexpr uint32_t kConsumersMax = 128;

/// True if `count` more may need `who` to stay: it exists by its own means, not by a sufficient asset alone.
inline bool can_accrue_consumers(const AccountId& who, uint32_t count)
{
    const auto info = Account::get(who);
    const bool own_means = info.providers != 0 || info.data.free != 0 || info.data.reserved != 0;
    return own_means && info.consumers + count <= kConsumersMax;
}

/// Makes the account if it is not there yet.
template <class R>
void inc_sufficients(const AccountId& who)
{
    const bool existed = Account::mutate(who, [](AccountInfo& info) {
        const bool before = info.providers + info.sufficients != 0;
        ++info.sufficients;
        return before;
    });
    if (!existed)
        deposit_event<R>(NewAccount{who});
}

/// Takes away one reference; the account goes if nothing else is left of it.
template <class R>
void release_reference(const AccountId& who, uint32_t AccountInfo::* references)
{
    auto info = Account::get(who);
    info.*references -= info.*references != 0;
    const bool by_own_means = info.nonce != 0 || info.data.free != 0 || info.data.reserved != 0;
    if (by_own_means || info.consumers != 0 || info.sufficients != 0)
    {
        if (by_own_means && info.sufficients == 0)
            info.providers = std::max(info.providers, 1u);
        return Account::insert(who, info);
    }
    Account::remove(who);
    deposit_event<R>(KilledAccount{who});
}

template <class R>
void dec_sufficients(const AccountId& who)
{
    release_reference<R>(who, &AccountInfo::sufficients);
}
template <class R>
void release_consumer(const AccountId& who)
{
    release_reference<R>(who, &AccountInfo::consumers);
}

} // namespace runtime::system
