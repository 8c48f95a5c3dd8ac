#pragma once

#include "weights_row.hpp"

namespace weights {

/// Raises a row's reads and writes to what the call or the hook touches in another state than the one in which it takes
/// longest. Read off the pallets; tests/differential compares the rows with what thousands of random calls touch.
void raise_touched(Row& row);

} // namespace weights
