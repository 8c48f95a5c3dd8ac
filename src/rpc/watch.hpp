#pragma once

#include "rpc/session.hpp"

namespace rpc {

/// Submits an extrinsic, then follows what becomes of it.
class TransactionWatch : public Subscription
{
public:
    /// `extrinsic` without the length in front.
    TransactionWatch(const char* event, Bytes extrinsic);

    std::expected<void, Error> start(Session& session) final;
    void on_pool(Session& session, const PoolEvent& event) final;
    void stop(Session& session) final;

private:
    /// The pool refused it. Returns the answer to the request, or nothing after a last notification.
    virtual std::expected<void, Error> refused(Session& session, const PoolError& error) = 0;
    virtual void report(Session& session, const PoolEvent& event) = 0;

    const Bytes extrinsic_;
    const Hash hash_;
};

/// The hash by which the pool knows an extrinsic: of its encoding, length included.
Hash transaction_hash(ByteView extrinsic);

} // namespace rpc
