#include "harness.hpp"
#include "tests/differential/machine.hpp"
#include "tests/differential/world.hpp"
#include "weights_cases.hpp"
#include "weights_database.hpp"

#include "executor/engine.hpp"
#include "host/table.hpp"

#include <cstdlib>
#include <ctime>
#include <fstream>

/// weights/CALL: what each call of the runtime costs in its worst case, run by wasmtime as in production, in the
/// processor time of its thread; weights/db_read and db_write: a key of a million accounts on RocksDB.
/// With $ZKP_WEIGHTS set to a path, the table that the runtime reads is written there (`make weights`).
///
/// A call's time is the median of its extrinsic's less the median of an extrinsic that does nothing, measured in turn.
/// Its slope is the steepest from none of its components to each of three numbers of them.
namespace {

using namespace runtime;
using base::Bytes;
using differential::Machine;
using differential::Pairs;
using differential::Touched;
using testing::Runtime;
using weights::By;
using weights::Call;
using weights::Case;

constexpr size_t kRuns = 101;
/// What is declared is this times what was measured, in percent: docs/decisions/0012-weights.md.
constexpr uint64_t kSafetyPercent = 150;
/// No call is cheaper than this, in picoseconds: smaller differences are noise.
constexpr uint64_t kLeast = 5'000'000;
constexpr Slot kSlot = 1'000'001;

[[noreturn]] void fail(const std::string& words)
{
    std::fprintf(stderr, "bench_weights: %s\n", words.c_str());
    std::exit(1);
}

uint64_t clock_picoseconds(clockid_t which)
{
    timespec now{};
    clock_gettime(which, &now);
    return uint64_t(now.tv_sec) * 1'000'000'000'000 + uint64_t(now.tv_nsec) * 1'000;
}

struct Row
{
    std::string call;
    uint64_t time = 0;
    size_t reads = 0, writes = 0;
    std::string unit{};
    uint64_t unit_time = 0;
    size_t unit_reads = 0, unit_writes = 0;
};

/// The chain at its first block, on the engine of production and on the native build, which counts.
class Bench
{
public:
    explicit Bench(const Bytes& wasm)
        : timed_(differential::wasmtime_machine(wasm, executor::kHeapPagesDefault)),
          counted_(differential::native_machine([this](const Touched& one) { (one.whole ? whole_ : touched_) = one; }))
    {
        if (!timed_)
            fail("the runtime does not compile");
        begin();
        compile_ = compile_time(wasm);
    }

    Row base_block()
    {
        timed_->load(parent_);
        std::vector<double> times;
        for (size_t i = 0; i != kRuns; ++i)
        {
            uint64_t sum = 0;
            timed_->begin();
            sum += timed("Core_initialize_block", scale::encode(header()));
            expect(timed_->call("BlockBuilder_apply_extrinsic", timestamp()), "the timestamp");
            sum += timed("BlockBuilder_finalize_block", {});
            timed_->undo();
            times.push_back(double(sum));
        }
        counted_->load(parent_);
        open(*counted_, true);
        expect(counted_->call("BlockBuilder_finalize_block", {}), "an empty block");
        counted_->settle();
        Row row{.call = "base block", .time = uint64_t(bench::quantile(times, 0.5)), .unit = {}};
        row.reads = whole_.reads;
        row.writes = whole_.writes;
        return row;
    }

    /// A signature checked, the account and two hashes of blocks read, the account written, nothing else.
    Row base_extrinsic()
    {
        timed_->load(parent_);
        open(*timed_, true);
        std::vector<double> times;
        for (size_t i = 0; i != kRuns; ++i)
            times.push_back(double(timed_undone(signed_by_alice(system::Remark{}))));
        return {.call = "base extrinsic",
                .time = uint64_t(bench::quantile(times, 0.5)),
                .reads = 3,
                .writes = 1,
                .unit = {}};
    }

    Row measure(const Case& one)
    {
        Row row{.call = weights::name_of(one.make(0)), .unit = one.unit};
        auto state = parent_;
        if (one.setup)
            one.setup(state);
        timed_->load(state);
        counted_->load(state);
        open(*timed_, one.by != By::nobody);
        open(*counted_, one.by != By::nobody);
        const auto first = cost(one, 0);
        row.time = std::max(first.time, kLeast);
        row.reads = first.reads;
        row.writes = first.writes;
        for (const auto n : {one.most / 4, one.most / 2, one.most})
        {
            if (n == 0)
                continue;
            const auto more = cost(one, n);
            row.unit_time = std::max(row.unit_time, more.time > first.time ? (more.time - first.time + n - 1) / n : 0);
            row.unit_reads = std::max(row.unit_reads, (more.reads - first.reads + n - 1) / n);
            row.unit_writes = std::max(row.unit_writes, (more.writes - first.writes + n - 1) / n);
        }
        if (one.other_account)
            ++row.reads, ++row.writes;
        if (one.compiles)
            row.time += compile_;
        return row;
    }

private:
    struct Cost
    {
        uint64_t time;
        size_t reads, writes;
    };

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
    Bytes timestamp() const { return scale::encode(bare(timestamp::Set{{slot_ * 1000}})); }
    void open(Machine& machine, bool with_time) const
    {
        expect(machine.call("Core_initialize_block", scale::encode(header())), "a block");
        if (with_time)
            expect(machine.call("BlockBuilder_apply_extrinsic", timestamp()), "the timestamp");
    }

    static Bytes bare(const Call& call)
    {
        Bytes body{Extrinsic<Runtime>::kVersion};
        const auto encoded = scale::encode(call);
        body.insert(body.end(), encoded.begin(), encoded.end());
        return body;
    }
    static Bytes signed_by_alice(const Call& call)
    {
        const auto genesis = primitives::hash_of(Header{});
        return testing::signed_extrinsic(testing::alice(), scale::encode(call), {}, genesis, genesis);
    }
    static Bytes extrinsic(By by, Call call)
    {
        if (by == By::nobody)
            return bare(call);
        if (by == By::root)
            call = sudo::Sudo<Runtime>{std::move(call)};
        if (by == By::pure)
            call = sudo::SudoAs<Runtime>{weights::pure(), std::move(call)};
        return signed_by_alice(call);
    }

    uint64_t timed(std::string_view function, const Bytes& input)
    {
        const auto begin = clock_picoseconds(CLOCK_THREAD_CPUTIME_ID);
        const auto outcome = timed_->call(function, input);
        const auto end = clock_picoseconds(CLOCK_THREAD_CPUTIME_ID);
        expect(outcome, std::string{function});
        return end - begin;
    }
    uint64_t timed_undone(const Bytes& body)
    {
        timed_->begin();
        const auto time = timed("BlockBuilder_apply_extrinsic", scale::encode(body));
        timed_->undo();
        return time;
    }

    /// What the call touches, checked to succeed. Under Sudo, the call's own success is in the event.
    Touched count(const Bytes& body)
    {
        counted_->begin();
        const auto outcome = counted_->call("BlockBuilder_apply_extrinsic", scale::encode(body));
        expect(outcome, "a call");
        counted_->undo();
        if (*outcome.result != Bytes{0, 0})
            fail("a call failed where it should be at its worst");
        return touched_;
    }

    Cost cost(const Case& one, uint32_t n)
    {
        const auto body = extrinsic(one.by, one.make(n));
        const auto nothing = extrinsic(one.by == By::nobody ? By::alice : one.by, system::Remark{});
        const auto all = count(body);
        if (one.by == By::nobody)
            return {median([&] { return double(timed_undone(body)); }), all.reads, all.writes};
        const auto base = count(nothing);
        std::vector<double> with, without;
        for (size_t i = 0; i != kRuns; ++i)
        {
            with.push_back(double(timed_undone(body)));
            without.push_back(double(timed_undone(nothing)));
        }
        const auto time = std::max(bench::quantile(with, 0.5) - bench::quantile(without, 0.5), 0.0);
        return {uint64_t(time), all.reads - std::min(base.reads, all.reads),
                all.writes - std::min(base.writes, all.writes)};
    }
    static uint64_t median(auto body)
    {
        std::vector<double> times(kRuns);
        for (double& one : times)
            one = body();
        return uint64_t(bench::quantile(times, 0.5));
    }

    /// Of all threads: what compiling this runtime takes.
    static uint64_t compile_time(const Bytes& wasm)
    {
        const auto engine = executor::wasmtime_engine();
        if (!engine)
            fail(engine.error());
        std::vector<double> times(3);
        for (double& one : times)
        {
            const auto begin = clock_picoseconds(CLOCK_PROCESS_CPUTIME_ID);
            if (!(*engine)->compile(wasm, ::host::host_table()))
                fail("the runtime does not compile");
            one = double(clock_picoseconds(CLOCK_PROCESS_CPUTIME_ID) - begin);
        }
        return uint64_t(bench::quantile(times, 0.5));
    }

    Touched touched_{}, whole_{};
    std::unique_ptr<Machine> timed_, counted_;
    Pairs parent_;
    Header header_;
    Slot slot_ = kSlot;
    uint64_t compile_ = 0;
};

uint64_t safe(uint64_t measured) { return measured / 100 * kSafetyPercent + measured % 100 * kSafetyPercent / 100; }

/// 1234567 as 1'234'567.
std::string grouped(uint64_t number)
{
    auto text = std::to_string(number);
    for (auto at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3)
        text.insert(size_t(at), "'");
    return text;
}

std::string cpu_name()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name"))
            return line.substr(line.find(':') + 2);
    return "unknown";
}

std::string initializer(const Row& row)
{
    std::string text = "{.call = \"" + row.call + "\", .time = " + grouped(safe(row.time));
    if (row.reads != 0)
        text += ", .reads = " + std::to_string(row.reads);
    if (row.writes != 0)
        text += ", .writes = " + std::to_string(row.writes);
    if (!row.unit.empty())
        text += ", .first = {\"" + row.unit + "\", " + grouped(safe(row.unit_time)) + ", " +
                std::to_string(row.unit_reads) + ", " + std::to_string(row.unit_writes) + "}";
    return text + "}";
}

void write_header(const char* path, const weights::DatabaseCost& db, const Row& block, const Row& extrinsic,
                  const std::vector<Row>& rows)
{
    const auto now = std::time(nullptr);
    char date[16];
    std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
    std::ofstream out(path);
    out << "#pragma once\n\n#include \"runtime/frame/cost.hpp\"\n\n#include <array>\n\n"
        << "/// Written by `make weights` on " << date << ", " << cpu_name() << "; not by hand.\n"
        << "/// Medians of " << kRuns << " runs in wasmtime, times " << kSafetyPercent / 100 << "."
        << kSafetyPercent % 100 << "; storage on RocksDB with a million accounts, times the same.\n"
        << "namespace runtime::product::weights {\n\n"
        << "inline constexpr RuntimeDbWeight kDb{.read = " << grouped(safe(db.read))
        << ", .write = " << grouped(safe(db.write)) << "};\n"
        << "inline constexpr CallCost kBaseBlock" << initializer(block) << ";\n"
        << "inline constexpr CallCost kBaseExtrinsic" << initializer(extrinsic) << ";\n\n"
        << "inline constexpr std::array<CallCost, " << rows.size() << "> kCosts{{\n";
    for (const auto& row : rows)
        out << "    " << initializer(row) << ",\n";
    out << "}};\n\n} // namespace runtime::product::weights\n";
    if (!out.flush())
        fail(std::string("cannot write ") + path);
}

} // namespace

int main(int argc, char** argv)
{
    const bench::Session session(std::span<char* const>(argv, size_t(argc)));
    const char* path = std::getenv("ZKP_WEIGHTS");
    Bench bench{differential::read_code(ZKP_RUNTIME_WASM)};
    const auto show = [&](const Row& row) {
        session.count("weights/" + row.call, double(row.time) * 1e-12, "s");
        if (!row.unit.empty())
            session.count("weights/" + row.call + "/" + row.unit, double(row.unit_time) * 1e-12, "s");
        return row;
    };
    const auto block = show(bench.base_block());
    const auto extrinsic = show(bench.base_extrinsic());
    std::vector<Row> rows;
    for (const auto& one : weights::cases())
        if (path != nullptr || session.wants("weights/" + weights::name_of(one.make(0))))
            rows.push_back(show(bench.measure(one)));
    if (path == nullptr && !session.wants("weights/db_read") && !session.wants("weights/db_write"))
        return 0;
    const auto db = weights::measure_database();
    if (!db)
        fail("the database could not be measured: is there room for 2 GB in the folder for temporary files?");
    session.count("weights/db_read", double(db->read) * 1e-12, "s");
    session.count("weights/db_write", double(db->write) * 1e-12, "s");
    if (path != nullptr)
        write_header(path, *db, block, extrinsic, rows);
}
