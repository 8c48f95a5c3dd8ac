#pragma once

#include "env/file.hpp"

#include <cstdint>
#include <expected>
#include <string>

namespace artifact {

enum class Fault : uint8_t
{
    file,    ///< the operating system refused: missing, full, not permitted
    damaged, ///< not such a file, another version, cut short or changed
    uses,    ///< the use counter is missing, older than the file, or at its limit
    unfit,   ///< sound parts that do not fit together: a data set of another model, an input out of range, a model too
             ///< large
};

struct Error
{
    Fault fault;
    std::string words; ///< one line: what is wrong and what to do
    friend bool operator==(const Error&, const Error&) = default;
};

inline std::unexpected<Error> failed(Fault fault, std::string words)
{
    return std::unexpected(Error{fault, std::move(words)});
}

inline std::unexpected<Error> failed(const env::IoError& error) { return failed(Fault::file, error.words); }

} // namespace artifact
