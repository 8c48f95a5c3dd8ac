#pragma once

#include "libp2p/varint.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace libp2p {

/// Which end of a connection or substream we are.
enum class Role : uint8_t
{
    dialer,
    listener,
};

/// multistream-select 1.0.0: two ends agree on a protocol's name, before anything else is said on a stream.
///
///     dialer    /multistream/1.0.0   /noise
///     listener  /multistream/1.0.0   /noise  (or: na, and the dialer proposes the next)
///
/// Each message is a varint length, a text and a newline. `ls` is answered with `na`.
///
/// Bounds  kMessageMax bytes a message, kProposalsMax proposals
/// Source  multistream-select README, version 1.0.0
class Multistream
{
public:
    enum class State : uint8_t
    {
        running,
        agreed,
        refused, ///< the listener knows none of our names
        broken,  ///< not multistream-select, or over a bound
    };
    static constexpr size_t kMessageMax = 512;
    static constexpr size_t kProposalsMax = 16;

    using Accepts = std::function<bool(std::string_view name)>;

    /// Proposes `names` in order; at least one, each at most kMessageMax − 1 bytes. Appends the first to `out`.
    static Multistream dial(std::vector<std::string> names, Bytes& out);
    static Multistream listen(Accepts accepts);

    /// Takes bytes from the front of `input` up to the end of the negotiation, not beyond; appends replies to `out`.
    State receive(ByteView& input, Bytes& out);

    State state() const { return state_; }
    /// The name agreed on, once `agreed`.
    const std::string& name() const { return name_; }

private:
    explicit Multistream(Role role) : role_(role) {}
    State take_message(std::string_view text, Bytes& out);
    State listener_message(std::string_view text, Bytes& out);
    State dialer_message(std::string_view text, Bytes& out);

    Role role_;
    State state_ = State::running;
    bool greeted_ = false;
    size_t proposals_ = 0; ///< index of the dialer's current one; number that the listener has seen
    std::vector<std::string> names_;
    Accepts accepts_;
    std::string name_;
    Bytes partial_; ///< a message that has not arrived whole
};

/// Splits a stream into messages with a varint length before each.
///
/// Bound  memory grows with what has arrived, not with what a length promises, and stays ≤ the message bound
class LengthPrefixed
{
public:
    explicit LengthPrefixed(size_t message_max) : message_max_(message_max) {}

    enum class State : uint8_t
    {
        incomplete,
        message, ///< take() has it; more may follow in the input
        refused, ///< a malformed length or one over the bound
    };
    /// Takes bytes from the front of `input`, up to the end of one message.
    State receive(ByteView& input);
    Bytes take();

    size_t held() const { return body_.size(); }
    /// True between messages: here a stream may end.
    bool at_boundary() const { return !length_ && prefix_.empty(); }

private:
    size_t message_max_;
    Bytes prefix_, body_;
    std::optional<uint64_t> length_;
};

/// varint length ‖ message.
Bytes length_prefixed(ByteView message);

} // namespace libp2p
