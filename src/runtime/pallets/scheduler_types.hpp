#pragma once

#include "runtime/pallets/preimage.hpp"

/// Calls, events, errors and storage of Scheduler.
///
/// Source  pallet_scheduler, whose names, numbers and layouts these are
namespace runtime::scheduler {

inline constexpr uint32_t kPerBlockMax = 50; ///< tasks of one block

using preimage::Bounded;
using Priority = uint8_t; ///< 0 runs first
using TaskName = std::array<uint8_t, 32>;
using TaskAddress = std::tuple<BlockNumber, uint32_t>; ///< block, place in its agenda
using Period = std::tuple<BlockNumber, uint32_t>;      ///< every so many blocks, so many times

struct RetryConfig
{
    static constexpr std::string_view kPath = "pallet_scheduler::RetryConfig";
    uint8_t total_retries = 0;
    uint8_t remaining = 0;
    BlockNumber period = 0; ///< between attempts
    friend bool operator==(const RetryConfig&, const RetryConfig&) = default;
};

/// A call to come.
struct Task
{
    static constexpr std::string_view kPath = "pallet_scheduler::Scheduled";
    std::optional<TaskName> maybe_id;
    Priority priority = 0;
    Bounded call;
    std::optional<Period> maybe_periodic; ///< how often again after this time
    Origin origin;
    friend bool operator==(const Task&, const Task&) = default;
};

using TaskList = scale::BoundedVec<std::optional<Task>, kPerBlockMax>;

/// The earliest block whose agenda is not done, where that is not the current block.
using IncompleteSince = OptionalValue<"Scheduler", "IncompleteSince", BlockNumber>;
using Agenda = StorageMap<"Scheduler", "Agenda", Twox64Concat, BlockNumber, TaskList>;
using Retries = OptionalMap<"Scheduler", "Retries", Blake2_128Concat, TaskAddress, RetryConfig>;
using Lookup = OptionalMap<"Scheduler", "Lookup", Twox64Concat, TaskName, TaskAddress>;

template <class R>
struct Schedule
{
    static constexpr uint8_t kIndex = 0;
    static constexpr std::string_view kDocs = "Anonymously schedule a task.";
    BlockNumber when = 0;
    std::optional<Period> maybe_periodic;
    Priority priority = 0;
    scale::Box<Call<R>> call;
    friend bool operator==(const Schedule&, const Schedule&) = default;
};
struct Cancel
{
    static constexpr uint8_t kIndex = 1;
    static constexpr std::string_view kDocs = "Cancel a scheduled task (named or anonymous).";
    BlockNumber when = 0;
    uint32_t index = 0;
    friend bool operator==(const Cancel&, const Cancel&) = default;
};
template <class R>
struct ScheduleNamed
{
    static constexpr uint8_t kIndex = 2;
    static constexpr std::string_view kDocs = "Schedule a named task.";
    TaskName id{};
    BlockNumber when = 0;
    std::optional<Period> maybe_periodic;
    Priority priority = 0;
    scale::Box<Call<R>> call;
    friend bool operator==(const ScheduleNamed&, const ScheduleNamed&) = default;
};
struct CancelNamed
{
    static constexpr uint8_t kIndex = 3;
    static constexpr std::string_view kDocs = "Cancel a named scheduled task.";
    TaskName id{};
    friend bool operator==(const CancelNamed&, const CancelNamed&) = default;
};
template <class R>
struct ScheduleAfter
{
    static constexpr uint8_t kIndex = 4;
    static constexpr std::string_view kDocs = "Anonymously schedule a task after a delay.";
    BlockNumber after = 0;
    std::optional<Period> maybe_periodic;
    Priority priority = 0;
    scale::Box<Call<R>> call;
    friend bool operator==(const ScheduleAfter&, const ScheduleAfter&) = default;
};
template <class R>
struct ScheduleNamedAfter
{
    static constexpr uint8_t kIndex = 5;
    static constexpr std::string_view kDocs = "Schedule a named task after a delay.";
    TaskName id{};
    BlockNumber after = 0;
    std::optional<Period> maybe_periodic;
    Priority priority = 0;
    scale::Box<Call<R>> call;
    friend bool operator==(const ScheduleNamedAfter&, const ScheduleNamedAfter&) = default;
};
struct SetRetry
{
    static constexpr uint8_t kIndex = 6;
    static constexpr std::string_view kDocs = "Have an unnamed task tried again, if it fails, after `period` blocks.";
    TaskAddress task;
    uint8_t retries = 0;
    BlockNumber period = 0;
    friend bool operator==(const SetRetry&, const SetRetry&) = default;
};
struct SetRetryNamed
{
    static constexpr uint8_t kIndex = 7;
    static constexpr std::string_view kDocs = "Have a named task tried again, if it fails, after `period` blocks.";
    TaskName id{};
    uint8_t retries = 0;
    BlockNumber period = 0;
    friend bool operator==(const SetRetryNamed&, const SetRetryNamed&) = default;
};
struct CancelRetry
{
    static constexpr uint8_t kIndex = 8;
    static constexpr std::string_view kDocs = "Removes the retry configuration of a task.";
    TaskAddress task;
    friend bool operator==(const CancelRetry&, const CancelRetry&) = default;
};
struct CancelRetryNamed
{
    static constexpr uint8_t kIndex = 9;
    static constexpr std::string_view kDocs = "Cancel the retry configuration of a named task.";
    TaskName id{};
    friend bool operator==(const CancelRetryNamed&, const CancelRetryNamed&) = default;
};

struct Scheduled
{
    BlockNumber when = 0;
    uint32_t index = 0;
};
struct Canceled
{
    BlockNumber when = 0;
    uint32_t index = 0;
};
struct Dispatched
{
    TaskAddress task;
    std::optional<TaskName> id;
    Result<> result;
};
struct RetrySet
{
    TaskAddress task;
    std::optional<TaskName> id;
    BlockNumber period = 0;
    uint8_t retries = 0;
};
struct RetryCancelled
{
    TaskAddress task;
    std::optional<TaskName> id;
};
/// The bytes of the call are not on chain, or are no call.
struct CallUnavailable
{
    TaskAddress task;
    std::optional<TaskName> id;
};
struct PeriodicFailed
{
    TaskAddress task;
    std::optional<TaskName> id;
};
struct RetryFailed
{
    TaskAddress task;
    std::optional<TaskName> id;
};
struct PermanentlyOverweight
{
    TaskAddress task;
    std::optional<TaskName> id;
};
struct AgendaIncomplete
{
    BlockNumber when = 0;
};

enum class Error : uint8_t
{
    failed_to_schedule,
    not_found,
    target_block_number_in_past,
    reschedule_no_change,
    named,
};
constexpr std::string_view path_of(Error) { return "pallet_scheduler::pallet::Error"; }

} // namespace runtime::scheduler
