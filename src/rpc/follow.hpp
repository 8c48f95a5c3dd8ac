#pragma once

#include "rpc/operation.hpp"

#include <set>

namespace rpc {

inline constexpr char kFollowEvent[] = "chainHead_v1_followEvent";
/// Per connection; the specification asks for 2.
inline constexpr size_t kFollowsMax = 4;
/// Running at once, of one subscription; the specification asks for 16. A storage query counts as one.
inline constexpr size_t kOperationsMax = 64;
/// Finalised blocks in the first event.
inline constexpr size_t kFirstFinalized = 16;
/// Blocks that are final or pruned and still pinned; one more stops the subscription. Open blocks do not count: their
/// number is the chain's, and a client must see them all.
inline constexpr size_t kPinnedMax = 512;

/// chainHead_v1_follow: the head of the chain, and operations on the blocks reported.
///
/// Holds   each block it reported stays pinned in the backend until the client unpins it, or the subscription ends
/// Source  the JSON-RPC interface specification, chainHead_v1_follow
class Follow final : public Subscription
{
public:
    explicit Follow(bool with_runtime) : Subscription(kFollowEvent), with_runtime_(with_runtime) {}

    std::expected<void, Error> start(Session& session) override;
    void on_view(Session& session, const View& view) override;
    void stop(Session& session) override;

    bool with_runtime() const { return with_runtime_; }
    bool is_pinned(const Hash& block) const { return pinned_.contains(block); }
    /// All or none. Errors  kDuplicateHashes, kBlockNotPinned
    std::expected<void, Error> unpin(Session& session, const std::vector<Hash>& blocks);

    /// What is left of kOperationsMax.
    size_t free_slots() const { return kOperationsMax - slots_; }
    /// Runs it step by step after the current request is answered. Nothing when the node has no more room, or the
    /// block has gone from it.
    std::optional<std::string> begin(Session& session, std::unique_ptr<Operation> operation);
    void stop_operation(Session& session, const std::string& id);
    /// False when the operation runs and does not wait.
    bool continue_operation(Session& session, const std::string& id);

private:
    struct Running
    {
        std::unique_ptr<Operation> operation;
        bool waiting = false;
    };

    bool announce(Session& session, const HeadBlock& block);
    void report_finalized(Session& session, const View& view, size_t from);
    void halt(Session& session);
    bool schedule(Session& session, const std::string& id);
    void run(Session& session, const std::string& id);
    void end(Session& session, const std::string& id);

    const bool with_runtime_;
    std::set<Hash> pinned_;
    std::set<Hash> open_; ///< reported and neither final nor pruned
    uint64_t last_order_ = 0;
    Hash last_finalized_{}, last_best_{};
    std::map<std::string, Running> operations_;
    size_t slots_ = 0;
};

} // namespace rpc
