#pragma once

#include "field/field.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace field {

/// Replaces every value by its inverse. Caller: none is zero.
///
/// Cost    one inversion and 3n multiplications; one allocation of n elements        [Montgomery's trick]
template <Field F>
void batch_inverse(std::span<F> values)
{
    std::vector<F> before(values.size()); // product of all earlier values
    F product = F::one();
    for (size_t i = 0; i != values.size(); ++i)
    {
        before[i] = product;
        product *= values[i];
    }
    if (values.empty())
        return;

    F inverse = product.inverse();
    for (size_t i = values.size(); i-- != 0;)
    {
        const F value = values[i];
        values[i] = inverse * before[i];
        inverse *= value;
    }
}

} // namespace field
