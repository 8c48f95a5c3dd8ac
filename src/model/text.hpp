#pragma once

#include <string_view>

namespace model {

/// At most kTextMax bytes of well-formed UTF-8 (no overlong form, no surrogate) without control characters: a name from
/// a stranger's file must not steer the terminal that prints it.
bool is_text(std::string_view bytes);

} // namespace model
