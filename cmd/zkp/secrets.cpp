#include "secrets.hpp"

#include "env/file.hpp"
#include "signature/derive.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace cmd {
namespace {

using signature::SecretText;

constexpr size_t kBytesMax = signature::kUriBytesMax;

/// The terminal of this process, which shows nothing of what is typed until dropped.
class SilentTerminal
{
public:
    SilentTerminal() : descriptor_(open("/dev/tty", O_RDWR | O_CLOEXEC))
    {
        if (descriptor_ < 0 || tcgetattr(descriptor_, &before_) != 0)
            return;
        auto silent = before_;
        // Without ISIG an interrupt comes as a character, so that no way out leaves the terminal silent.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG);
        silent.c_cc[VEOL] = '\x03'; // and ends the line, so that it is seen at once
        usable_ = tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
    }
    ~SilentTerminal()
    {
        if (usable_)
            tcsetattr(descriptor_, TCSAFLUSH, &before_);
        if (descriptor_ >= 0)
            close(descriptor_);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;

    bool usable() const { return usable_; }
    void say(std::string_view words) const
    {
        const auto written = ::write(descriptor_, words.data(), words.size());
        static_cast<void>(written); // a prompt that cannot be shown is missed by the person, not by us
    }
    /// A line; nothing when it was interrupted or is too long.
    std::optional<SecretText> line() const
    {
        std::string text;
        text.reserve(kBytesMax + 1);
        for (char c = 0; ::read(descriptor_, &c, 1) == 1 && c != '\n';)
        {
            if (c == '\x03' || text.size() == kBytesMax)
            {
                SecretText::wipe(text);
                return std::nullopt;
            }
            text += c;
        }
        return SecretText(std::move(text));
    }

private:
    int descriptor_;
    termios before_{};
    bool usable_ = false;
};

Or<SecretText> ask(const std::string& what, const std::string& option)
{
    const SilentTerminal terminal;
    if (!terminal.usable())
        return usage("no terminal to ask for the " + what + " on; give " + option + "-file or " + option + "-env");
    terminal.say(what + ": ");
    auto text = terminal.line();
    terminal.say("\n");
    if (!text)
        return usage("no " + what + ": interrupted, or longer than " + std::to_string(kBytesMax) + " characters");
    return std::move(*text);
}

} // namespace

Or<SecretText> read_secret(const SecretSource& source, const std::string& what, const std::string& option)
{
    if (!source.file.empty() && !source.variable.empty())
        return usage("give " + option + "-file or " + option + "-env, not both");
    if (!source.variable.empty())
    {
        const char* value = std::getenv(source.variable.c_str());
        if (value == nullptr)
            return usage("the environment has no variable " + source.variable);
        return SecretText(std::string_view(value));
    }
    if (source.file.empty())
        return ask(what, option);
    auto bytes = env::read_file(source.file, kBytesMax + 2);
    if (!bytes)
        return usage(bytes.error().words);
    std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    SecretText secret(text);
    crypto::wipe(*bytes);
    return secret;
}

Or<std::optional<signature::SecretText>> read_password(const SecretSource& source, bool ask)
{
    if (!ask && source.file.empty() && source.variable.empty())
        return std::nullopt;
    auto password = read_secret(source, "password", "--password");
    if (!password)
        return std::unexpected(password.error());
    return std::move(*password);
}

bool at_terminal() { return isatty(STDOUT_FILENO) != 0; }

} // namespace cmd
