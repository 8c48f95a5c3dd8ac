#pragma once

#include "runtime/frame/transaction.hpp"
#include "runtime/pallets/scheduler_agenda.hpp"

/// Calls at a later block, once or again and again, by name or by place. They run when the block begins, before its
/// extrinsics, by priority, for as long as the block's share for them lasts; what is left over runs first in the next
/// block.
///
/// Differs from pallet_scheduler, which loses or leaks state there: a task that can never run leaves its agenda; a
///         postponed task keeps its name; a call may cancel tasks of the agenda that is running; a retry comes in a
///         later block even with a period of 0; set_retry refuses named tasks, as its text says
/// Source  pallet_scheduler
namespace runtime::scheduler {

/// Weight that may be spent, and was.
struct Meter
{
    Weight limit;
    Weight used;

    bool can(Weight more) const { return !(used + more).any_gt(limit); }
    void spend(Weight more) { used += more; }
};

template <class R>
struct Pallet : Agendas<R>
{
    static constexpr std::string_view kName = "Scheduler";
    static constexpr std::string_view kCrate = "pallet_scheduler";
    using Storage = List<IncompleteSince, Agenda, Retries, Lookup>;
    using Call = scale::Variant<Schedule<R>, Cancel, ScheduleNamed<R>, CancelNamed, ScheduleAfter<R>,
                                ScheduleNamedAfter<R>, SetRetry, SetRetryNamed, CancelRetry, CancelRetryNamed>;
    using Event = scale::Variant<Scheduled, Canceled, Dispatched, RetrySet, RetryCancelled, CallUnavailable,
                                 PeriodicFailed, RetryFailed, PermanentlyOverweight, AgendaIncomplete>;
    using Error = scheduler::Error;

    struct MaximumWeight
    {
        static Weight value() { return kLimit; }
    };
    struct MaxScheduledPerBlock
    {
        static uint32_t value() { return kPerBlockMax; }
    };
    using Constants = List<MaximumWeight, MaxScheduledPerBlock>;

    static Result<> dispatch(const Origin& origin, const Schedule<R>& call)
    {
        return schedule(origin, std::nullopt, call.when, call);
    }
    static Result<> dispatch(const Origin& origin, const ScheduleNamed<R>& call)
    {
        return schedule(origin, call.id, call.when, call);
    }
    static Result<> dispatch(const Origin& origin, const ScheduleAfter<R>& call)
    {
        return schedule(origin, std::nullopt, after(call.after), call);
    }
    static Result<> dispatch(const Origin& origin, const ScheduleNamedAfter<R>& call)
    {
        return schedule(origin, call.id, after(call.after), call);
    }

    static Result<> dispatch(const Origin& origin, const Cancel& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        return Agendas<R>::cancel(origin, {call.when, call.index});
    }
    static Result<> dispatch(const Origin& origin, const CancelNamed& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        return Agendas<R>::cancel_named(origin, call.id);
    }
    static Result<> dispatch(const Origin& origin, const SetRetry& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        return Agendas<R>::set_retry(origin, call.task, std::nullopt, call.retries, call.period);
    }
    static Result<> dispatch(const Origin& origin, const SetRetryNamed& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto address = Lookup::get(call.id);
        if (!address)
            return fail<R>(Error::not_found);
        return Agendas<R>::set_retry(origin, *address, call.id, call.retries, call.period);
    }
    static Result<> dispatch(const Origin& origin, const CancelRetry& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        return Agendas<R>::cancel_retry(origin, call.task, std::nullopt);
    }
    static Result<> dispatch(const Origin& origin, const CancelRetryNamed& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        const auto address = Lookup::get(call.id);
        if (!address)
            return fail<R>(Error::not_found);
        return Agendas<R>::cancel_retry(origin, *address, call.id);
    }

    static Weight on_initialize(BlockNumber now)
    {
        Meter meter{kLimit, {}};
        const auto since = IncompleteSince::get();
        auto when = since.value_or(now);
        std::optional<BlockNumber> incomplete;
        bool is_first = true;
        for (; when <= now && meter.can(agenda_base(kPerBlockMax)); ++when)
        {
            if (!service_agenda(meter, when, now, is_first) && !incomplete)
                incomplete = when;
        }
        if (!incomplete && when <= now)
            incomplete = when;
        if (incomplete)
        {
            IncompleteSince::put(*incomplete);
            system::deposit_event<R>(AgendaIncomplete{*incomplete});
        }
        else if (since)
            IncompleteSince::kill();
        return meter.used;
    }

private:
    /// 80 % of a block.
    static constexpr Weight kLimit{R::kBlockWeights.max_block.ref_time / 5 * 4,
                                   R::kBlockWeights.max_block.proof_size / 5 * 4};
    /// Taking a task off, its event, placing it anew: as if it had a name, a period and retries.
    static constexpr Weight kRun = hook<R, "Scheduler.run_task">();
    static constexpr Weight kRetry = hook<R, "Scheduler.retry_task">();

    /// Looking at each task, whether it runs or not.
    static constexpr Weight agenda_base(uint64_t tasks) { return hook<R, "Scheduler.service_agenda">(tasks); }
    static constexpr Weight fetch(uint32_t bytes) { return hook<R, "Scheduler.fetch_call">(bytes); }
    static_assert(!(agenda_base(kPerBlockMax) + fetch(preimage::kSizeMax) + kRun).any_gt(kLimit),
                  "the longest call must be able to run");

    /// This block's agenda has run: a task after 0 blocks is the next block's.
    static BlockNumber after(BlockNumber blocks)
    {
        return saturating_add(saturating_add(system::Number::get(), blocks), 1);
    }

    static Result<> schedule(const Origin& origin, std::optional<TaskName> id, BlockNumber when, const auto& call)
    {
        if (const auto root = ensure_root(origin); !root)
            return root;
        auto bounded = preimage::Pallet<R>::bound(*call.call);
        if (!bounded)
            return std::unexpected(bounded.error());
        // What bound() stored goes with the failed call.
        const auto placed = Agendas<R>::place(when, {id, call.priority, *bounded, call.maybe_periodic, origin});
        return placed ? Result<>{} : Result<>{std::unexpected(placed.error())};
    }

    /// True if nothing of the agenda is left to do.
    static bool service_agenda(Meter& meter, BlockNumber when, BlockNumber now, bool& is_first)
    {
        const auto agenda = Agenda::get(when);
        std::vector<std::pair<Priority, uint32_t>> order;
        for (uint32_t i = 0; i != agenda.size(); ++i)
            if (agenda[i])
                order.emplace_back(agenda[i]->priority, i);
        std::ranges::sort(order);
        meter.spend(agenda_base(order.size()));
        bool done = true;
        for (const auto& [priority, index] : order)
        {
            const TaskAddress address{when, index};
            // An earlier task may have cancelled it.
            auto task = Agendas<R>::find(address);
            if (!task)
                continue;
            if (!meter.can(fetch_of(*task)))
                return false;
            done &= service(meter, address, std::move(*task), now, is_first);
        }
        return done;
    }

    static Weight fetch_of(const Task& task)
    {
        return task.call.lookup_hash() == nullptr ? Weight{}
                                                  : fetch(task.call.lookup_len().value_or(preimage::kSizeMax));
    }

    /// Runs one task; false if it is to be tried again in a later block.
    static bool service(Meter& meter, const TaskAddress& address, Task task, BlockNumber now, bool& is_first)
    {
        const auto call = preimage::Pallet<R>::template peek<runtime::Call<R>>(task.call, kCallDepthMax);
        meter.spend(fetch_of(task));
        if (!call)
        {
            give_up<CallUnavailable>(address, task);
            return true;
        }
        const auto estimated = info_of<R>(call->first).weight;
        if (!meter.can(kRun + estimated))
        {
            // A block without anything else before it is the most that there ever is.
            if (!is_first)
                return false;
            give_up<PermanentlyOverweight>(address, task);
            return true;
        }
        is_first = false;
        const auto retry = Retries::get(address);
        // Taken off first: the call may look at the agenda, and change it.
        Agendas<R>::take(address);
        Agendas<R>::forget(address, task);
        const auto outcome = runtime::dispatch<R>(call->first, task.origin);
        const auto& post = outcome ? *outcome : outcome.error().post;
        meter.spend(kRun + (post.actual_weight ? Weight::min(*post.actual_weight, estimated) : estimated));
        system::deposit_event<R>(Dispatched{address, task.maybe_id,
                                            outcome ? Result<>{} : Result<>{std::unexpected(outcome.error().error)}});
        if (!outcome && retry)
            try_again(meter, address, task, *retry, now);
        repeat(address, std::move(task), retry, now);
        return true;
    }

    template <class Event>
    static void give_up(const TaskAddress& address, const Task& task)
    {
        Agendas<R>::take(address);
        Agendas<R>::forget(address, task);
        preimage::Pallet<R>::drop(task.call);
        system::deposit_event<R>(Event{address, task.maybe_id});
    }

    static BlockNumber later(BlockNumber now, BlockNumber by)
    {
        return saturating_add(now, std::max<BlockNumber>(by, 1));
    }

    /// Places a nameless copy that comes once.
    static void try_again(Meter& meter, const TaskAddress& address, const Task& task, const RetryConfig& retry,
                          BlockNumber now)
    {
        if (retry.remaining == 0)
            return;
        if (meter.can(kRetry))
        {
            meter.spend(kRetry);
            const Task copy{std::nullopt, task.priority, task.call, std::nullopt, task.origin};
            if (const auto placed = Agendas<R>::push(later(now, retry.period), copy))
            {
                // The copy needs the preimage too, and drops it on its own.
                if (const auto* hash = task.call.lookup_hash())
                    preimage::Pallet<R>::request(*hash);
                Retries::insert(*placed, {retry.total_retries, uint8_t(retry.remaining - 1), retry.period});
                return;
            }
        }
        system::deposit_event<R>(RetryFailed{address, task.maybe_id});
    }

    /// Places a periodic task anew, with its retries; drops the call of one that came for the last time.
    static void repeat(const TaskAddress& address, Task task, const std::optional<RetryConfig>& retry, BlockNumber now)
    {
        if (!task.maybe_periodic)
            return preimage::Pallet<R>::drop(task.call);
        auto& [period, times] = *task.maybe_periodic;
        const auto wake = later(now, period);
        if (times > 1)
            --times;
        else
            task.maybe_periodic = std::nullopt;
        const auto placed = Agendas<R>::push(wake, task);
        if (!placed)
        {
            preimage::Pallet<R>::drop(task.call);
            return system::deposit_event<R>(PeriodicFailed{address, task.maybe_id});
        }
        if (retry)
            Retries::insert(*placed, *retry);
    }
};

} // namespace runtime::scheduler
