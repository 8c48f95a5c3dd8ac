#include "rpc/watch.hpp"

#include "hash/blake2b.hpp"
#include "rpc/present.hpp"

namespace rpc {

Hash transaction_hash(ByteView extrinsic) { return hash::blake2_256(ByteView{with_length(extrinsic)}); }

TransactionWatch::TransactionWatch(const char* event, Bytes extrinsic)
    : Subscription(event), extrinsic_(std::move(extrinsic)), hash_(transaction_hash(extrinsic_))
{
}

std::expected<void, Error> TransactionWatch::start(Session& session)
{
    // Watched before it is submitted: the pool's first event may come before submit() returns.
    session.hub().watch(hash_, session.id());
    const auto submitted = session.backend().submit(extrinsic_);
    if (submitted)
        return {};
    finish();
    return refused(session, submitted.error());
}

void TransactionWatch::on_pool(Session& session, const PoolEvent& event)
{
    if (event.transaction != hash_)
        return;
    report(session, event);
    if (is_last(event.what))
        finish();
}

void TransactionWatch::stop(Session& session) { session.hub().unwatch(hash_, session.id()); }

} // namespace rpc
