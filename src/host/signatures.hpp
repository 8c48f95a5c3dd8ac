#pragma once

#include "signature/batch.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace host {

/// Signatures that were verified and found good, so that a transaction is verified once: in the pool, and not again in
/// the block that it is authored or imported in. Safe from several threads.
///
/// Holds   `has` says true only of exactly the scheme, key, signature and message that were added: an entry is their
///         BLAKE3, whose collisions nobody can make
/// Bound   2 · kVerifiedMax entries; the older half goes when the newer is full
class VerifiedSignatures
{
public:
    bool has(const signature::Item& item);
    /// Caller  `item` was verified
    void add(const signature::Item& item);

private:
    struct Hash
    {
        size_t operator()(const base::Digest& digest) const;
    };

    std::mutex mutex_;
    std::unordered_set<base::Digest, Hash> young_, old_;
};

/// Twice what a pool holds.
inline constexpr size_t kVerifiedMax = 16'384;

/// Verifies signatures beside the call that asks for them, in batches on a thread of its own. The call goes on as if
/// each were good; when it has ended, all_good() says whether that was right. If not, the call is repeated without.
///
/// Sound   as verify_batch: what it accepts, the single verification accepts
/// Bound   one block's signatures in memory
class DeferredSignatures
{
public:
    DeferredSignatures();
    DeferredSignatures(const DeferredSignatures&) = delete;
    DeferredSignatures& operator=(const DeferredSignatures&) = delete;
    ~DeferredSignatures();

    /// Copies what the item borrows. False if a bad signature is known already: the call is in vain.
    bool add(const signature::Item& item);

    /// Waits for the last; the calling thread helps. True also if there were none.
    bool all_good();

private:
    struct Owned
    {
        signature::Scheme scheme;
        signature::Bytes32 public_key;
        signature::Bytes64 signature;
        base::Bytes message;
    };

    void work();
    bool run_batch(std::unique_lock<std::mutex>& lock, bool full);

    std::mutex mutex_;
    std::condition_variable more_, done_;
    std::vector<Owned> waiting_;
    size_t running_ = 0; ///< batches that are being verified
    bool bad_ = false, ended_ = false;
    std::thread thread_;
};

} // namespace host
