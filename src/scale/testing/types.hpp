#pragma once

#include "scale/scale.hpp"

#include <vector>

namespace scale::testing {

enum class Colour : uint8_t
{
    red,
    green = 7,
    blue,
};

/// A sum type that contains itself, in lists and in boxes.
struct Tree;
struct Leaf
{
    static constexpr uint8_t kIndex = 5;
    uint8_t value = 0;
    friend bool operator==(const Leaf&, const Leaf&) = default;
};
struct Branch
{
    std::vector<Tree> children;
    friend bool operator==(const Branch&, const Branch&) = default;
};
struct Twig
{
    Box<Tree> child;
    friend bool operator==(const Twig&, const Twig&) = default;
};
struct Tree : Variant<Leaf, Branch, Twig>
{
    using Variant::Variant;
};

} // namespace scale::testing
