#pragma once

#include "files.hpp"
#include "signature/secret.hpp"

#include <optional>
#include <string>

/// Secrets of the command line: from a file, a variable of the environment, or typed without echo. Never from an
/// argument, which every user of the machine can read while the program runs and the shell writes down.
namespace cmd {

/// Where a secret comes from; nothing named: it is asked for on the terminal.
struct SecretSource
{
    std::string file;     ///< its content, without the line's end
    std::string variable; ///< name of a variable of the environment
};

/// what    said in prompts and refusals, such as "secret URI"
/// option  the options' common beginning, such as "--suri"
/// Errors  usage: two sources, an unreadable or overlong one, or no terminal to ask on
Or<signature::SecretText> read_secret(const SecretSource& source, const std::string& what, const std::string& option);

/// The password of phrases: nothing where no source is named and nobody asks for it.
///
/// ask     it is typed on the terminal where no source is named
/// Errors  as read_secret
Or<std::optional<signature::SecretText>> read_password(const SecretSource& source, bool ask);

/// Whether a person watches the standard output: then secrets may be shown there.
bool at_terminal();

} // namespace cmd
