#include "node/author.hpp"
#include "base/hex.hpp"
#include "database/rocks.hpp"
#include "env/entropy.hpp"
#include "env/stepped_loop.hpp"
#include "hash/blake2b.hpp"
#include "node/chain_spec.hpp"
#include "node/finality.hpp"
#include "scale/scale.hpp"
#include "signature/derive.hpp"
#include "trie/child.hpp"
#include "trie/update.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

/// node_author FOLDER NUMBER HASH [check]: opens a development chain in the folder, checks that block NUMBER, which was
/// final, still is and has that hash, that the chain is linked and that its state gives its root; then makes blocks
/// full of transfers and finalises them until it is killed or a write fails. Prints `checked N HASH`, then `N HASH` for
/// each finalised block once it is final, then `stopped WORDS`. With `check` it ends before it makes blocks.
namespace {

using base::Bytes;
using base::ByteView;

constexpr uint32_t kTransfers = 40; ///< in each block

using base::hex;

[[noreturn]] void stop(const std::string& words)
{
    std::printf("stopped %s\n", words.c_str());
    std::exit(1);
}

/// Balances.transfer_keep_alive, signed: what a wallet sends.
Bytes transfer(const signature::sr25519::Keypair& from, const primitives::RuntimeVersion& version,
               const base::Digest& genesis, uint32_t nonce, env::OsEntropy& entropy)
{
    Bytes call{6, 3, 0};
    Bytes name{'t', 'o'};
    name.insert(name.end(), {uint8_t(nonce), uint8_t(nonce >> 8), uint8_t(nonce >> 16)});
    const auto to = hash::blake2_256(ByteView(name));
    call.insert(call.end(), to.begin(), to.end());
    const auto value = scale::encode(scale::Compact<uint64_t>{1'000'000 + nonce});
    call.insert(call.end(), value.begin(), value.end());
    Bytes extra{0}; // immortal
    const auto encoded = scale::encode(scale::Compact<uint32_t>{nonce});
    extra.insert(extra.end(), encoded.begin(), encoded.end());
    extra.insert(extra.end(), {0, 0}); // no tip, no metadata hash

    scale::Writer message;
    message.put(ByteView(call));
    message.put(ByteView(extra));
    scale::encode(std::tuple{version.spec_version, version.transaction_version, genesis, genesis, uint8_t{0}}, message);
    const auto signature = signature::sr25519::sign(from, message.take(), entropy);
    Bytes out{0x84, 0};
    const auto put = [&](ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
    put(from.public_key());
    out.push_back(1);
    put(signature);
    put(extra);
    put(call);
    return out;
}

/// The root of a state built anew from its values, the flat ones, must be the header's.
void check_state(const ledger::Ledger& ledger, const ledger::BlockId& block)
{
    std::map<Bytes, Bytes> values;
    for (auto at = ledger.next_key(block.hash, std::nullopt, {});; at = ledger.next_key(block.hash, std::nullopt, **at))
    {
        if (!at)
            stop(at.error().words);
        if (!*at)
            break;
        const auto value = ledger.value(block.hash, std::nullopt, **at);
        if (!value || !*value)
            stop("a key of the state has no value");
        values[**at] = **value;
    }
    trie::StateChanges changes;
    for (const auto& [key, value] : values)
        changes.top.push_back({key, ByteView(value)});
    const trie::EmptyStore nothing;
    const auto root = trie::apply_state(nothing, trie::empty_root(), changes, trie::Version::v1);
    if (!root || root->root != ledger.header(block.hash)->state_root)
        stop("the state of block " + std::to_string(block.number) + " does not give its root");
}

void check(const ledger::Ledger& ledger, ledger::BlockNumber number, const std::string& hash)
{
    const auto final = ledger.finalised(), best = ledger.best();
    if (final.number < number)
        stop("block " + std::to_string(number) + " is not final any more");
    if (number != 0 && hex(ledger.hash_at(number).value()) != hash)
        stop("another block " + std::to_string(number) + " is final");
    for (auto at = best; at.number != 0; --at.number)
    {
        const auto header = ledger.header(at.hash);
        if (!header || header->number.value != at.number || ledger.hash_at(at.number) != at.hash ||
            !ledger.body(at.hash))
            stop("block " + std::to_string(at.number) + " is not linked");
        at.hash = header->parent_hash;
    }
    const auto proof = ledger.newest_proof();
    if (final.number != 0 && (!proof || proof->block != final.hash))
        stop("the newest proof of finality is not of the finalised block");
    check_state(ledger, final);
    check_state(ledger, best);
}

/// Blocks full of transfers, two of three finalised, until the process ends.
[[noreturn]] void make_blocks(ledger::Ledger& chain, watermark::Record& record)
{
    env::OsEntropy entropy;
    host::Keystore keystore(entropy);
    const auto babe = keystore.insert<signature::sr25519::Keypair>({'b', 'a', 'b', 'e'}, "//Alice").value();
    keystore.insert<signature::ed25519::Keypair>({'g', 'r', 'a', 'n'}, "//Alice").value();
    node::Author author(chain, keystore, entropy, record);
    env::SteppedLoop loop;
    std::string failed;
    node::Finality finality(
        {.loop = loop, .ledger = chain, .keystore = keystore, .record = record, .submit = {}, .vote = true},
        {.send = {},
         .report = {},
         .want = {},
         .proofs = {},
         .decided = [](const node::Decision&) {},
         .settle = [] {},
         .log = [&](host::LogLevel, const std::string& words) { failed = words; }});
    chain.listen({.imported =
                      [&](const ledger::Imported& imported) {
                          loop.post([&, hash = imported.block.hash] { finality.imported(hash); });
                      },
                  .finalised = [&](const ledger::FinalisedBlocks& blocks) { finality.finalised(blocks); }});
    loop.post([&] { finality.start(); });
    const auto alice = signature::sr25519::from_uri("//Alice").value();
    const auto version = chain.version(chain.best().hash).value();
    watermark::Key key{};
    std::ranges::copy(babe, key.begin());
    for (;;)
    {
        const auto best = chain.best();
        const auto account = chain.call(best.hash, "AccountNonceApi_account_nonce", ByteView(alice.public_key()));
        if (!account)
            stop(account.error().words);
        auto nonce = scale::decode<uint32_t>(ByteView(*account)).value();
        const auto end = nonce + kTransfers;
        // The slot of a block that was sealed, and lost with the process, is not sealed again.
        const auto slot = std::max({chain.slot(best.hash).value_or(0), record.marks().last_slot(key).value_or(0),
                                    chain::Slot{1'000'000}}) +
                          1;
        const node::BlockTransactions transfers{.next = [&]() -> std::optional<Bytes> {
                                                    if (nonce == end)
                                                        return std::nullopt;
                                                    return transfer(alice, version, chain.genesis_hash(), nonce++,
                                                                    entropy);
                                                },
                                                .refused = [](const auto&) { stop("a transfer is refused"); }};
        const auto block =
            author.make(slot, slot * chain.configuration().slot_duration_ms, transfers, [] { return false; });
        if (!block)
            stop(block.error());
        if (!*block)
            stop("the slot is not ours");
        if (best.number % 3 == 0)
            continue; // some wait for finality when the process ends
        const auto decided = [&] { return !failed.empty() || chain.finalised().number > best.number; };
        if (!loop.run_until(decided, std::chrono::seconds(60)) || !failed.empty())
            stop(failed.empty() ? "no decision" : failed);
        std::printf("%u %s\n", chain.finalised().number, hex(chain.finalised().hash).c_str());
        std::fflush(stdout);
    }
}

} // namespace

int main(int count, char** arguments)
{
    const bool check_only = count == 5 && std::string_view(arguments[4]) == "check";
    if (count != 4 && !check_only)
        return 2;
    const std::string folder = arguments[1];
    auto made = executor::wasmtime_engine();
    if (!made)
        stop(made.error());
    const std::shared_ptr<const executor::Engine> engine = std::move(*made);
    const auto genesis = node::genesis_state(*engine, node::built_in_runtime(), "development", "{}").value();
    auto tables = database::open_rocks({.folder = folder + "/db", .unwritten_bytes = size_t{1} << 20});
    if (!tables)
        stop(tables.error().words);
    auto opened = ledger::Ledger::open(std::move(*tables), genesis, engine, {}, {.store = {.states_kept = 8}});
    if (!opened)
        stop(opened.error().words);
    auto& chain = **opened;
    check(chain, ledger::BlockNumber(std::strtoul(arguments[2], nullptr, 10)), arguments[3]);
    std::printf("checked %u %s\n", chain.finalised().number, hex(chain.finalised().hash).c_str());
    std::fflush(stdout);
    if (check_only)
        return 0;
    if (!watermark::Record::exists(folder))
        if (const auto begun = watermark::Record::create(folder, 0); !begun)
            stop(begun.error());
    const auto record = watermark::Record::open(folder);
    if (!record)
        stop(record.error());
    make_blocks(chain, **record);
}
