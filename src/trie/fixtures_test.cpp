#include "base/testing/vectors.hpp"
#include "trie/root.hpp"
#include "trie/testing/naive.hpp"

#include <gtest/gtest.h>

#include <cstdio>

/// The state-trie fixtures of w3f/polkadot-tests. They hold keys and values; the roots below were computed from them
/// with the crate sp-trie 47.0.0.
namespace trie {
namespace {

struct Fixture
{
    const char* name;
    bool hex;
    const char *v0, *v1;
};

constexpr Fixture kFixtures[] = {
    {"10000_node", true, "541697d1096d8660d76c1c1fdc5c053afce5b9b67319723f008e7a139b22445b", ""},
    {"1c1", false, "43e6ad6c4f2c34989b14cbe107b2628072f7cda5ec948b899ca7cab9fe987f99", ""},
    {"hex_1c1", false, "d2ae44cc39bc9de07b9d8b4c521965ed9236b5cad4a02624cc733e825132d919", ""},
    {"hex_1c1", true, "e8ab6bcef78967f011a6572f260e762d125383fa3f180efece73e3da7d728bc8", ""},
    {"hex_limit", false, "48bccaa9781748c558904470c2f3116b2aed789aa7824c5e0ccde22c99cd4572",
     "32a441d128cb0de365187a32362efeb4e525b474bc0d5ec41144c4b1e5e4a022"},
    {"hex_limit", true, "e556812c8419ea2f37c7665751913f4e393f3b905bed209311986020eb496562",
     "a91eed341b8fa1665da04c62442e9d40ab8dd9e8ef67268526d2883116606f9e"},
    {"hex_long", false, "b433c65041b5d2ae2d4d5ffd03f2807123d6cd02ea8ecd535cb0060ac3fa6bc9",
     "61879c35a18f13d34d072d7f7daf031312ed4e4697d8f05ea2f6f8965c4284f5"},
    {"hex_long", true, "bfb10a16eb0873ab40c3a6ed3374b142bc5ecfb33000375d3dac3d28bc292949",
     "3e45bc99b0a0ea6dfe5553cd40e2e87de689cede5b68a73fd2c397e6bf9326d4"},
    {"pk_branch", false, "6bbc07f9453b62275b516008bc4e44d53546afcd3c7c304379cd089fe7af271a",
     "e6270140c8af29c77348092edb218a848a7bb6d36d6bce5936ec10d42e532101"},
    {"pk_branch2", false, "fc6cfeef6dc2aad32ba6dae30e4f0370635b32de9df7c20c28858524a399bd89",
     "de5176ca549203a4362f867ec9f3239bd3dbcffdd8602453c53f8e235f62e66d"},
    {"random_state_80", false, "09352d512ecf294178433da161f3eaf11247585e7896fb56b4fa69c77f26c100", ""},
    {"scv", false, "82c9e039b7c772d68c6edede03bca0f49b4fa48da7bc0445b2ddc9b31768a331", ""},
};

std::string unpacked(const std::string& archive, const std::string& name)
{
    const auto command = "tar -xJOf '" + archive + "' polkadot-tests/fixtures/state-trie/" + name + ".yaml";
    std::string text;
    FILE* pipe = ::popen(command.c_str(), "r"); // NOLINT(bugprone-command-processor): the name is our own
    if (pipe == nullptr)
        return text;
    std::array<char, 4096> buffer;
    for (size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;)
        text.append(buffer.data(), got);
    ::pclose(pipe);
    return text;
}

Bytes bytes_of(const std::string& text, bool hex)
{
    if (!hex)
        return {text.begin(), text.end()};
    Bytes bytes;
    for (size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(uint8_t(std::stoi(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

/// `keys:` and `values:`, each followed by lines `  - text`.
std::vector<std::pair<Bytes, Bytes>> parsed(const std::string& text, bool hex)
{
    std::vector<std::pair<Bytes, Bytes>> pairs;
    size_t values = 0;
    bool in_values = false;
    for (size_t at = 0; at < text.size();)
    {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        at = end + 1;
        if (line == "values:")
            in_values = true;
        else if (line.starts_with("  - ") && !in_values)
            pairs.push_back({bytes_of(line.substr(4), hex), {}});
        else if (line.starts_with("  - "))
            pairs.at(values++).second = bytes_of(line.substr(4), false);
    }
    return pairs;
}

std::string hex_of(const Digest& digest)
{
    std::string text;
    for (const auto byte : digest)
        text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
    return text;
}

TEST(TrieFixtures, every_fixture_has_its_root_at_once_and_when_its_keys_come_and_go_one_by_one)
{
    ZKP_NEED_VECTOR(archive, "polkadot-tests.tar.xz");
    for (const auto& fixture : kFixtures)
    {
        const auto pairs = parsed(unpacked(archive.string(), fixture.name), fixture.hex);
        ASSERT_FALSE(pairs.empty()) << fixture.name;
        std::vector<Pair> views;
        for (const auto& [key, value] : pairs)
            views.push_back({key, value});
        EXPECT_EQ(hex_of(*root(views, Version::v0)), fixture.v0) << fixture.name;
        // Short values look the same in both versions.
        EXPECT_EQ(hex_of(*root(views, Version::v1)), *fixture.v1 ? fixture.v1 : fixture.v0) << fixture.name;

        MemoryStore store;
        Digest at = empty_root();
        const auto change = [&](const Change& one) {
            const auto update = apply(store, at, {&one, 1}, Version::v0);
            ASSERT_TRUE(update);
            store.insert(*update);
            store.remove(*update);
            at = update->root;
        };
        for (const auto& pair : views)
            change({pair.key, pair.value});
        EXPECT_EQ(hex_of(at), fixture.v0) << fixture.name;
        for (const auto& pair : views)
            change({pair.key, std::nullopt});
        EXPECT_EQ(at, empty_root());
        EXPECT_EQ(store.size(), 0u);
    }
}

} // namespace
} // namespace trie
