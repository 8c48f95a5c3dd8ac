#include "network/node_key.hpp"

#include "env/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace network {
namespace {

constexpr uint64_t kFileBytesMax = 128;
constexpr uint32_t kOwnerOnly = 0600;

std::optional<base::Digest> parse(base::ByteView file)
{
    base::Digest seed;
    if (file.size() == seed.size())
    {
        std::ranges::copy(file, seed.begin());
        return seed;
    }
    std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.remove_suffix(1);
    if (text.starts_with("0x"))
        text.remove_prefix(2);
    if (text.size() != 2 * seed.size())
        return std::nullopt;
    for (size_t i = 0; i != seed.size(); ++i)
    {
        const char* digits = text.data() + 2 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, seed[i], 16);
        if (error != std::errc{} || end != digits + 2)
            return std::nullopt;
    }
    return seed;
}

} // namespace

std::expected<base::Digest, std::string> load_node_key(const std::string& path, crypto::Entropy& entropy)
{
    auto file = env::read_file(path, kFileBytesMax);
    if (file)
    {
        const auto seed = parse(*file);
        crypto::wipe(*file);
        if (!seed)
            return std::unexpected(path + ": not a node key: it must hold 32 bytes or 64 hexadecimal digits");
        return *seed;
    }
    if (file.error().code != ENOENT)
        return std::unexpected(file.error().words);
    const auto seed = crypto::fresh_seed(entropy, "node key");
    const std::array<base::ByteView, 1> parts{seed};
    if (const auto written = env::write_file(path, parts, kOwnerOnly); !written)
        return std::unexpected(written.error().words);
    return seed;
}

} // namespace network
