#pragma once

#include "rpc/core.hpp"

namespace rpc {

/// Reads requests from a fresh socket, until one upgrades it to a WebSocket.
void serve_http(std::shared_ptr<Core::Slot> slot, Tcp::socket socket);

} // namespace rpc
