#include "host/signatures.hpp"

#include "crypto/blake3.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace host {
namespace {

base::Digest digest_of(const signature::Item& item)
{
    // Parts of fixed size first: no two items give the same bytes.
    const auto scheme = uint8_t(item.scheme);
    static const auto start = crypto::Blake3::derive_key("zkp verified signature 2026-11");
    auto hash = start;
    return hash.update({&scheme, 1}).update(item.public_key).update(item.signature).update(item.message).digest();
}

} // namespace

size_t VerifiedSignatures::Hash::operator()(const base::Digest& digest) const
{
    size_t word = 0;
    std::memcpy(&word, digest.data(), sizeof word);
    return word;
}

bool VerifiedSignatures::has(const signature::Item& item)
{
    const auto digest = digest_of(item);
    const std::lock_guard lock(mutex_);
    return young_.contains(digest) || old_.contains(digest);
}

void VerifiedSignatures::add(const signature::Item& item)
{
    const auto digest = digest_of(item);
    const std::lock_guard lock(mutex_);
    if (young_.size() == kVerifiedMax)
    {
        old_ = std::move(young_);
        young_.clear();
    }
    young_.insert(digest);
}

DeferredSignatures::DeferredSignatures() : thread_([this] { work(); }) {}

DeferredSignatures::~DeferredSignatures()
{
    {
        const std::lock_guard lock(mutex_);
        waiting_.clear();
        ended_ = true;
    }
    more_.notify_all();
    thread_.join();
}

bool DeferredSignatures::add(const signature::Item& item)
{
    Owned owned{.scheme = item.scheme,
                .public_key = {},
                .signature = {},
                .message = base::Bytes(item.message.begin(), item.message.end())};
    std::ranges::copy(item.public_key, owned.public_key.begin());
    std::ranges::copy(item.signature, owned.signature.begin());
    bool full = false;
    {
        const std::lock_guard lock(mutex_);
        if (bad_)
            return false;
        waiting_.push_back(std::move(owned));
        full = waiting_.size() % signature::kBatchItems == 0;
    }
    if (full)
        more_.notify_one();
    return true;
}

/// A batch off the end, verified without the lock; false where there is none, or none that is full.
bool DeferredSignatures::run_batch(std::unique_lock<std::mutex>& lock, bool full)
{
    if (waiting_.size() < (full ? signature::kBatchItems : 1))
        return false;
    const auto count = std::min(waiting_.size(), signature::kBatchItems);
    const auto first = waiting_.end() - ptrdiff_t(count);
    const std::vector<Owned> batch(std::move_iterator(first), std::move_iterator(waiting_.end()));
    waiting_.erase(first, waiting_.end());
    ++running_;
    lock.unlock();
    std::vector<signature::Item> items;
    items.reserve(batch.size());
    for (const auto& one : batch)
        items.push_back({one.scheme, one.public_key, one.signature, one.message});
    const bool good = signature::verify_batch(items).empty();
    lock.lock();
    --running_;
    if (!good)
    {
        bad_ = true;
        waiting_.clear();
    }
    done_.notify_all();
    return true;
}

void DeferredSignatures::work()
{
    std::unique_lock lock(mutex_);
    while (!ended_)
        if (!run_batch(lock, true))
            more_.wait(lock);
}

bool DeferredSignatures::all_good()
{
    std::unique_lock lock(mutex_);
    while (run_batch(lock, false))
        ;
    done_.wait(lock, [this] { return running_ == 0; });
    return !bad_;
}

} // namespace host
