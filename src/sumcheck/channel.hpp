#pragma once

#include <span>
#include <string_view>

namespace sumcheck {

/// The prover's side of a conversation: what it says is padded, absorbed and written by whoever implements this.
template <class F>
class Channel
{
public:
    virtual ~Channel() = default;
    virtual void send(std::string_view label, std::span<const F> messages) = 0;
    virtual F sample(std::string_view label) = 0;
};

} // namespace sumcheck
