#pragma once

#include "sumcheck/channel.hpp"

#include "field/extension.hpp"

#include <array>
#include <random>
#include <string>
#include <vector>

/// Test support: the other end of a sumcheck, with challenges from a seed.
namespace sumcheck::testing {

using F = field::F4;
using K = F::Base;

class Dice
{
public:
    explicit Dice(uint64_t seed) : random_(seed) {}

    F element() { return F{std::array{base(), base(), base(), base()}}; }
    std::vector<F> elements(size_t count)
    {
        std::vector<F> out(count);
        for (auto& x : out)
            x = element();
        return out;
    }

private:
    K base() { return K::of(int64_t(random_() % K::kModulus)); }

    std::mt19937_64 random_;
};

/// Keeps all it hears and says, in order. A challenge is an item with one element, its label marked with '?'.
class Scripted final : public Channel<F>
{
public:
    struct Item
    {
        std::string label;
        std::vector<F> elements;
    };

    explicit Scripted(uint64_t seed) : dice_(seed) {}

    void send(std::string_view label, std::span<const F> messages) override
    {
        items.push_back({std::string(label), {messages.begin(), messages.end()}});
    }
    F sample(std::string_view label) override
    {
        items.push_back({"?" + std::string(label), {dice_.element()}});
        return items.back().elements.front();
    }

    /// The next item, which must have this label.
    const std::vector<F>& next(std::string_view label)
    {
        static const std::vector<F> missing(4);
        if (read_ == items.size() || items[read_].label != label)
        {
            wrong = "item " + std::to_string(read_) + " should be " + std::string(label);
            return missing;
        }
        return items[read_++].elements;
    }
    bool all_read() const { return wrong.empty() && read_ == items.size(); }

    std::vector<Item> items;
    std::string wrong; ///< the first item that was not the expected one

private:
    Dice dice_;
    size_t read_ = 0;
};

} // namespace sumcheck::testing
