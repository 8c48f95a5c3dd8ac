#pragma once

#include "executor/engine.hpp"
#include "ledger/ledger.hpp"
#include "offchain/workers.hpp"

#include <expected>
#include <memory>
#include <string>

namespace node {

/// Blocks of slots so long ago start no off-chain worker: the node is catching up.
inline constexpr chain::Slot kRecentSlots = 10;

/// The off-chain workers of a node: after each new best block, on the state after it, with the node's keys.
class OffchainWorkers
{
public:
    /// What the workers are made of; all of it outlives them.
    struct Parts
    {
        ledger::Ledger& ledger;
        host::Keystore& keystore;
        const executor::Engine& engine;
        host::Log log;
    };

    /// services  without storage, which `file` is: empty for one in memory
    /// Errors    one line: the file is damaged, foreign or cannot be made
    static std::expected<std::unique_ptr<OffchainWorkers>, std::string>
    open(const Parts& parts, const std::string& file, offchain::Services services);

    /// Tells of an imported block. Never blocks.
    void on_imported(const ledger::Imported& imported, uint64_t unix_ms);

    /// Waits until the last worker has ended; computing ones are interrupted. Calls into runtimes of other threads may
    /// be interrupted too: the node stops.
    void stop();

    offchain::LocalStorageFile& storage() { return *storage_; }

private:
    OffchainWorkers(Parts parts, std::unique_ptr<offchain::LocalStorageFile> storage, offchain::Services services);

    void run(const offchain::Job& job, host::Offchain& world) const;

    Parts parts_;
    std::unique_ptr<offchain::LocalStorageFile> storage_;
    offchain::Workers workers_; ///< last: its threads use the others
};

} // namespace node
