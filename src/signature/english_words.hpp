#pragma once

#include <string_view>

namespace signature {

/// The 2,048 English words of BIP 39, one a line. The build takes them from the package python3-mnemonic and checks
/// their hash, so that no copy lies here.
std::string_view english_words();

} // namespace signature
