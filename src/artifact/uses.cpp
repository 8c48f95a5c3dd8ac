#include "artifact/uses.hpp"

#include "env/state.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

namespace artifact {
namespace {

constexpr std::string_view kFirstLine = "zkp uses 1\n";
constexpr uint64_t kBytesMax = 1 << 20;
constexpr uint32_t kPrivate = 0600;

std::string text_of(const Used& used)
{
    std::string text(kFirstLine);
    text += "used " + std::to_string(used.count) + "\n";
    for (const auto row : used.masked_rows)
        text += "masked " + std::to_string(row) + "\n";
    return text;
}

/// Takes "word number\n" off the front; nothing if it is not there.
std::optional<uint64_t> take_line(std::string_view& text, std::string_view word)
{
    const auto end = text.find('\n');
    if (!text.starts_with(word) || end == std::string_view::npos)
        return std::nullopt;
    const auto digits = text.substr(word.size(), end - word.size());
    uint64_t value = 0;
    const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc{} || stop != digits.data() + digits.size())
        return std::nullopt;
    text.remove_prefix(end + 1);
    return value;
}

/// Reads exactly what text_of writes.
std::optional<Used> parse(std::string_view text)
{
    const auto whole = text;
    if (!text.starts_with(kFirstLine))
        return std::nullopt;
    text.remove_prefix(kFirstLine.size());
    const auto count = take_line(text, "used ");
    if (!count)
        return std::nullopt;
    Used used{*count, {}};
    while (!text.empty())
    {
        const auto row = take_line(text, "masked ");
        if (!row || *row > UINT32_MAX)
            return std::nullopt;
        used.masked_rows.push_back(uint32_t(*row));
    }
    if (text_of(used) != whole)
        return std::nullopt;
    return used;
}

std::expected<void, Error> write(const std::string& path, const Used& used)
{
    const auto text = text_of(used);
    const std::array parts{base::view(text)};
    if (const auto written = env::write_file(path, parts, kPrivate); !written)
        return failed(written.error());
    return {};
}

/// The counter after one more use, or why there is none.
std::expected<Used, Error> after(Used used, const Spend& spend)
{
    if (used.count >= spend.limit)
        return failed(Fault::uses, "all proofs that this commitment can hide are spent (" + std::to_string(used.count) +
                                       " uses of " + std::to_string(spend.limit) + "); " + spend.renewal);
    ++used.count;
    if (!spend.masked_row)
        return used;
    if (std::ranges::find(used.masked_rows, *spend.masked_row) != used.masked_rows.end())
        return failed(Fault::uses,
                      "the one-time pad of row " + std::to_string(*spend.masked_row) +
                          " is spent: a second masked output would uncover both; commit the data set again");
    used.masked_rows.push_back(*spend.masked_row);
    return used;
}

} // namespace

std::string hex(std::span<const uint8_t> bytes)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes)
    {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

std::expected<Uses, Error> Uses::open()
{
    auto folder = env::state_directory();
    if (!folder)
        return failed(folder.error());
    return Uses(std::move(*folder));
}

std::string Uses::path_of(const Digest& root) const { return folder_ + "/" + hex(root); }

std::expected<void, Error> Uses::begin(const Digest& root, uint64_t used) const
{
    const auto lock = env::FolderLock::take(folder_);
    if (!lock)
        return failed(lock.error());
    return write(path_of(root), {used, {}});
}

std::expected<Used, Error> Uses::read(const Digest& root, uint64_t stamp) const
{
    static constexpr std::string_view kFix = "; without it nobody knows which randomness is spent: make the file again "
                                             "(zkp model import or zkp data commit), which gives it a new identity";
    const auto path = path_of(root);
    const auto bytes = env::read_file(path, kBytesMax);
    if (!bytes && bytes.error().code == ENOENT)
        return failed(Fault::uses, "the use counter " + path + " is missing" + std::string(kFix));
    if (!bytes)
        return failed(bytes.error());
    auto used = parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (!used)
        return failed(Fault::uses, "the use counter " + path + " is damaged" + std::string(kFix));
    if (used->count < stamp)
        return failed(Fault::uses,
                      "the use counter " + path + " is older than the file it counts for" + std::string(kFix));
    return *used;
}

std::expected<void, Error> Uses::spend(std::span<const Spend> spends) const
{
    const auto lock = env::FolderLock::take(folder_);
    if (!lock)
        return failed(lock.error());
    std::vector<Used> next;
    for (const auto& spend : spends)
    {
        auto used = read(spend.root, spend.stamp);
        if (!used)
            return std::unexpected(used.error());
        auto counted = after(std::move(*used), spend);
        if (!counted)
            return std::unexpected(counted.error());
        next.push_back(std::move(*counted));
    }
    // A crash between two of these loses a use of the first; none is spent twice.
    for (size_t i = 0; i != spends.size(); ++i)
        if (const auto written = write(path_of(spends[i].root), next[i]); !written)
            return std::unexpected(written.error());
    return {};
}

} // namespace artifact
