#pragma once

#include "runtime/pallets/scheduler_types.hpp"

/// Who waits for which block: placing, cancelling, and how often a failed task is tried again. Other pallets schedule
/// through this.
namespace runtime::scheduler {

template <class R>
struct Agendas
{
    using Store = preimage::Pallet<R>;

    /// Places a task in the agenda of block `when`.
    ///
    /// Caller  made the call by Preimage's bound(), or requested its preimage itself
    /// Errors  Error::target_block_number_in_past; Error::failed_to_schedule: the name is taken; Exhausted: the
    ///         agenda is full. The caller drops the call then.
    static Result<TaskAddress> place(BlockNumber when, Task task)
    {
        if (when <= system::Number::get())
            return fail<R>(Error::target_block_number_in_past);
        // The first time is now; a period of nothing is no period.
        if (task.maybe_periodic)
        {
            auto& [period, times] = *task.maybe_periodic;
            if (period == 0 || times <= 1)
                task.maybe_periodic = std::nullopt;
            else
                --times;
        }
        return push(when, std::move(task));
    }

    /// Takes a task off. `by` nobody: another pallet, which may cancel anything.
    ///
    /// Errors  Error::not_found, bad_origin
    static Result<> cancel(const std::optional<Origin>& by, const TaskAddress& address)
    {
        const auto& [when, index] = address;
        const auto task = find(address);
        if (!task)
            return fail<R>(Error::not_found);
        if (by && !may(*by, task->origin))
            return fail(dispatch_error::BadOrigin{});
        take(address);
        forget(address, *task);
        Store::drop(task->call);
        system::deposit_event<R>(Canceled{when, index});
        return {};
    }

    static Result<> cancel_named(const std::optional<Origin>& by, const TaskName& id)
    {
        const auto address = Lookup::get(id);
        if (!address)
            return fail<R>(Error::not_found);
        return cancel(by, *address);
    }

    static std::optional<Task> find(const TaskAddress& address)
    {
        const auto& [when, index] = address;
        const auto agenda = Agenda::get(when);
        return index < agenda.size() ? agenda[index] : std::nullopt;
    }

protected:
    /// Root may do anything to any task, others to their own.
    static bool may(const Origin& by, const Origin& owner) { return ensure_root(by) || by == owner; }

    static Result<TaskAddress> push(BlockNumber when, Task task)
    {
        if (task.maybe_id && Lookup::contains(*task.maybe_id))
            return fail<R>(Error::failed_to_schedule);
        auto agenda = Agenda::get(when);
        auto hole = uint32_t(agenda.size());
        const auto name = task.maybe_id;
        if (agenda.size() < kPerBlockMax)
        {
            if (!agenda.try_push(std::move(task)))
                return fail(dispatch_error::Exhausted{});
        }
        else
        {
            const auto found = std::ranges::find_if(agenda, [](const auto& one) { return !one; });
            if (found == agenda.end())
                return fail(dispatch_error::Exhausted{});
            hole = uint32_t(found - agenda.begin());
            *found = std::move(task);
        }
        Agenda::insert(when, agenda);
        const TaskAddress address{when, hole};
        if (name)
            Lookup::insert(*name, address);
        system::deposit_event<R>(Scheduled{when, hole});
        return address;
    }

    /// Empties a place that is there, and cuts off empty places at the end: addresses of others stay.
    static void take(const TaskAddress& address)
    {
        const auto& [when, index] = address;
        auto agenda = Agenda::get(when);
        agenda[index] = std::nullopt;
        while (!agenda.empty() && !agenda[agenda.size() - 1])
            agenda.erase(agenda.size() - 1);
        if (agenda.empty())
            Agenda::remove(when);
        else
            Agenda::insert(when, agenda);
    }

    /// Nothing points to the task any more.
    static void forget(const TaskAddress& address, const Task& task)
    {
        if (task.maybe_id)
            Lookup::remove(*task.maybe_id);
        Retries::remove(address);
    }

    static Result<> set_retry(const Origin& by, const TaskAddress& address, const std::optional<TaskName>& id,
                              uint8_t retries, BlockNumber period)
    {
        const auto task = find(address);
        if (!task)
            return fail<R>(Error::not_found);
        if (!may(by, task->origin))
            return fail(dispatch_error::BadOrigin{});
        if (task->maybe_id && !id)
            return fail<R>(Error::named);
        Retries::insert(address, {retries, retries, period});
        system::deposit_event<R>(RetrySet{address, id, period, retries});
        return {};
    }

    static Result<> cancel_retry(const Origin& by, const TaskAddress& address, const std::optional<TaskName>& id)
    {
        const auto task = find(address);
        if (!task)
            return fail<R>(Error::not_found);
        if (!may(by, task->origin))
            return fail(dispatch_error::BadOrigin{});
        Retries::remove(address);
        system::deposit_event<R>(RetryCancelled{address, id});
        return {};
    }
};

} // namespace runtime::scheduler
