#pragma once

#include "base/invariant.hpp"
#include "scale/scale.hpp"

#include <algorithm>

namespace fuzz {

/// What decodes encodes back to the very same bytes.
template <class T>
void canonical(base::ByteView bytes)
{
    const auto value = scale::decode<T>(bytes);
    if (!value)
    {
        base::invariant(value.error().at <= bytes.size() && !scale::words(value.error().what).empty());
        return;
    }
    base::invariant(std::ranges::equal(scale::encode(*value), bytes));
    base::invariant(bytes.size() >= scale::kEncodedMin<T>);
}

} // namespace fuzz
