#pragma once

#include "runtime/frame/compose.hpp"

/// Why balance is held or frozen. A pallet that holds names its reasons in an enumeration, `using HoldReason = …`; one
/// that freezes in `using FreezeReason = …`. The runtime's reason is one of any pallet's, told by the pallet's index.
namespace runtime {

template <class P>
concept HasHoldReasons = requires { typename P::HoldReason; };
template <class P>
concept HasFreezeReasons = requires { typename P::FreezeReason; };

namespace detail {

/// Reasons of one kind: which pallets have them, and under what path metadata shows all of them.
struct ForHolds
{
    static constexpr std::string_view kPath = "zkp_runtime::RuntimeHoldReason";
    template <class P>
    static consteval bool has()
    {
        return HasHoldReasons<P>;
    }
    template <class P>
    using Of = typename P::HoldReason;
};
struct ForFreezes
{
    static constexpr std::string_view kPath = "zkp_runtime::RuntimeFreezeReason";
    template <class P>
    static consteval bool has()
    {
        return HasFreezeReasons<P>;
    }
    template <class P>
    using Of = typename P::FreezeReason;
};

} // namespace detail

/// A reason of any pallet of R. From a pallet's own: HoldReason<R>{preimage::HoldReason::preimage}.
template <class R, class Kind>
class Reason
{
public:
    using Runtime = R;
    using Which = Kind;

    Reason() = default;
    template <scale::ByteEnum E>
    Reason(E reason) : reason_(uint8_t(reason))
    {
        constexpr auto place = pallet_of<E>();
        static_assert(place.has_value(), "no pallet of the runtime has these reasons");
        pallet_ = *place;
    }

    static constexpr size_t kEncodedMin = 2;
    void encode_to(scale::Writer& writer) const
    {
        writer.put(pallet_);
        writer.put(reason_);
    }
    bool decode_from(scale::Reader& reader)
    {
        if (!scale::decode_into(reader, pallet_) || !scale::decode_into(reader, reason_))
            return false;
        return is_known() || reader.fail(scale::Fault::unknown_tag);
    }
    friend bool operator==(const Reason&, const Reason&) = default;

private:
    template <class E>
    static consteval std::optional<uint8_t> pallet_of()
    {
        std::optional<uint8_t> index;
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (Kind::template has<typename Entry::Pallet>())
                if constexpr (std::same_as<typename Kind::template Of<typename Entry::Pallet>, E>)
                    index = Entry::index;
        });
        return index;
    }

    bool is_known() const
    {
        bool known = false;
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (Kind::template has<typename Entry::Pallet>())
                if (Entry::index == pallet_)
                    for (const auto& one : scale::enumerators<typename Kind::template Of<typename Entry::Pallet>>())
                        known |= one.value == reason_;
        });
        return known;
    }

    uint8_t pallet_ = 0;
    uint8_t reason_ = 0;
};

template <class R>
using HoldReason = Reason<R, detail::ForHolds>;
template <class R>
using FreezeReason = Reason<R, detail::ForFreezes>;

} // namespace runtime
