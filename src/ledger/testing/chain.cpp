#include "ledger/testing/chain.hpp"

#include "author/claim.hpp"
#include "base/invariant.hpp"
#include "database/memory.hpp"
#include "env/file.hpp"
#include "executor/blob.hpp"
#include "executor/inspect.hpp"
#include "hash/twox.hpp"
#include "host/table.hpp"
#include "scale/scale.hpp"
#include "signature/derive.hpp"
#include "trie/root.hpp"

namespace ledger::testing {
namespace {

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

GenesisState make_product_genesis()
{
    const auto code = *env::read_file(ZKP_RUNTIME_FILE, executor::kCodeBytesMax);
    // The interpreter: compiling the runtime a second time takes longer than this one call.
    const auto module = *executor::wabt_engine()->compile(*executor::unpack(code), host::host_table());
    trie::EmptyStore nothing;
    TrieState below(nothing, trie::empty_root());
    const host::Surroundings around;
    host::State state({.values = &below, .nodes = &nothing, .root = trie::empty_root()}, around);
    const auto preset =
        *module->call("GenesisBuilder_get_preset", scale::encode(std::optional(std::string("development"))), state);
    const auto json = **scale::decode<std::optional<Bytes>>(ByteView(preset));
    base::invariant(module->call("GenesisBuilder_build_state", scale::encode(json), state).has_value());
    GenesisState genesis;
    for (const auto& [key, entry] : state.overlay.changes())
        if (entry.value)
            genesis.emplace(key, Bytes(entry.value->view().begin(), entry.value->view().end()));
    genesis[{':', 'c', 'o', 'd', 'e'}] = code;
    return genesis;
}

Digest extrinsics_root(const std::vector<Bytes>& extrinsics)
{
    return *trie::ordered_root(std::vector<ByteView>(extrinsics.begin(), extrinsics.end()), trie::Version::v0);
}

} // namespace

std::shared_ptr<const executor::Engine> engine()
{
    static const std::shared_ptr<const executor::Engine> kEngine =
        *executor::wasmtime_engine({.interruptible = true, .library = {}});
    return kEngine;
}

const GenesisState& product_genesis()
{
    static const auto kGenesis = make_product_genesis();
    return kGenesis;
}

primitives::babe::Configuration configuration()
{
    const auto alice = *signature::sr25519::from_uri("//Alice");
    return {.slot_duration_ms = 1000,
            .epoch_length = 20,
            .c = {1, 4},
            .authorities = {{{alice.public_key()}, 1}},
            .randomness = {},
            .allowed_slots = primitives::babe::AllowedSlots::PrimaryAndSecondaryVRFSlots};
}

Bytes storage_name(std::string_view pallet, std::string_view item)
{
    Bytes name;
    append(name, hash::twox_128(pallet));
    append(name, hash::twox_128(item));
    return name;
}

Chain::Chain(const GenesisState& genesis, std::unique_ptr<database::KeyValue> tables, const Options& options)
    : alice_(*signature::sr25519::from_uri("//Alice"))
{
    if (!tables)
        tables = std::make_unique<database::MemoryKeyValue>();
    auto opened = Ledger::open(std::move(tables), genesis, engine(), {}, options);
    base::invariant(opened.has_value());
    ledger = std::move(*opened);
}

Bytes Chain::signed_by_alice(const Bytes& call, uint32_t nonce)
{
    const auto version = *ledger->version(ledger->best().hash);
    Bytes extra{0}; // immortal
    append(extra, scale::encode(scale::Compact<uint32_t>{nonce}));
    append(extra, Bytes{0, 0}); // no tip, no metadata hash
    auto message = call;
    append(message, extra);
    append(message, scale::encode(std::tuple{version.spec_version, version.transaction_version, ledger->genesis_hash(),
                                             ledger->genesis_hash(), uint8_t{0}}));
    Bytes out{0x84, 0};
    append(out, alice_.public_key());
    out.push_back(1);
    append(out, signature::sr25519::sign(alice_, message, entropy_));
    append(out, extra);
    append(out, call);
    return out;
}

Slot Chain::next_slot() const { return ledger->slot(ledger->best().hash).value_or(1'000'000) + 1; }

primitives::DigestItem Chain::claim(Slot slot)
{
    const auto epoch = *ledger->epochs(ledger->best().hash)->epoch_of_child(slot);
    const author::WithKey lend = [&](const auto&, const auto& use) { return use(alice_), true; };
    return author::pre_runtime(*author::claim_slot(slot, *epoch, lend, entropy_));
}

void Chain::seal(Header& header)
{
    const author::WithKey lend = [&](const auto&, const auto& use) { return use(alice_), true; };
    author::seal(header, {}, lend, entropy_);
}

Block Chain::made(const std::vector<Bytes>& transactions)
{
    const auto slot = next_slot();
    const auto inherents = author::inherents(slot * ledger->configuration().slot_duration_ms, slot);
    const auto proposal = *ledger->propose(ledger->best().hash, {claim(slot)}, inherents);
    for (const auto& transaction : transactions)
        base::invariant(proposal->apply(transaction).has_value());
    auto header = *ledger->finish(*proposal);
    seal(header);
    return {header, proposal->extrinsics()};
}

Block Chain::changed(Block block, const std::function<void(Block&)>& change)
{
    block.header = primitives::unseal(block.header)->header;
    change(block);
    block.header.extrinsics_root = extrinsics_root(block.extrinsics);
    seal(block.header);
    return block;
}

} // namespace ledger::testing
