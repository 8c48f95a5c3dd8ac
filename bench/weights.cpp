#include "harness.hpp"
#include "tests/differential/machine.hpp"
#include "tests/differential/world.hpp"
#include "weights_events.hpp"
#include "weights_extrinsics.hpp"
#include "weights_host.hpp"
#include "weights_row.hpp"
#include "weights_touched.hpp"

#include "executor/engine.hpp"
#include "host/signatures.hpp"
#include "signature/batch.hpp"

#include <cstdlib>
#include <fstream>

/// weights/CALL: what each call of the runtime costs in its worst case, run by wasmtime as in production, in the
/// processor time of its thread; weights/HOOK: the same of work that no call asks for; weights/db_read and db_write: a
/// key of a million accounts on RocksDB; weights/transfer_imported, transfer_authored: base and call of a
/// balances.transfer_keep_alive together, its signature known; weights/signature, signature_batched: an sr25519
/// signature, alone and one of a batch. With $ZKP_WEIGHTS set to a path, the table that the runtime reads is written
/// there (`make weights`).
///
/// A call's time is the median of its extrinsic's less the median of an extrinsic that does nothing, measured in turn.
/// Its slope is that from none of its components to the most, its base high enough for the numbers between.
namespace {

using namespace runtime;
using base::Bytes;
using differential::Machine;
using differential::Pairs;
using differential::Touched;
using weights::By;
using weights::Call;
using weights::Case;
using weights::fail;
using weights::kRuns;
using weights::median;
using weights::Row;

/// No call is cheaper than this, in picoseconds: smaller differences are noise.
constexpr uint64_t kLeast = 5'000'000;
constexpr Slot kSlot = 1'000'001;

/// The chain at its first block, on the engine of production and on the native build, which counts.
class Bench
{
public:
    explicit Bench(const Bytes& wasm)
        : timed_(differential::wasmtime_machine(wasm, executor::kHeapPagesDefault, &verified_)),
          plain_(differential::wasmtime_machine(wasm, executor::kHeapPagesDefault, &verified_)),
          counted_(differential::native_machine([this](const Touched& one) { (one.whole ? whole_ : touched_) = one; }))
    {
        if (!timed_ || !plain_)
            fail("the runtime does not compile");
        begin();
        weights::worst_day(parent_);
        compile_ = weights::compile_time(wasm);
    }

    Row base_block()
    {
        timed_->load(parent_);
        std::vector<uint64_t> times(kRuns);
        for (auto& one : times)
            one = timed_block(*timed_);
        const auto touched = counted_block(parent_, nullptr, 0);
        return {.name = "base block", .time = median(times), .reads = touched.reads, .writes = touched.writes};
    }

    /// What an extrinsic costs beside its call, in a block that is imported: checks, the fee, the account and two
    /// hashes of blocks read, the account written; and its signature as one of a batch, which is verified beside.
    Row base_extrinsic()
    {
        return {.name = "base extrinsic",
                .time = imported(system::Remark{}) + weights::signature_time(signature::kBatchItems),
                .reads = 3,
                .writes = 1};
    }

    /// One extrinsic of many in a block that is executed whole, signatures known.
    uint64_t imported(const Call& call)
    {
        constexpr uint32_t kExtrinsics = 1'000;
        const auto empty = executed(call, 0), full = executed(call, kExtrinsics);
        return (full - std::min(empty, full)) / kExtrinsics;
    }

    /// The whole extrinsic as an author applies it, in an instance of its own, its signature known.
    uint64_t applied(const Call& call)
    {
        timed_->load(parent_);
        open(*timed_, true);
        const auto body = weights::signed_by_alice(call);
        timed_undone(body); // its signature is known from here on
        return median_undone(body);
    }

    /// For work with a component, from the fewest of them on; else the dearest time of those it is done.
    Row measure(const weights::HookCase& one)
    {
        Row row{.name = one.name, .unit = one.unit};
        std::vector<Point> points;
        for (const auto n : one.sizes)
        {
            const auto all = cost(one, n);
            if (one.unit.empty())
                points.push_back({0, {(all.time + n - 1) / n, (all.reads + n - 1) / n, (all.writes + n - 1) / n}});
            else
                points.push_back({n, all});
        }
        fit(row, points);
        weights::raise_touched(row);
        return row;
    }

    Row measure(const Case& one)
    {
        Row row{.name = weights::name_of(one.make(0)), .unit = one.unit};
        auto state = parent_;
        if (one.setup)
            one.setup(state);
        timed_->load(state);
        counted_->load(state);
        open(*timed_, one.by != By::nobody);
        open(*counted_, one.by != By::nobody);
        std::vector<Point> points{{0, cost(one, 0)}};
        for (const auto n : {one.most / 4, one.most / 2, one.most})
            if (n != 0)
                points.push_back({n, cost(one, n)});
        fit(row, points);
        weights::raise_touched(row);
        if (one.other_account)
            ++row.reads, ++row.writes;
        if (one.compiles)
            row.time += compile_;
        return row;
    }

private:
    struct Cost
    {
        uint64_t time = 0;
        size_t reads = 0, writes = 0;
    };

    /// What work costs with so many of its components.
    struct Point
    {
        uint32_t components;
        Cost cost;
    };

    /// For time, reads and writes each the line through the points of the fewest and the most components, which differ
    /// most from what disturbs a measurement, lifted until no point lies above it.
    static void fit(Row& row, const std::vector<Point>& points)
    {
        const auto line = [&](auto of) {
            const auto& fewest = points.front();
            const auto& most = points.back();
            const uint64_t steps = most.components - fewest.components;
            const uint64_t low = of(fewest.cost), high = of(most.cost);
            const uint64_t slope = steps == 0 || high <= low ? 0 : (high - low + steps - 1) / steps;
            uint64_t base = low;
            for (const auto& [components, cost] : points)
            {
                const uint64_t along = slope * (components - fewest.components);
                base = std::max<uint64_t>(base, of(cost) - std::min<uint64_t>(along, of(cost)));
            }
            return std::pair(base, slope);
        };
        std::tie(row.time, row.unit_time) = line([](const Cost& cost) { return cost.time; });
        std::tie(row.reads, row.unit_reads) = line([](const Cost& cost) { return cost.reads; });
        std::tie(row.writes, row.unit_writes) = line([](const Cost& cost) { return cost.writes; });
        row.time = std::max(row.time, kLeast);
    }

    static void expect(const differential::Outcome& outcome, const std::string& what)
    {
        if (!outcome.result)
            fail(what + ": " + (outcome.log.empty() ? std::string{"it trapped"} : outcome.log.back()));
    }

    /// The state after a first block on the development chain's genesis.
    void begin()
    {
        const auto preset =
            counted_->call("GenesisBuilder_get_preset", scale::encode(std::optional{std::string{"development"}}));
        expect(preset, "the preset");
        const auto json = scale::decode<std::optional<Bytes>>(ByteView{*preset.result}).value().value();
        expect(counted_->call("GenesisBuilder_build_state", scale::encode(json)), "genesis");
        counted_->settle();
        header_ = Header{};
        slot_ = kSlot - 1;
        open(*counted_, true);
        const auto built = counted_->call("BlockBuilder_finalize_block", {});
        expect(built, "the first block");
        header_ = scale::decode<Header>(ByteView{*built.result}).value();
        slot_ = kSlot;
        counted_->settle();
        parent_ = counted_->pairs();
    }

    Header header() const
    {
        Header next;
        next.parent_hash = primitives::hash_of(header_);
        next.number = header_.number + 1;
        next.digest.logs.push_back(primitives::digest::PreRuntime{
            primitives::kBabeEngine,
            scale::encode(primitives::babe::PreDigest{primitives::babe::SecondaryVrf{0, slot_, {}}})});
        return next;
    }
    Bytes timestamp_body() const { return weights::bare(timestamp::Set{{slot_ * 1000}}); }
    Bytes timestamp() const { return scale::encode(timestamp_body()); }
    void open(Machine& machine, bool with_time) const
    {
        expect(machine.call("Core_initialize_block", scale::encode(header())), "a block");
        if (with_time)
            expect(machine.call("BlockBuilder_apply_extrinsic", timestamp()), "the timestamp");
    }

    static uint64_t timed(Machine& machine, std::string_view function, const Bytes& input)
    {
        const auto begin = weights::clock_picoseconds(CLOCK_THREAD_CPUTIME_ID);
        const auto outcome = machine.call(function, input);
        const auto end = weights::clock_picoseconds(CLOCK_THREAD_CPUTIME_ID);
        expect(outcome, std::string{function});
        return end - begin;
    }
    uint64_t timed_undone(const Bytes& body)
    {
        timed_->begin();
        const auto time = timed(*timed_, "BlockBuilder_apply_extrinsic", scale::encode(body));
        timed_->undo();
        return time;
    }
    /// A block of so many extrinsics, built and then executed.
    uint64_t executed(const Call& call, uint32_t count)
    {
        timed_->load(parent_);
        open(*timed_, true);
        std::vector<Bytes> bodies{timestamp_body()};
        for (uint32_t nonce = 0; nonce != count; ++nonce)
        {
            bodies.push_back(weights::signed_by_alice(call, nonce));
            expect(timed_->call("BlockBuilder_apply_extrinsic", scale::encode(bodies.back())), "an extrinsic");
        }
        const auto built = timed_->call("BlockBuilder_finalize_block", {});
        expect(built, "a block");
        timed_->reset();
        const auto block = scale::encode(std::tuple{scale::decode<Header>(ByteView{*built.result}).value(), bodies});
        std::vector<uint64_t> times(11);
        for (auto& one : times)
        {
            timed_->begin();
            one = timed(*timed_, "Core_execute_block", block);
            timed_->undo();
        }
        return median(times);
    }
    /// Its beginning and its end, what lies between left out.
    uint64_t timed_block(Machine& machine) const
    {
        machine.begin();
        auto time = timed(machine, "Core_initialize_block", scale::encode(header()));
        expect(machine.call("BlockBuilder_apply_extrinsic", timestamp()), "the timestamp");
        time += timed(machine, "BlockBuilder_finalize_block", {});
        machine.undo();
        return time;
    }

    /// What a block touches; for a hook, checked to have done the work.
    Touched counted_block(const Pairs& state, const weights::HookCase* hook, uint32_t n)
    {
        counted_->settle();
        counted_->load(state);
        open(*counted_, true);
        expect(counted_->call("BlockBuilder_finalize_block", {}), "a block");
        if (hook != nullptr)
        {
            const auto events = weights::events_in(counted_->pairs());
            if (!events || events->failure != hook->fails ||
                std::ranges::count(events->places, hook->event) != std::ptrdiff_t(hook->events(n)))
                fail(hook->name + ": the block did not do the work");
        }
        counted_->settle();
        return whole_;
    }

    /// Both blocks in turn.
    Cost cost(const weights::HookCase& one, uint32_t n)
    {
        auto state = parent_, other = parent_;
        one.state(state, n);
        if (one.without)
            one.without(other, n);
        timed_->load(state);
        plain_->load(other);
        std::vector<uint64_t> with(kRuns), without(kRuns);
        for (size_t i = 0; i != kRuns; ++i)
        {
            with[i] = timed_block(*timed_);
            without[i] = timed_block(*plain_);
        }
        const auto all = counted_block(state, &one, n), base = counted_block(other, nullptr, 0);
        return difference(median(with), median(without), all, base);
    }

    /// What the call touches, checked to succeed with all calls in it.
    Touched count(const Bytes& body)
    {
        counted_->begin();
        const auto outcome = counted_->call("BlockBuilder_apply_extrinsic", scale::encode(body));
        expect(outcome, "a call");
        const auto events = weights::events_in(counted_->pairs());
        counted_->undo();
        if (*outcome.result != Bytes{0, 0} || !events || events->failure)
            fail("a call failed where it should be at its worst");
        return touched_;
    }

    Cost cost(const Case& one, uint32_t n)
    {
        const auto body = weights::extrinsic(one.by, one.make(n));
        const auto nothing = weights::extrinsic(one.by == By::nobody ? By::alice : one.by, system::Remark{});
        const auto all = count(body);
        if (one.by == By::nobody)
            return {median_undone(body), all.reads, all.writes};
        const auto base = count(nothing);
        timed_undone(body);
        timed_undone(nothing); // both signatures are known from here on
        std::vector<uint64_t> with(kRuns), without(kRuns);
        for (size_t i = 0; i != kRuns; ++i)
        {
            with[i] = timed_undone(body);
            without[i] = timed_undone(nothing);
        }
        return difference(median(with), median(without), all, base);
    }
    static Cost difference(uint64_t with, uint64_t without, const Touched& all, const Touched& base)
    {
        return {with - std::min(without, with), all.reads - std::min(base.reads, all.reads),
                all.writes - std::min(base.writes, all.writes)};
    }
    uint64_t median_undone(const Bytes& body)
    {
        std::vector<uint64_t> times(kRuns);
        for (auto& one : times)
            one = timed_undone(body);
        return median(times);
    }

    /// As production verifies: a signature that was found good is not verified again.
    ::host::VerifiedSignatures verified_;
    Touched touched_{}, whole_{};
    std::unique_ptr<Machine> timed_, plain_, counted_;
    Pairs parent_;
    Header header_;
    Slot slot_ = kSlot;
    uint64_t compile_ = 0;
};

void show_speed(const bench::Session& session, Bench& bench)
{
    const auto count = [&](const char* name, uint64_t time) { session.count(name, double(time) * 1e-12, "s"); };
    const balances::TransferKeepAlive transfer{testing::bob().id(), {1'000'000}};
    count("weights/transfer_imported", bench.imported(transfer));
    count("weights/transfer_authored", bench.applied(transfer));
    count("weights/signature", weights::signature_time(1));
    count("weights/signature_batched", weights::signature_time(signature::kBatchItems));
}

} // namespace

int main(int argc, char** argv)
{
    const bench::Session session(std::span<char* const>(argv, size_t(argc)));
    const char* path = std::getenv("ZKP_WEIGHTS");
    Bench bench{differential::read_code(ZKP_RUNTIME_WASM)};
    const auto show = [&](const Row& row) {
        session.count("weights/" + row.name, double(row.time) * 1e-12, "s");
        if (!row.unit.empty())
            session.count("weights/" + row.name + "/" + row.unit, double(row.unit_time) * 1e-12, "s");
        return row;
    };
    weights::Table table;
    table.block = show(bench.base_block());
    table.extrinsic = show(bench.base_extrinsic());
    show_speed(session, bench);
    for (const auto& one : weights::hooks())
        if (path != nullptr || session.wants("weights/" + one.name))
            table.hooks.push_back(show(bench.measure(one)));
    for (const auto& one : weights::cases())
        if (path != nullptr || session.wants("weights/" + weights::name_of(one.make(0))))
            table.calls.push_back(show(bench.measure(one)));
    if (path == nullptr && !session.wants("weights/db_read") && !session.wants("weights/db_write"))
        return 0;
    const auto db = weights::measure_database();
    if (!db)
        fail("the database could not be measured: is there room for 2 GB in the folder for temporary files?");
    table.db = *db;
    session.count("weights/db_read", double(db->read) * 1e-12, "s");
    session.count("weights/db_write", double(db->write) * 1e-12, "s");
    if (path == nullptr)
        return 0;
    std::ofstream out(path);
    out << weights::header_of(table, kRuns);
    if (!out.flush())
        fail(std::string("cannot write ") + path);
    return 0;
}
