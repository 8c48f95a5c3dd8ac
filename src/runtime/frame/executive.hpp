#pragma once

#include "primitives/header.hpp"
#include "primitives/inherent.hpp"
#include "primitives/storage_key.hpp"
#include "runtime/frame/migration.hpp"
#include "runtime/frame/transaction.hpp"
#include "runtime/pallets/system_extensions.hpp"

/// Runs blocks: initialise, apply extrinsics, finalise; checks what others built. The order of hooks and of storage
/// writes is FRAME's.
///
/// Source  frame_executive, frame_system
namespace runtime {

using primitives::Header;
using ApplyResult = std::expected<Result<>, TransactionValidityError>;

/// Light and full clients alike compute this root under state version 0.
inline constexpr uint8_t kExtrinsicsRootVersion = 0;

template <class R>
struct Executive
{
    static void initialize_block(const Header& header)
    {
        reset_events();
        Weight weight = upgrade_if_needed();
        primitives::Digest digest;
        for (const auto& log : header.digest.logs)
            if (log.template is<primitives::digest::PreRuntime>())
                digest.logs.push_back(log);
        initialize(header.number, H256{header.parent_hash}, digest);
        R::Pallets::for_each([&]<class Entry>() {
            using P = typename Entry::Pallet;
            if constexpr (requires(Weight& w) { w += P::on_initialize(BlockNumber{}); })
                weight += P::on_initialize(header.number);
            else if constexpr (requires { P::on_initialize(BlockNumber{}); })
                P::on_initialize(header.number);
        });
        weight += R::kBlockWeights.base_block;
        system::BlockWeight::mutate([&](PerDispatchClass<Weight>& used) { used.mandatory += weight; });
        system::ExecutionPhase::put(system::phase::ApplyExtrinsic{0});
    }

    /// Applies an extrinsic without the length in front. One that fails has paid, and says so in its events.
    ///
    /// Caller  (the block author's node) undoes what a refused extrinsic wrote
    static ApplyResult apply_extrinsic(ByteView body)
    {
        const auto index = extrinsic_index();
        const auto result = apply(body, index);
        if (result)
            system::ExtrinsicData::insert(index, scale::encode(body));
        return result;
    }

    /// The header of the block that was built, without seal.
    static Header finalize_block()
    {
        finish_extrinsics();
        const auto count = system::ExtrinsicCount::take().value_or(0);
        std::vector<Bytes> items;
        items.reserve(count);
        for (uint32_t i = 0; i != count; ++i)
            items.push_back(system::ExtrinsicData::take(i).value_or(Bytes{}));
        return finish_header(host::ordered_root(scale::encode(items), kExtrinsicsRootVersion));
    }

    /// Runs a whole block and compares. Panics where the block is wrong.
    static void execute_block(const Header& header, std::span<const ByteView> extrinsics)
    {
        initialize_block(header);
        if (header.number == 0 || system::BlockHash::get(header.number - 1).value != header.parent_hash)
            host::panic("block: unknown parent");
        bool inherents = true;
        for (uint32_t i = 0; i != extrinsics.size(); ++i)
        {
            if (!apply(extrinsics[i], i, &inherents))
                host::panic("block: an extrinsic is not valid");
        }
        finish_extrinsics();
        system::ExtrinsicCount::kill();
        std::vector<Bytes> items;
        items.reserve(extrinsics.size());
        for (const auto body : extrinsics)
            items.push_back(scale::encode(body));
        const auto built = finish_header(host::ordered_root(scale::encode(items), kExtrinsicsRootVersion));
        if (built.digest != header.digest)
            host::panic("block: digest differs");
        if (built.state_root != header.state_root)
            host::panic("block: state root differs");
        if (built.extrinsics_root != header.extrinsics_root)
            host::panic("block: extrinsics root differs");
    }

    /// What the pool may know of a transaction at the block `at`.
    static Validity<ValidTransaction> validate_transaction(primitives::TransactionSource source, ByteView body,
                                                           const primitives::Hash& at)
    {
        initialize(system::Number::get() + 1, H256{at}, {});
        const auto extrinsic = Extrinsic<R>::decode(body);
        if (!extrinsic)
            return invalid(InvalidTransaction::Why::Call);
        ValidTransaction valid;
        valid.longevity = std::numeric_limits<uint64_t>::max();
        valid.propagate = true;
        if (info_of(extrinsic->call).dispatch_class == DispatchClass::mandatory)
            return invalid(InvalidTransaction::Why::BadMandatory);
        if (!extrinsic->signature)
            return validate_unsigned(source, extrinsic->call);
        const auto transaction = check_signature(*extrinsic);
        if (!transaction)
            return std::unexpected(transaction.error());
        if (const auto good = validate(extrinsic->signature->extra, *transaction, valid); !good)
            return std::unexpected(good.error());
        return valid;
    }

    /// Inherents that the pallets make of the author's data, encoded, without the lengths in front.
    static std::vector<Bytes> inherent_extrinsics(const primitives::InherentData& data)
    {
        std::vector<Bytes> made;
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (requires { Entry::Pallet::create_inherent(data); })
                if (const auto call = Entry::Pallet::create_inherent(data))
                {
                    Bytes body{Extrinsic<R>::kVersion};
                    const auto encoded = scale::encode(Call<R>{*call});
                    body.insert(body.end(), encoded.begin(), encoded.end());
                    made.push_back(std::move(body));
                }
        });
        return made;
    }

    /// Compares a block's inherents with what this node knows of the world.
    static primitives::CheckInherentsResult check_inherents(std::span<const ByteView> extrinsics,
                                                            const primitives::InherentData& data)
    {
        primitives::CheckInherentsResult result;
        for (const auto body : extrinsics)
        {
            const auto extrinsic = Extrinsic<R>::decode(body);
            if (!extrinsic || extrinsic->signature)
                break;
            extrinsic->call.visit([&]<class P>(const auto& call) {
                if constexpr (requires { P::check_inherent(call, data, result); })
                    P::check_inherent(call, data, result);
            });
        }
        return result;
    }

    static void offchain_worker(const Header& header)
    {
        initialize(header.number, H256{header.parent_hash}, header.digest);
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (requires { Entry::Pallet::offchain_worker(header.number); })
                Entry::Pallet::offchain_worker(header.number);
        });
    }

private:
    static uint32_t extrinsic_index()
    {
        const auto raw = host::get(base::view(primitives::well_known::kExtrinsicIndex));
        return raw ? detail::decode_stored<uint32_t>(raw->bytes()) : 0;
    }
    static void set_extrinsic_index(uint32_t index)
    {
        host::set(base::view(primitives::well_known::kExtrinsicIndex), scale::encode(index));
    }

    static void reset_events()
    {
        host::clear(system::kEventsKey);
        system::EventCount::kill();
    }

    /// Runs migrations, then the pallets' upgrades, in the first block of a new version.
    static Weight upgrade_if_needed()
    {
        const auto last = system::LastRuntimeUpgrade::get();
        if (last && last->spec_version >= R::kSpecVersion && last->spec_name == R::kSpecName)
            return {};
        system::LastRuntimeUpgrade::put({R::kSpecVersion, std::string{R::kSpecName}});
        Weight weight = weigh(0, 1, 1) + run_migrations(typename R::Migrations{});
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (requires { Entry::Pallet::on_runtime_upgrade(); })
                weight += Entry::Pallet::on_runtime_upgrade();
        });
        return weight;
    }

    static void initialize(BlockNumber number, const H256& parent, const primitives::Digest& digest)
    {
        system::ExecutionPhase::put(system::phase::Initialization{});
        set_extrinsic_index(0);
        system::Number::put(number);
        system::Digest::put(digest);
        system::ParentHash::put(parent);
        system::BlockHash::insert(number - 1, parent);
        system::BlockWeight::kill();
    }

    static void finish_extrinsics()
    {
        system::ExtrinsicCount::put(extrinsic_index());
        host::clear(base::view(primitives::well_known::kExtrinsicIndex));
        system::ExecutionPhase::put(system::phase::Finalization{});
        const auto number = system::Number::get();
        idle(number);
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (requires { Entry::Pallet::on_finalize(number); })
                Entry::Pallet::on_finalize(number);
        });
    }

    /// Lets pallets use the weight that nobody wanted.
    static void idle(BlockNumber number)
    {
        const auto used = system::BlockWeight::get();
        auto left = R::kBlockWeights.max_block - (used.normal + used.operational + used.mandatory);
        Weight spent;
        R::Pallets::for_each([&]<class Entry>() {
            if constexpr (requires { Entry::Pallet::on_idle(number, left); })
                spent += Entry::Pallet::on_idle(number, left - spent);
        });
        if (spent != Weight{})
            system::BlockWeight::mutate([&](PerDispatchClass<Weight>& block) { block.mandatory += spent; });
    }

    static Header finish_header(const primitives::Hash& extrinsics_root)
    {
        system::ExecutionPhase::kill();
        system::AllExtrinsicsLen::kill();
        Header header{.parent_hash = system::ParentHash::get().value,
                      .number = system::Number::get(),
                      .state_root = {},
                      .extrinsics_root = extrinsics_root,
                      .digest = system::Digest::get()};
        // The genesis hash stays: signatures name it.
        if (header.number > R::kBlockHashCount + 1)
            system::BlockHash::remove(header.number - R::kBlockHashCount - 1);
        header.state_root = host::root(R::kStateVersion);
        return header;
    }

    /// `inherents`: still true while only inherents came; they must lead the block.
    static ApplyResult apply(ByteView body, uint32_t index, bool* inherents = nullptr)
    {
        auto extrinsic = Extrinsic<R>::decode(body);
        if (!extrinsic)
            return invalid(InvalidTransaction::Why::Call);
        const auto info = info_of(extrinsic->call);
        const bool inherent = !extrinsic->signature && info.dispatch_class == DispatchClass::mandatory;
        if (inherents != nullptr)
        {
            if (inherent && !*inherents)
                host::panic("block: an inherent after other extrinsics");
            *inherents = inherent;
        }
        auto outcome = extrinsic->signature ? apply_signed(*extrinsic) : apply_bare(*extrinsic, info);
        if (!outcome)
            return std::unexpected(outcome.error());
        if (info.dispatch_class == DispatchClass::mandatory && !*outcome)
            return invalid(InvalidTransaction::Why::BadMandatory);
        note_applied(*outcome, info, index);
        if (*outcome)
            return Result<>{};
        return Result<>{std::unexpected(outcome->error().error)};
    }

    static Validity<Transaction> check_signature(const Extrinsic<R>& extrinsic)
    {
        const auto who = extrinsic.signer();
        if (!who)
            return std::unexpected(who.error());
        const auto good = extrinsic.verify(*who);
        if (!good)
            return std::unexpected(good.error());
        if (!*good)
            return invalid(InvalidTransaction::Why::BadProof);
        return Transaction{.who = *who, .info = info_of(extrinsic.call), .length = extrinsic.length};
    }

    static Validity<Outcome> apply_signed(const Extrinsic<R>& extrinsic)
    {
        auto transaction = check_signature(extrinsic);
        if (!transaction)
            return std::unexpected(transaction.error());
        const auto& extra = extrinsic.signature->extra;
        ValidTransaction valid;
        if (const auto good = validate(extra, *transaction, valid); !good)
            return std::unexpected(good.error());
        if (const auto good = prepare(extra, *transaction); !good)
            return std::unexpected(good.error());
        auto outcome = dispatch<R>(extrinsic.call, Origin::signed_by(transaction->who));
        post_dispatch(extra, *transaction, post_of(outcome), result_of(outcome));
        return outcome;
    }

    /// Inherents are checked by all who import the block; other bare extrinsics by their pallet.
    static Validity<Outcome> apply_bare(const Extrinsic<R>& extrinsic, const DispatchInfo& info)
    {
        Transaction transaction{.who = {}, .info = info, .length = extrinsic.length};
        if (info.dispatch_class != DispatchClass::mandatory)
        {
            const auto good = validate_unsigned(primitives::TransactionSource::InBlock, extrinsic.call);
            if (!good)
                return std::unexpected(good.error());
        }
        if (const auto good = system::CheckWeight<R>::prepare(transaction); !good)
            return std::unexpected(good.error());
        auto outcome = dispatch<R>(extrinsic.call, Origin::none());
        system::CheckWeight<R>::post_dispatch(transaction, post_of(outcome), result_of(outcome));
        return outcome;
    }

    static Validity<ValidTransaction> validate_unsigned(primitives::TransactionSource source, const Call<R>& call)
    {
        return call.visit([&]<class P>(const auto& one) -> Validity<ValidTransaction> {
            if constexpr (requires { P::validate_unsigned(source, one); })
                return P::validate_unsigned(source, one);
            else
                return unknown(UnknownTransaction::Why::NoUnsignedValidator);
        });
    }

    static PostInfo post_of(const Outcome& outcome) { return outcome ? *outcome : outcome.error().post; }
    static Result<> result_of(const Outcome& outcome)
    {
        return outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)};
    }

    static void note_applied(const Outcome& outcome, const DispatchInfo& info, uint32_t index)
    {
        const auto post = post_of(outcome);
        const auto& base = R::kBlockWeights.per_class.at(info.dispatch_class).base_extrinsic;
        const auto weight = post.actual_weight ? Weight::min(*post.actual_weight, info.weight) : info.weight;
        const auto pays = info.pays_fee == Pays::no ? Pays::no : post.pays_fee;
        const system::DispatchEventInfo event_info{weight + base, info.dispatch_class, pays};
        if (outcome)
            system::deposit_event<R>(system::ExtrinsicSuccess{event_info});
        else
            system::deposit_event<R>(system::ExtrinsicFailed{outcome.error().error, event_info});
        set_extrinsic_index(index + 1);
        system::ExecutionPhase::put(system::phase::ApplyExtrinsic{index + 1});
    }
};

} // namespace runtime
