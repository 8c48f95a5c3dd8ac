#include "random.hpp"

namespace differential {

namespace {

/// Calls in calls in calls: deeper ones are rare on any chain.
constexpr int kDepthMax = 3;

} // namespace

std::span<const Person> people()
{
    static const std::array<Person, 9> all{Person{"//Alice"}, Person{"//Bob"},    Person{"//Charlie"},
                                           Person{"//Dave"},  Person{"//Eve"},    Person{"//Ferdie"},
                                           Person{"//Poor"},  Person{"//Poorer"}, Person{"//Poorest"}};
    return all;
}

Bytes Random::bytes(size_t size)
{
    Bytes all(size);
    for (auto& byte : all)
        byte = uint8_t(word());
    return all;
}

uint64_t Random::number()
{
    switch (below(8))
    {
    case 0:
        return now + below(8);
    case 1:
        return uint64_t{1} << below(64);
    case 2:
        return (uint64_t{1} << below(64)) - 1;
    case 3:
        return word();
    default:
        return below(6);
    }
}

runtime::u128 Random::special(runtime::u128*)
{
    constexpr auto kToken = runtime::FixedU128::kOne;
    switch (below(10))
    {
    case 0:
        return below(3);
    case 1:
        return ~runtime::u128{0} - below(2);
    case 2:
        return runtime::u128{word()} << below(64);
    case 3:
        return kToken * 1'000'000;
    default:
        return kToken * below(1000) / (1 + below(1000));
    }
}

AccountId Random::special(AccountId*)
{
    if (one_in(20))
        return {};
    if (one_in(10))
        return runtime::utility::derivative(person().id(), uint16_t(below(3)));
    if (one_in(10))
        return parts(static_cast<AccountId*>(nullptr));
    return person().id();
}

runtime::MultiAddress Random::special(runtime::MultiAddress*)
{
    if (one_in(12))
        return any_case(static_cast<runtime::MultiAddress*>(nullptr));
    return any<AccountId>();
}

runtime::H256 Random::special(runtime::H256*)
{
    if (one_in(4))
        return {any<std::array<uint8_t, 32>>()};
    return {hash::blake2_256(ByteView{one_in(2) ? code() : Bytes{uint8_t(below(4))}})};
}

Bytes Random::special(Bytes*)
{
    switch (below(12))
    {
    case 0:
        return bytes(below(2000));
    case 1:
    case 2:
        return state_key();
    case 3:
        return depth_ < kDepthMax ? scale::encode(any<Call>()) : Bytes{};
    case 4:
    case 5:
        return {uint8_t(below(4))};
    default:
        return bytes(below(40));
    }
}

Bytes Random::state_key()
{
    // A scratch key mostly: most others are needed to go on.
    if (keys.empty() || !one_in(4))
    {
        auto key = Bytes{'s', 'c', 'r', 'a', 't', 'c', 'h'};
        key.resize(key.size() + below(2), uint8_t(below(4)));
        return key;
    }
    return keys[below(uint32_t(keys.size()))];
}

runtime::system::KillPrefix Random::special(runtime::system::KillPrefix*)
{
    auto prefix = state_key();
    if (prefix.size() >= 32 && !one_in(16))
        prefix.resize(32 + below(uint32_t(prefix.size()) - 31));
    return {prefix, below(6)};
}

Bytes Random::code()
{
    const auto magic = base::view(one_in(4) ? std::string_view{"none"} : kCodeMagic);
    Bytes all(magic.begin(), magic.end());
    auto version = Runtime::version();
    if (one_in(4))
        version.spec_name = "other";
    version.spec_version += below(3);
    const auto encoded = scale::encode(version);
    all.insert(all.end(), encoded.begin(), encoded.end());
    if (one_in(6))
        all.resize(below(uint32_t(all.size())));
    return all;
}

runtime::Origin Random::special(runtime::Origin*)
{
    if (one_in(3))
        return runtime::Origin::root();
    return one_in(4) ? runtime::Origin::none() : runtime::Origin::signed_by(any<AccountId>());
}

/// Mostly with a good proof, for an account that may be the signer.
runtime::session::SetKeys Random::special(runtime::session::SetKeys*)
{
    auto call = runtime::testing::set_keys(person().id(), seat_keys());
    if (one_in(6))
        call.proof = any<Bytes>();
    return call;
}

runtime::session::SetSeatKeys Random::special(runtime::session::SetSeatKeys*)
{
    std::vector<runtime::testing::SeatKeys> seats;
    for (auto n = below(4); n != 0; --n)
        seats.push_back(seat_keys());
    return runtime::testing::set_seat_keys(person().id(), seats);
}

runtime::testing::SeatKeys Random::seat_keys()
{
    return runtime::testing::SeatKeys{"//Seat//" + std::to_string(below(12))};
}

Call Random::special(Call*)
{
    if (depth_ == kDepthMax)
        return runtime::balances::TransferAllowDeath{any<AccountId>(), {any<runtime::u128>()}};
    ++depth_;
    Call call;
    const auto chosen = below(Call::Held::kCount);
    [&]<size_t... i>(std::index_sequence<i...>) {
        (
            [&] {
                if (i != chosen)
                    return;
                using Pallet = typename Call::Held::template At<i>;
                using Of = decltype(Pallet::value);
                call.held.value.template emplace<i>(Pallet{any_case(static_cast<Of*>(nullptr))});
            }(),
            ...);
    }(std::make_index_sequence<Call::Held::kCount>{});
    --depth_;
    return call;
}

} // namespace differential
