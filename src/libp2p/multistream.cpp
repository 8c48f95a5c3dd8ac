#include "libp2p/multistream.hpp"

#include "base/invariant.hpp"

#include <algorithm>

namespace libp2p {
namespace {

constexpr std::string_view kGreeting = "/multistream/1.0.0";
constexpr std::string_view kNotAvailable = "na";

void put_line(Bytes& out, std::string_view text)
{
    put_varint(out, text.size() + 1);
    append(out, base::view(text));
    out.push_back('\n');
}

} // namespace

Multistream Multistream::dial(std::vector<std::string> names, Bytes& out)
{
    base::invariant(!names.empty() && names.size() <= kProposalsMax);
    base::invariant(std::ranges::all_of(names, [](const auto& name) { return name.size() < kMessageMax; }));
    Multistream machine(Role::dialer);
    put_line(out, kGreeting);
    put_line(out, names[0]);
    machine.names_ = std::move(names);
    return machine;
}

Multistream Multistream::listen(Accepts accepts)
{
    Multistream machine(Role::listener);
    machine.accepts_ = std::move(accepts);
    return machine;
}

Multistream::State Multistream::receive(ByteView& input, Bytes& out)
{
    while (state_ == State::running && !input.empty())
    {
        // The length first, byte by byte: it may lie across two pieces of input.
        partial_.push_back(input[0]);
        input = input.subspan(1);
        const auto length = read_varint(partial_);
        if (!length && length.error() == VarintRefusal::incomplete)
            continue;
        if (!length || length->value == 0 || length->value > kMessageMax)
            return state_ = State::broken;
        const size_t whole = length->size + length->value;
        const size_t missing = std::min(whole - partial_.size(), input.size());
        append(partial_, input.first(missing));
        input = input.subspan(missing);
        if (partial_.size() != whole)
            continue;

        const std::string_view line(reinterpret_cast<const char*>(partial_.data()) + length->size, length->value);
        state_ = line.back() == '\n' ? take_message(line.substr(0, line.size() - 1), out) : State::broken;
        partial_.clear();
    }
    return state_;
}

Multistream::State Multistream::take_message(std::string_view text, Bytes& out)
{
    if (!greeted_)
    {
        greeted_ = true;
        if (text != kGreeting)
            return State::broken;
        if (role_ == Role::listener)
            put_line(out, kGreeting);
        return State::running;
    }
    return role_ == Role::listener ? listener_message(text, out) : dialer_message(text, out);
}

Multistream::State Multistream::listener_message(std::string_view text, Bytes& out)
{
    if (++proposals_ > kProposalsMax)
        return State::broken;
    if (!accepts_(text))
    {
        put_line(out, kNotAvailable);
        return State::running;
    }
    put_line(out, text);
    name_ = text;
    return State::agreed;
}

Multistream::State Multistream::dialer_message(std::string_view text, Bytes& out)
{
    if (text == names_[proposals_])
    {
        name_ = text;
        return State::agreed;
    }
    if (text != kNotAvailable)
        return State::broken;
    if (++proposals_ == names_.size())
        return State::refused;
    put_line(out, names_[proposals_]);
    return State::running;
}

LengthPrefixed::State LengthPrefixed::receive(ByteView& input)
{
    while (!length_)
    {
        if (input.empty())
            return State::incomplete;
        prefix_.push_back(input[0]);
        input = input.subspan(1);
        const auto length = read_varint(prefix_);
        if (!length && length.error() == VarintRefusal::incomplete)
            continue;
        if (!length || length->value > message_max_)
            return State::refused;
        length_ = length->value;
    }
    const size_t missing = std::min<size_t>(*length_ - body_.size(), input.size());
    append(body_, input.first(missing));
    input = input.subspan(missing);
    return body_.size() == *length_ ? State::message : State::incomplete;
}

Bytes LengthPrefixed::take()
{
    base::invariant(length_ && body_.size() == *length_);
    prefix_.clear();
    length_.reset();
    return std::exchange(body_, {});
}

Bytes length_prefixed(ByteView message)
{
    Bytes out;
    out.reserve(message.size() + kVarintBytesMax);
    put_varint(out, message.size());
    append(out, message);
    return out;
}

} // namespace libp2p
