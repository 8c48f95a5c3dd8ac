#include "node/offchain.hpp"

#include "author/claim.hpp"

namespace node {
namespace {

constexpr uint64_t kTickMs = 10; // of the engine
constexpr uint64_t kTicks = offchain::kRunMs / kTickMs;

} // namespace

std::expected<std::unique_ptr<OffchainWorkers>, std::string>
OffchainWorkers::open(const Parts& parts, const std::string& file, offchain::Services services)
{
    auto storage = offchain::LocalStorageFile::open(file);
    if (!storage)
        return std::unexpected(storage.error());
    services.storage = storage->get();
    return std::unique_ptr<OffchainWorkers>(new OffchainWorkers(parts, std::move(*storage), std::move(services)));
}

OffchainWorkers::OffchainWorkers(Parts parts, std::unique_ptr<offchain::LocalStorageFile> storage,
                                 offchain::Services services)
    : parts_(std::move(parts)), storage_(std::move(storage)),
      workers_(std::move(services), [this](const offchain::Job& job, host::Offchain& world) { run(job, world); })
{
}

void OffchainWorkers::on_imported(const ledger::Imported& imported, uint64_t unix_ms)
{
    if (!imported.best || parts_.ledger.best().hash != imported.block.hash)
        return;
    const auto slot = parts_.ledger.slot(imported.block.hash);
    const auto now = author::slot_at(unix_ms, parts_.ledger.configuration().slot_duration_ms);
    if (!slot || *slot + kRecentSlots < now)
        return;
    workers_.start({.hash = imported.block.hash, .header = scale::encode(imported.header)});
}

void OffchainWorkers::run(const offchain::Job& job, host::Offchain& world) const
{
    host::Surroundings around;
    around.keystore = &parts_.keystore;
    around.offchain = &world;
    around.log = parts_.log;
    const auto done =
        parts_.ledger.call(job.hash, "OffchainWorkerApi_offchain_worker", job.header, around, {.ticks = kTicks});
    if (!done && parts_.log) // a runtime without workers, a pruned block, or one that took too long
        parts_.log(host::LogLevel::debug, "offchain", done.error().words);
}

void OffchainWorkers::stop()
{
    workers_.cease();
    // The engine's clock is moved past every limit: loops that ask the host for nothing end too.
    for (uint64_t i = 0; i <= kTicks; ++i)
        parts_.engine.tick();
    workers_.stop();
}

} // namespace node
