#pragma once

#include "onnx/fold.hpp"

#include <map>

/// What the folders of fold() share. Not for other users.
namespace onnx::detail {

using Folded = std::expected<std::vector<Array>, std::string>;

/// An operator with constant inputs; the first is there.
struct Call
{
    const Operator& op;
    Constants inputs;

    const Array* input(size_t i) const { return i < inputs.size() ? inputs[i] : nullptr; }
    const Array& first() const { return *inputs[0]; }
};

using Folder = Folded (*)(const Call&);

inline std::unexpected<std::string> refuse(std::string words) { return std::unexpected(std::move(words)); }

inline Folded one(Array array)
{
    std::vector<Array> result;
    result.push_back(std::move(array));
    return result;
}

/// Operators that move elements.
const std::map<std::string_view, Folder>& layout_folders();

} // namespace onnx::detail
