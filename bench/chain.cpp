#include "harness.hpp"

#include "base/parallel.hpp"
#include "database/rocks.hpp"
#include "env/entropy.hpp"
#include "executor/engine.hpp"
#include "node/author.hpp"
#include "node/chain_spec.hpp"
#include "node/finality.hpp"
#include "pool/pool.hpp"
#include "primitives/extrinsic.hpp"
#include "primitives/storage_key.hpp"
#include "scale/scale.hpp"
#include "watermark/record.hpp"

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

/// Blocks of signed sr25519 balances.transfer_keep_alive, with fees and events, over a state of a million accounts:
/// wasmtime, RocksDB on disk, state pruning and an interruptible engine as `zkp node` has them. Blocks are as full as
/// the runtime's weight and length limits let them be; every sender sends once, every receiver is any of the million.
///
/// chain/import_tps       Ledger::import: verify the seal and the signatures, execute, root, keep
/// chain/import_final_tps the same and the finalisation of each block, its sync to the disk included
/// chain/author_tps       Author::make from ready transactions to the kept block. That the pool validated them before,
///                        is not in it:
/// chain/validate_tps     TaggedTransactionQueue_validate_transaction and Pool::insert, one after another on one thread
/// Each has a sister `_cpu_tps`: transactions for each second of processor time, of all threads together.
namespace {

using base::Bytes;
using base::ByteView;

constexpr size_t kAccounts = 1'000'000, kBlocks = 7, kSendersMax = 56'000;
constexpr host::KeyType kBabe{'b', 'a', 'b', 'e'}, kGrandpa{'g', 'r', 'a', 'n'};
constexpr std::array<uint8_t, 2> kTransferKeepAlive{6, 3}; // Balances, transfer_keep_alive

[[noreturn]] void fail(const std::string& words)
{
    std::fprintf(stderr, "bench_chain: %s\n", words.c_str());
    std::exit(1);
}

template <class T, class E>
T must(std::expected<T, E> result, const char* what)
{
    if (!result)
    {
        if constexpr (requires { result.error().words; })
            fail(std::string(what) + ": " + result.error().words);
        else if constexpr (std::is_same_v<E, std::string>)
            fail(std::string(what) + ": " + result.error());
        else
            fail(what);
    }
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

class NoEntropy final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, uint8_t{0}); }
};

using signature::sr25519::Keypair;

Keypair pair_of(size_t number)
{
    signature::Bytes32 seed{};
    for (size_t i = 0; i != 4; ++i)
        seed[i] = uint8_t(number >> (8 * i));
    return Keypair::from_seed(signature::Seed(seed));
}

/// The senders' accounts, whose keys are known, and as many others as make a million.
std::vector<primitives::AccountId32> accounts()
{
    std::vector<primitives::AccountId32> all(kAccounts);
    base::parallel(kAccounts, 1000, [&](size_t begin, size_t end) {
        for (size_t i = begin; i != end; ++i)
        {
            if (i < kSendersMax)
                all[i].bytes = pair_of(i).public_key();
            else
                all[i].bytes = hash::blake2_256(scale::encode(uint64_t{i}));
        }
    });
    return all;
}

/// Adds funded accounts to a genesis state: rows of System.Account as the runtime writes them, and their sum.
void fund(ledger::GenesisState& state, std::span<const primitives::AccountId32> accounts)
{
    const scale::u128 free = scale::u128{1'000'000} * 1'000'000'000'000'000'000u;
    const auto prefix = primitives::storage_prefix("System", "Account");
    const auto value = scale::encode(std::tuple{0u, 0u, 1u, 0u, free, scale::u128{0}, scale::u128{0},
                                                scale::u128{1} << 127}); // nonce, three counts, AccountData
    for (const auto& account : accounts)
    {
        Bytes key(prefix.begin(), prefix.end());
        const auto hash = hash::blake2_128(account.bytes);
        key.insert(key.end(), hash.begin(), hash.end());
        key.insert(key.end(), account.bytes.begin(), account.bytes.end());
        state.emplace(std::move(key), value);
    }
    const auto total = primitives::storage_prefix("Balances", "TotalIssuance");
    auto& row = state[Bytes(total.begin(), total.end())];
    const auto before = row.empty() ? scale::u128{0} : must(scale::decode<scale::u128>(ByteView(row)), "TotalIssuance");
    row = scale::encode(before + free * accounts.size());
}

/// One signed transfer of each sender to anybody.
std::vector<Bytes> transfers(std::span<const primitives::AccountId32> accounts, const ledger::Hash& genesis,
                             const primitives::RuntimeVersion& version)
{
    std::vector<Bytes> all(kSendersMax);
    base::parallel(kSendersMax, 100, [&](size_t begin, size_t end) {
        NoEntropy entropy;
        for (size_t i = begin; i != end; ++i)
        {
            const auto to = accounts[(i * 7'919 + 104'729) % kAccounts];
            scale::Writer call;
            call.put(ByteView(kTransferKeepAlive));
            scale::encode(std::tuple{primitives::MultiAddress{to}, scale::Compact<scale::u128>{1'000'000 + i}}, call);
            const primitives::Implicit implicit{.spec_version = version.spec_version,
                                                .transaction_version = version.transaction_version,
                                                .genesis = genesis,
                                                .birth = genesis,
                                                .metadata_hash = {}};
            primitives::Extrinsic<> extrinsic{.signature = {}, .call = {call.take()}};
            const primitives::Extra extra;
            const auto payload = primitives::signing_payload(extrinsic.call, extra, implicit);
            const primitives::Sr25519Signature made{signature::sr25519::sign(pair_of(i), payload, entropy)};
            extrinsic.signature.emplace(accounts[i], made, extra);
            scale::Writer body;
            extrinsic.encode_body(body);
            all[i] = body.take();
        }
    });
    return all;
}

double wall_now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Processor time of all threads of the process.
double cpu_now() { return double(std::clock()) / CLOCKS_PER_SEC; }

/// Transactions a second, block by block, by the clock on the wall and by processor time.
class Rate
{
public:
    void add(size_t transactions, double wall, double cpu)
    {
        wall_.push_back(double(transactions) / wall);
        cpu_.push_back(double(transactions) / cpu);
    }
    void print(const bench::Session& session, const std::string& name) const
    {
        session.count(name + "_tps", bench::quantile(wall_, 0.5), "tx/s");
        session.count(name + "_cpu_tps", bench::quantile(cpu_, 0.5), "tx/s");
    }

private:
    std::vector<double> wall_, cpu_;
};

/// What `body` takes, added to a rate with the number of transactions that it returns.
void timed(Rate& rate, const auto& body)
{
    const double wall = wall_now(), cpu = cpu_now();
    const size_t transactions = body();
    rate.add(transactions, wall_now() - wall, cpu_now() - cpu);
}

/// A chain in a folder, its engine's clock, and the keys of the development chain's one authority.
class Chain
{
public:
    Chain(const std::filesystem::path& folder, const ledger::GenesisState& genesis)
        : engine_(must(executor::wasmtime_engine({.interruptible = true, .library = {}}), "the engine")),
          ticking_([this](const std::stop_token& stop) {
              for (; !stop.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(10)))
                  engine_->tick();
          }),
          keystore_(entropy_)
    {
        auto tables = must(database::open_rocks({.folder = folder.string()}), "the database");
        ledger_ = must(ledger::Ledger::open(std::move(tables), genesis, engine_, {}), "the ledger");
        must(keystore_.insert<Keypair>(kBabe, "//Alice"), "the key");
        must(keystore_.insert<signature::ed25519::Keypair>(kGrandpa, "//Alice"), "the key");
        finality_.emplace(*ledger_, keystore_, record_);
    }

    ledger::Ledger& ledger() { return *ledger_; }
    void finalise()
    {
        if (const auto failed = finality_->vote())
            fail(*failed);
    }

    /// The block of a slot, of transactions from `next`.
    size_t make(chain::Slot slot, const std::function<std::optional<Bytes>()>& next)
    {
        node::Author author(*ledger_, keystore_, entropy_, record_);
        const node::BlockTransactions source{.next = next,
                                             .refused = [](const auto&) { fail("a transfer is refused"); }};
        const auto duration = ledger_->configuration().slot_duration_ms;
        const auto made = must(author.make(slot, slot * duration, source, [] { return false; }), "authoring");
        if (!made)
            fail("the slot is not ours");
        return ledger_->body(made->block.hash)->size();
    }

private:
    std::shared_ptr<executor::Engine> engine_;
    std::jthread ticking_;
    env::OsEntropy entropy_;
    host::Keystore keystore_;
    watermark::Record record_;
    std::unique_ptr<ledger::Ledger> ledger_;
    std::optional<node::Finality> finality_;
};

/// Lets the runtime judge a transaction and puts it into the pool.
void submit(pool::Pool& pool, const ledger::Ledger& ledger, const Bytes& extrinsic)
{
    constexpr uint8_t kExternal = 2;
    const auto best = ledger.best();
    const auto input = scale::encode(std::tuple{kExternal, extrinsic, best.hash});
    const auto answer =
        must(ledger.call(best.hash, "TaggedTransactionQueue_validate_transaction", input), "validation");
    const auto validity = must(scale::decode<primitives::TransactionValidity>(ByteView(answer)), "validation");
    if (!validity)
        fail("a transfer is not valid");
    must(pool.insert(extrinsic, *validity, pool::BlockNumber(best.number), 0), "the pool");
}

struct Made
{
    std::vector<primitives::Block> blocks;
    chain::Slot last_slot = 0;
};

/// Authors full blocks from pools that were filled before, and finalises each.
Made author_blocks(const bench::Session& session, Chain& chain, const std::vector<Bytes>& transfers)
{
    Made made;
    Rate authoring, validation;
    const auto version = must(chain.ledger().version(chain.ledger().best().hash), "the version");
    size_t sent = 0;
    double full = 0;
    chain::Slot slot = 1'600'000'000;
    for (size_t block = 0; block != kBlocks; ++block)
    {
        pool::Pool pool;
        Rate warm_up;
        const auto most = std::min(pool::kReadyMax, transfers.size() - sent);
        timed(block == 0 ? warm_up : validation, [&] {
            for (size_t i = 0; i != most; ++i)
                submit(pool, chain.ledger(), transfers[sent + i]);
            return most;
        });
        auto ready = pool.ready();
        size_t taken = 0;
        timed(block == 0 ? warm_up : authoring, [&] {
            taken = chain.make(++slot, [&]() -> std::optional<Bytes> {
                const auto next = ready.next();
                return next ? std::optional(*next->bytes) : std::nullopt;
            }) - 1; // the timestamp
            return taken;
        });
        chain.finalise();
        sent += taken;
        full = std::max(full, double(taken));
        const auto hash = chain.ledger().best().hash;
        made.blocks.push_back({*chain.ledger().header(hash), *chain.ledger().body(hash)});
    }
    made.last_slot = slot;
    session.count("chain/block_transactions", full, "tx");
    authoring.print(session, "chain/author");
    validation.print(session, "chain/validate");
    return made;
}

void import_blocks(const bench::Session& session, Chain& chain, const Made& made)
{
    Rate imports, with_finality;
    for (size_t i = 0; i != made.blocks.size(); ++i)
    {
        const auto& block = made.blocks[i];
        Rate warm_up;
        timed(i == 0 ? warm_up : with_finality, [&] {
            timed(i == 0 ? warm_up : imports, [&] {
                must(chain.ledger().import(block, made.last_slot), "import");
                return block.extrinsics.size() - 1;
            });
            chain.finalise();
            return block.extrinsics.size() - 1;
        });
    }
    imports.print(session, "chain/import");
    with_finality.print(session, "chain/import_final");
}

/// A folder that goes with its owner.
class Folder
{
public:
    Folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "bench_chain.XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            fail("no temporary folder");
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

} // namespace

int main(int argc, char** argv)
{
    const bench::Session session(std::span<char* const>(argv, size_t(argc)));
    if (!session.wants("chain/"))
        return 0;
    const auto plain = must(executor::wasmtime_engine(), "the engine");
    auto genesis = must(node::genesis_state(*plain, node::built_in_runtime(), "development", {}), "the genesis state");
    const auto everybody = accounts();
    fund(genesis, everybody);

    const Folder folder;
    std::optional<Chain> chain;
    chain.emplace(folder / "first", genesis);
    chain.reset();
    std::filesystem::copy(folder / "first", folder / "second", std::filesystem::copy_options::recursive);

    chain.emplace(folder / "first", genesis);
    bench::wait_until_quiet();
    auto& ledger = chain->ledger();
    const auto version = must(ledger.version(ledger.genesis_hash()), "the version");
    const auto made = author_blocks(session, *chain, transfers(everybody, ledger.genesis_hash(), version));
    chain.reset();

    chain.emplace(folder / "second", genesis);
    bench::wait_until_quiet();
    import_blocks(session, *chain, made);
    return 0;
}
