#pragma once

#include "executor/overlay.hpp"
#include "host/keystore.hpp"
#include "host/offchain.hpp"
#include "host/signatures.hpp"
#include "trie/child.hpp"

#include <functional>
#include <optional>

/// The host functions of a Substrate node, over the storage overlay, the trie and the keystore.
namespace host {

using executor::Trap;
using executor::TrapCode;

enum class LogLevel : uint8_t
{
    error,
    warn,
    info,
    debug,
    trace,
};

/// Called with each line that a runtime logs; both texts are the runtime's, of any content.
using Log = std::function<void(LogLevel, std::string_view target, std::string_view message)>;

/// Answers ext_misc_runtime_version: the encoded RuntimeVersion of a blob, without running this call's runtime.
using VersionOf = std::function<std::optional<Bytes>(ByteView code)>;

/// Bytes of trie nodes read so far by this call; nothing where no proof is recorded.
using ProofSize = std::function<std::optional<uint64_t>()>;

/// The state below a call: values fast, and the trie they belong to, for roots.
struct Base
{
    executor::Backend* values = nullptr;
    const trie::NodeStore* nodes = nullptr;
    base::Digest root{};
};

/// What a call may use beside storage. Everything is borrowed and may be null or empty.
struct Surroundings
{
    Keystore* keystore = nullptr;
    Offchain* offchain = nullptr;
    VerifiedSignatures* verified = nullptr;
    Log log;
    LogLevel log_max = LogLevel::info;
    VersionOf version_of;
    ProofSize proof_size;
};

/// Everything the host functions of one call work on. Lives for the call, or for all calls that build one block.
class State final : public executor::HostState
{
public:
    State(const Base& below, const Surroundings& around)
        : overlay(*below.values), keystore(around.keystore), offchain(around.offchain), around(around), below_(below)
    {
    }

    /// The root of the whole state with everything written so far. The update is kept for storage_update().
    ///
    /// Errors  storage: a node is missing; host: a transaction of the runtime is open in child tries of no meaning
    std::expected<base::Digest, Trap> storage_root(trie::Version version);

    /// The root of one child trie with everything written so far.
    std::expected<base::Digest, Trap> child_root(ByteView child, trie::Version version);

    /// The trie update of the last storage_root(), for the block's import; nothing if writes followed it.
    const std::optional<trie::Update>& storage_update() const { return update_; }

    /// Every write goes through here, so that a kept root is forgotten.
    executor::Overlay& writable()
    {
        update_.reset();
        return overlay;
    }

    /// Undoes the transactions that the runtime opened and left open. The host calls it after each call.
    void close_runtimes();

    executor::Overlay overlay;
    /// Whether a signature is good: known to be, verified now, or taken to be so and verified beside the call.
    bool verify(const signature::Item& item);

    DeferredSignatures* deferred = nullptr; ///< set: who set it asks all_good() after the call
    size_t host_depth = 0;                  ///< transactions of the host's own, which the runtime may not end
    Keystore* keystore;
    Offchain* offchain;
    const Surroundings& around;
    std::optional<bool> batch; ///< the verdict of the open signature batch

private:
    Base below_;
    std::optional<trie::Update> update_;
    trie::Version update_version_{};
};

} // namespace host
