#include "ledger/path_reader.hpp"

#include "hash/blake2b.hpp"
#include "trie/node.hpp"

#include <iterator>
#include <utility>

namespace ledger {
namespace {

/// The leaf at the end of `rest` with this value, if that is the node with this hash.
trie::NodeBytes leaf_of(const Digest& hash, trie::Nibbles rest, ByteView value)
{
    const auto encoded = [&](trie::ValueKind kind, ByteView held) {
        Bytes bytes;
        trie::encode_node({.partial = rest, .kind = kind, .value = held}, bytes);
        return bytes;
    };
    if (value.size() >= trie::kHashedValueMin)
    {
        const auto digest = hash::blake2_256(value);
        if (auto leaf = encoded(trie::ValueKind::hashed, digest); hash::blake2_256(leaf) == hash)
            return std::make_shared<const Bytes>(std::move(leaf));
    }
    // A short value, or a longer one that was last set in state version 0.
    if (auto leaf = encoded(trie::ValueKind::plain, value); hash::blake2_256(leaf) == hash)
        return std::make_shared<const Bytes>(std::move(leaf));
    return nullptr;
}

} // namespace

PathReader::~PathReader()
{
    if (!thread_.joinable())
        return;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    more_.notify_one();
    thread_.join();
}

void PathReader::add(ByteView key, std::optional<executor::Slice> value)
{
    if (value && value->bytes.size() > kValueMax)
        value.reset();
    mine_.push_back({Bytes(key.begin(), key.end()), std::move(value)});
    if (mine_.size() < kBatch)
        return;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() < kWaitingMax)
            waiting_.insert(waiting_.end(), std::move_iterator(mine_.begin()), std::move_iterator(mine_.end()));
    }
    mine_.clear();
    if (!thread_.joinable())
        thread_ = std::thread([this] { work(); });
    more_.notify_one();
}

void PathReader::work()
{
    std::unique_lock lock(mutex_);
    while (true)
    {
        more_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
        const auto paths = std::exchange(waiting_, {});
        for (const auto& path : paths)
        {
            if (ended_)
                return;
            lock.unlock();
            read(path);
            lock.lock();
        }
        if (ended_)
            return;
    }
}

/// Down from the root; what fails here fails again where it matters.
void PathReader::read(const Path& path) const
{
    trie::Nibbles rest(path.key);
    trie::NodeBytes bytes;
    ByteView reference = root_;
    for (uint32_t level = 0; level <= trie::kLevelsMax; ++level)
    {
        if (reference.size() == root_.size())
        {
            const auto hash = trie::digest_of(reference);
            auto found = nodes_.recall(hash);
            if (found == nullptr && path.value)
            {
                found = leaf_of(hash, rest, path.value->bytes);
                if (found != nullptr)
                    nodes_.remember(hash, found);
            }
            if (found == nullptr)
                found = nodes_.find(hash);
            if (found == nullptr)
                return;
            bytes = std::move(found);
            reference = *bytes;
        }
        const auto node = trie::decode_node(reference);
        if (!node)
            return;
        const size_t shared = common(node->partial, rest);
        if (shared != node->partial.size() || shared == rest.size() || (node->mask >> rest[shared] & 1) == 0)
            return;
        reference = node->children[rest[shared]];
        rest = rest.from(shared + 1);
    }
}

} // namespace ledger
