#include "rpc/core.hpp"

#include <algorithm>

namespace rpc {

Core::Core(Backend& backend, Options given)
    : options(std::move(given)), hub(backend, options.meter), workers(std::max<size_t>(options.workers, 1))
{
}

Core::Slot::~Slot()
{
    const std::scoped_lock lock{core->mutex_};
    core->clients_.erase(id);
    --core->taken_;
}

std::shared_ptr<Core::Slot> Core::take_slot(const std::shared_ptr<Core>& core)
{
    const std::scoped_lock lock{core->mutex_};
    if (core->taken_ == core->options.connections_max)
        return nullptr;
    ++core->taken_;
    return std::make_shared<Slot>(core, ++core->ids_);
}

void Core::enter(SessionId id, const std::weak_ptr<Client>& client)
{
    const std::scoped_lock lock{mutex_};
    clients_[id] = client;
}

std::vector<std::shared_ptr<Client>> Core::clients()
{
    const std::scoped_lock lock{mutex_};
    std::vector<std::shared_ptr<Client>> alive;
    for (const auto& [id, weak] : clients_)
        if (auto client = weak.lock())
            alive.push_back(std::move(client));
    return alive;
}

std::shared_ptr<Client> Core::client(SessionId id)
{
    const std::scoped_lock lock{mutex_};
    const auto found = clients_.find(id);
    return found == clients_.end() ? nullptr : found->second.lock();
}

bool Core::allows_unsafe() const
{
    using enum Options::Methods;
    return options.methods == unsafe || (options.methods == automatic && !options.external);
}

} // namespace rpc
