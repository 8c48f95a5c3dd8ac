#include "node/core.hpp"

#include <algorithm>

namespace node {
namespace {

constexpr libp2p::Time kSavePeersEvery = std::chrono::minutes(5);

} // namespace

Core::Core(const CoreParts& parts, CoreOptions options, CoreEvents events)
    : loop_(parts.loop), ledger_(parts.ledger), options_(std::move(options)), events_(std::move(events)),
      author_(parts.ledger, parts.keystore, parts.entropy, parts.record),
      transactions_(
          parts.ledger, options_.pool,
          [this](const rpc::PoolEvent& event) {
              if (events_.pool)
                  events_.pool(event);
          },
          [this](const pool::Hash& hash, const base::Bytes& transaction) {
              peers_.gossip(transaction, [this, hash](std::vector<std::string> peers) {
                  transactions_.told_peers(hash, std::move(peers));
              });
          }),
      peers_(parts.loop, parts.carrier, parts.ledger, parts.identity, parts.network_entropy, options_.peers, *this),
      sync_(*this),
      finality_(
          {.loop = parts.loop,
           .ledger = parts.ledger,
           .keystore = parts.keystore,
           .record = parts.record,
           .submit =
               [this](base::ByteView extrinsic) {
                   using primitives::TransactionSource;
                   return transactions_.submit(extrinsic, TransactionSource::Local).has_value();
               },
           .vote = options_.authority},
          {.send = [this](const libp2p::PeerId& peer, const auto& message) { peers_.send_finality(peer, message); },
           .report = [this](const libp2p::PeerId& peer, int32_t change) { peers_.report(peer, change); },
           .want = [this](const libp2p::PeerId& peer, const BlockId& block) { sync_.wanted(peer, block, loop_.now()); },
           .proofs = [this](const libp2p::PeerId& peer) { sync_.proofs_wanted(peer, loop_.now()); },
           .decided =
               [this](const Decision& decision) {
                   peers_.tell_light(decision);
                   if (events_.decision)
                       events_.decision(decision);
               },
           .settle = [this] { sync_on(); },
           .log = [this](host::LogLevel level, const std::string& words) { log(level, "grandpa", words); }})
{
    ledger_.listen({.imported = [this](const ledger::Imported& imported) { on_imported(imported); },
                    .finalised = [this](const ledger::FinalisedBlocks& finalised) { on_finalised(finalised); }});
}

std::expected<void, std::string> Core::start()
{
    if (auto listening = peers_.start(); !listening)
        return listening;
    finality_.start();
    loop_.after(kSavePeersEvery, [this] { save_peers(); });
    if (options_.authority)
    {
        // Never a slot that began before we did.
        last_slot_ = author::slot_at(loop_.unix_ms(), ledger_.configuration().slot_duration_ms);
        await_slot();
    }
    return {};
}

void Core::stop()
{
    if (events_.peers)
        events_.peers(peers_.save());
    stopped_ = true;
    finality_.stop();
    peers_.stop();
}

void Core::save_peers()
{
    if (stopped_)
        return;
    if (events_.peers)
        loop_.work([this, bytes = peers_.save()] { events_.peers(bytes); });
    loop_.after(kSavePeersEvery, [this] { save_peers(); });
}

// Making blocks.

void Core::await_slot()
{
    constexpr uint64_t kLookAgain = 1000; // the clock may be set meanwhile
    const auto duration = ledger_.configuration().slot_duration_ms;
    const auto now = loop_.unix_ms();
    const auto next = author::slot_start_ms(std::max(last_slot_, author::slot_at(now, duration)) + 1, duration);
    loop_.after(libp2p::Time(std::min(next - now, kLookAgain)), [this] {
        if (stopped_)
            return;
        const auto slot = author::slot_at(loop_.unix_ms(), ledger_.configuration().slot_duration_ms);
        if (slot > last_slot_)
            on_slot(slot);
        await_slot();
    });
}

void Core::on_slot(chain::Slot slot)
{
    last_slot_ = slot;
    if (!behind_)
        loop_.write([this, slot] { make_block(slot); });
}

void Core::make_block(chain::Slot slot)
{
    const auto duration = ledger_.configuration().slot_duration_ms;
    const auto now = loop_.unix_ms();
    if (author::slot_at(now, duration) != slot)
        return log(host::LogLevel::warn, "author", "slot " + std::to_string(slot) + " has passed: this node is slow");
    const auto deadline = author::slot_start_ms(slot, duration) + duration * 2 / 3;
    const auto begun = loop_.now();
    const auto made = author_.make(slot, now, transactions_.source(), [&] { return loop_.unix_ms() >= deadline; });
    if (!made)
        log(host::LogLevel::error, "author", "slot " + std::to_string(slot) + ": " + made.error());
    else if (*made)
    {
        const auto took = loop_.now() - begun;
        log(host::LogLevel::info, "author",
            "made block " + std::to_string((*made)->block.number) + ": " + std::to_string((*made)->extrinsics) +
                " extrinsics in " + std::to_string(took.count()) + " ms");
        if (events_.made)
            events_.made(double(took.count()) / 1000, (*made)->extrinsics);
    }
    if (const auto words = ledger_.broken(); words && events_.broken)
        events_.broken(*words);
}

// Peers.

void Core::on_peer(const libp2p::PeerId& peer, const BlockId& best)
{
    sync_.joined(peer, best, loop_.now());
    sync_on();
}

void Core::on_peer_gone(const libp2p::PeerId& peer)
{
    sync_.left(peer, loop_.now());
    sync_on();
}

void Core::on_announce(const libp2p::PeerId& peer, const Header& header, bool is_best)
{
    sync_.announced(peer, header, is_best, loop_.now());
    sync_on();
}

void Core::on_voter(const libp2p::PeerId& peer, protocols::Role role)
{
    finality_.joined(peer, role);
    sync_on();
}

void Core::on_voter_gone(const libp2p::PeerId& peer) { finality_.left(peer); }

void Core::on_finality(const libp2p::PeerId& peer, const protocols::grandpa::Message& message)
{
    finality_.heard(peer, message);
    sync_on();
}

void Core::on_blocks(const libp2p::PeerId& peer, uint64_t id, const std::optional<protocols::BlockResponse>& response)
{
    sync_.response(peer, id, response, loop_.now());
    sync_on();
}

Worth Core::on_transaction(const base::Bytes& transaction)
{
    return worth_of(transactions_.submit(transaction, primitives::TransactionSource::External));
}

// Fetching blocks.

/// Does what sync says, and arranges its next tick.
void Core::sync_on()
{
    if (stopped_)
        return;
    while (auto effect = sync_.next())
        std::visit([&](auto& each) { take(each); }, *effect);
    behind_ = sync_.behind();
    target_ = sync_.target();
    peers_.settle();
    const auto due = sync_.deadline();
    if (due == libp2p::Time::max() || (sync_due_ && *sync_due_ <= due))
        return;
    sync_due_ = due;
    loop_.after(std::max(due - loop_.now(), libp2p::Time(1)), [this, due] {
        if (sync_due_ == due)
            sync_due_.reset();
        sync_.tick(loop_.now());
        sync_on();
    });
}

void Core::take(const syncing::effect::Ask& ask) { peers_.ask(ask.peer, ask.id, ask.request); }

void Core::take(const syncing::effect::Report& report) { peers_.report(report.peer, report.change); }

void Core::take(syncing::effect::Import& batch)
{
    for (auto& block : batch.blocks)
        loop_.write([this, block = std::move(block)] {
            const auto outcome = import(block);
            loop_.post([this, hash = block.hash, outcome] {
                sync_.imported(hash, outcome, loop_.now());
                sync_on();
            });
        });
}

void Core::take(const syncing::effect::Justified& justified)
{
    loop_.write([this, justified] {
        if (const auto kept = finality_.accept(justified.hash, justified.justification); !kept)
            loop_.post([this, peer = justified.peer] { peers_.report(peer, kFalseProof); });
    });
}

syncing::Outcome Core::import(const syncing::Incoming& block)
{
    if (ledger_.contains(block.hash))
    {
        if (block.justification)
            finality_.accept(block.hash, *block.justification);
        return syncing::Outcome::known;
    }
    const auto slot = author::slot_at(loop_.unix_ms(), ledger_.configuration().slot_duration_ms);
    const auto imported = ledger_.import(block.block, slot);
    if (!imported)
    {
        log(host::LogLevel::debug, "sync",
            "block " + std::to_string(block.block.header.number.value) + ": " + imported.error().words);
        return imported.error().by_peer ? syncing::Outcome::bad : syncing::Outcome::not_now;
    }
    if (block.justification && !finality_.accept(block.hash, *block.justification))
        loop_.post([this, peer = block.peer] { peers_.report(peer, kFalseProof); });
    return syncing::Outcome::imported;
}

void Core::on_imported(const ledger::Imported& imported)
{
    if (events_.imported)
        events_.imported(imported);
    transactions_.on_imported(imported);
    revalidate_soon();
    const bool is_best = imported.best && !imported.best->enacted.empty();
    loop_.post([this, header = imported.header, hash = imported.block.hash, is_best] {
        peers_.announce(header, is_best);
        finality_.imported(hash);
        sync_.chain_changed(loop_.now());
        sync_on();
    });
    if (imported.equivocation)
        finality_.report_author(*imported.equivocation, imported.block.hash);
}

void Core::on_finalised(const ledger::FinalisedBlocks& finalised)
{
    if (events_.finalised)
        events_.finalised(finalised);
    transactions_.on_finalised(finalised);
    finality_.finalised(finalised);
    loop_.post([this] {
        sync_.chain_changed(loop_.now());
        sync_on();
    });
}

void Core::revalidate_soon()
{
    if (!revalidating_.exchange(true))
        loop_.work([this] {
            transactions_.revalidate();
            revalidating_ = false;
        });
}

void Core::log(host::LogLevel level, std::string_view target, const std::string& words) const
{
    if (events_.log)
        events_.log(level, target, words);
}

} // namespace node
