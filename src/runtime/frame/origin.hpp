#pragma once

#include "runtime/frame/error.hpp"

#include <span>
#include <vector>

namespace runtime {

/// Who calls.
namespace origin {
struct Root
{
    friend bool operator==(const Root&, const Root&) = default;
};
struct Signed
{
    AccountId value;
    friend bool operator==(const Signed&, const Signed&) = default;
};
/// Nobody: inherents and unsigned transactions.
struct None
{
    friend bool operator==(const None&, const None&) = default;
};
} // namespace origin

struct RawOrigin : scale::Variant<origin::Root, origin::Signed, origin::None>
{
    static constexpr std::string_view kPath = "frame_support::dispatch::RawOrigin";
    using Variant::Variant;
};

/// The origin of a call, as it is stored and sent: one case for each pallet that makes origins. Pallets ask it by the
/// functions below only.
namespace origin {
struct System
{
    static constexpr std::string_view kName = "system";
    RawOrigin value;
    friend bool operator==(const System&, const System&) = default;
};
} // namespace origin

/// What an origin may not do, said by the pallet that made the origin. Every call is held against all filters of its
/// origin, at any depth of nesting.
struct CallFilter
{
    bool (*allows)(const void* call, uint8_t kind); ///< `call` is the Call<R> of the runtime that runs
    uint8_t kind;                                   ///< for `allows` to tell its filters apart
};

struct Origin : scale::Variant<origin::System>
{
    static constexpr std::string_view kPath = "zkp_runtime::OriginCaller";
    using Variant::Variant;
    Origin() = default;
    Origin(RawOrigin raw) : Variant(origin::System{raw}) {}
    static Origin root() { return RawOrigin{origin::Root{}}; }
    static Origin none() { return RawOrigin{origin::None{}}; }
    static Origin signed_by(const AccountId& who) { return RawOrigin{origin::Signed{who}}; }

    const RawOrigin* raw() const
    {
        const auto* system = get<origin::System>();
        return system == nullptr ? nullptr : &system->value;
    }

    /// The filters are of this execution: they are neither stored nor sent.
    std::span<const CallFilter> filters() const { return filters_; }
    Origin narrowed_by(CallFilter filter) const
    {
        auto narrowed = *this;
        narrowed.filters_.push_back(filter);
        return narrowed;
    }
    /// `who`, under the filters of this origin: acting in another's name frees nobody of what binds him.
    Origin acting_as(const AccountId& who) const
    {
        auto other = signed_by(who);
        other.filters_ = filters_;
        return other;
    }

private:
    std::vector<CallFilter> filters_;
};

/// The account that signed; bad_origin for anybody else.
inline Result<AccountId> ensure_signed(const Origin& origin)
{
    if (const auto* raw = origin.raw())
        if (const auto* by = raw->get<origin::Signed>())
            return by->value;
    return fail(dispatch_error::BadOrigin{});
}

inline Result<> ensure_root(const Origin& origin)
{
    if (const auto* raw = origin.raw(); raw != nullptr && raw->is<origin::Root>())
        return {};
    return fail(dispatch_error::BadOrigin{});
}

inline Result<> ensure_none(const Origin& origin)
{
    if (const auto* raw = origin.raw(); raw != nullptr && raw->is<origin::None>())
        return {};
    return fail(dispatch_error::BadOrigin{});
}

} // namespace runtime
