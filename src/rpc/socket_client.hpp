#pragma once

#include "rpc/core.hpp"

#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace rpc {

/// Goes on with a connection whose request asked for a WebSocket.
void serve_socket(std::shared_ptr<Core::Slot> slot, boost::beast::tcp_stream stream,
                  const boost::beast::http::request<boost::beast::http::string_body>& upgrade);

} // namespace rpc
