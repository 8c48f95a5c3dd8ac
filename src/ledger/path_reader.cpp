#include "ledger/path_reader.hpp"

#include "trie/read.hpp"

#include <iterator>
#include <utility>

namespace ledger {

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

void PathReader::add(ByteView key)
{
    mine_.emplace_back(key.begin(), key.end());
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
        const auto keys = std::exchange(waiting_, {});
        for (const auto& key : keys)
        {
            if (ended_)
                return;
            lock.unlock();
            (void)trie::find_value(nodes_, root_, key); // what fails here fails again where it matters
            lock.lock();
        }
        if (ended_)
            return;
    }
}

} // namespace ledger
