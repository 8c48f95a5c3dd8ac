#include "keystore/folder.hpp"

#include "env/entropy.hpp"
#include "env/file.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace keystore {
namespace {

namespace fs = std::filesystem;
namespace sr25519 = signature::sr25519;
namespace ed25519 = signature::ed25519;
namespace ecdsa = signature::ecdsa;
using host::KeystoreRefusal;
using signature::SecretText;

constexpr host::KeyType kBabe{'b', 'a', 'b', 'e'}, kGrandpa{'g', 'r', 'a', 'n'}, kEth{'e', 't', 'h', '!'};

/// `sr25519`'s //Alice under "babe": the name that a Substrate node gives its file.
constexpr std::string_view kAliceFile = "62616265d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

struct KeyFolder : ::testing::Test
{
    fs::path root = fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::string path = (root / "chain" / "keystore").string();
    env::OsEntropy entropy;

    KeyFolder() { fs::remove_all(root); }
    ~KeyFolder() override { fs::remove_all(root); }

    std::unique_ptr<Folder> open(std::optional<SecretText> password = {})
    {
        auto folder = Folder::open(path, std::move(password));
        EXPECT_TRUE(folder) << folder.error();
        return std::move(*folder);
    }
    void write(std::string_view name, std::string_view content, mode_t mode = 0600) const
    {
        std::ofstream(path + "/" + std::string(name), std::ios::binary) << content;
        chmod((path + "/" + std::string(name)).c_str(), mode);
    }
    std::string content(const std::string& name) const
    {
        const auto bytes = env::read_file(path + "/" + name, kFileBytesMax);
        return bytes ? std::string(bytes->begin(), bytes->end()) : "";
    }
    static mode_t mode(const std::string& path)
    {
        struct stat info{};
        stat(path.c_str(), &info);
        return info.st_mode & 0777;
    }
};

TEST_F(KeyFolder, a_key_lies_under_substrates_name_as_a_json_string_for_its_owner_alone)
{
    const auto folder = open();
    host::Keystore keys(entropy);
    keys.keep_in(*folder);
    ASSERT_TRUE(keys.insert<sr25519::Keypair>(kBabe, "//Alice"));
    EXPECT_EQ(content(std::string(kAliceFile)), "\"//Alice\"");
    EXPECT_EQ(mode(path), 0700);
    EXPECT_EQ(mode(path + "/" + std::string(kAliceFile)), 0600);
}

TEST_F(KeyFolder, keys_of_all_schemes_outlive_the_process)
{
    std::vector<std::pair<host::KeyType, Bytes>> made;
    {
        const auto folder = open();
        host::Keystore keys(entropy);
        keys.keep_in(*folder);
        made.emplace_back(kBabe, *keys.generate<sr25519::Keypair>(kBabe, {}));
        made.emplace_back(kGrandpa, *keys.generate<ed25519::Keypair>(kGrandpa, {}));
        made.emplace_back(kEth, *keys.generate<ecdsa::Keypair>(kEth, {}));
        made.emplace_back(kBabe, *keys.insert<sr25519::Keypair>(kBabe, "//Alice/soft//7"));
    }
    const auto folder = open();
    host::Keystore keys(entropy);
    EXPECT_TRUE(folder->load(keys).empty());
    for (const auto& [type, key] : made)
        EXPECT_TRUE(keys.has(type, key));
    EXPECT_EQ(keys.public_keys<sr25519::Keypair>(kBabe).size(), 2);
    EXPECT_EQ(keys.public_keys<ed25519::Keypair>(kGrandpa).size(), 1);
    EXPECT_EQ(keys.public_keys<ecdsa::Keypair>(kEth).size(), 1);
}

TEST_F(KeyFolder, generated_keys_are_phrases_of_twelve_words)
{
    const auto folder = open();
    host::Keystore keys(entropy);
    keys.keep_in(*folder);
    const auto key = *keys.generate<sr25519::Keypair>(kBabe, {});
    const auto text = content(file_name(kBabe, key));
    EXPECT_EQ(std::ranges::count(text, ' '), 11);
}

TEST_F(KeyFolder, the_password_opens_the_keys_and_is_not_kept)
{
    Bytes key;
    {
        const auto folder = open(SecretText(std::string_view("secret")));
        host::Keystore keys(entropy);
        keys.keep_in(*folder);
        key = *keys.generate<sr25519::Keypair>(kBabe, {});
    }
    EXPECT_EQ(content(file_name(kBabe, key)).find("secret"), std::string::npos);
    for (const auto* word : {"secret", "wrong", ""})
    {
        const auto folder =
            open(*word == 0 ? std::optional<SecretText>() : std::optional(SecretText(std::string_view(word))));
        host::Keystore keys(entropy);
        const auto problems = folder->load(keys);
        EXPECT_EQ(keys.has(kBabe, key), std::string_view(word) == "secret");
        EXPECT_EQ(problems.empty(), std::string_view(word) == "secret");
        if (!problems.empty())
            EXPECT_NE(problems[0].find("password"), std::string::npos) << problems[0];
    }
}

TEST_F(KeyFolder, damaged_and_foreign_files_get_one_line_each_and_are_left_alone)
{
    const auto folder = open();
    const std::string alice(kAliceFile), bob = "62616265" + std::string(64, 'b');
    const std::vector<std::pair<std::string, std::string>> files{
        {"README", "notes"},                                     // not named as a key
        {alice, "\"//Walter"},                                   // cut off
        {bob, "\"//Walter\""},                                   // another public key
        {"6772616e" + std::string(64, '1'), "{\"key\": 1}"},     // not a string
        {"6772616e" + std::string(64, '2'), ""},                 // empty
        {"6772616e" + std::string(64, '3'), "\"not a phrase\""}, // not a secret
        {"6772616e" + std::string(64, '4'), std::string(kFileBytesMax + 1, 'x')},
        {"6772616g" + std::string(64, '5'), "\"//Walter\""},
    };
    for (const auto& [name, text] : files)
        write(name, text);
    fs::create_directory(path + "/6772616e" + std::string(64, '6'));
    host::Keystore keys(entropy);
    const auto problems = folder->load(keys);
    EXPECT_EQ(problems.size(), files.size() + 1);
    for (const auto& [name, text] : files)
    {
        EXPECT_EQ(std::ranges::count_if(problems, [&](const auto& line) { return line.find(name) != line.npos; }), 1);
        EXPECT_EQ(fs::file_size(path + "/" + name), text.size());
    }
    for (const auto& line : problems)
    {
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_EQ(line.find("//Walter"), std::string::npos) << "secrets stay out of messages";
    }
    EXPECT_TRUE(keys.public_keys<sr25519::Keypair>(kBabe).empty());
}

TEST_F(KeyFolder, a_key_that_others_can_read_serves_and_is_reported)
{
    const auto folder = open();
    write(kAliceFile, "\"//Alice\"", 0644);
    host::Keystore keys(entropy);
    const auto problems = folder->load(keys);
    ASSERT_EQ(problems.size(), 1);
    EXPECT_NE(problems[0].find("chmod 600"), std::string::npos);
    EXPECT_EQ(keys.public_keys<sr25519::Keypair>(kBabe).size(), 1);
}

TEST_F(KeyFolder, a_folder_open_to_others_is_closed_and_a_file_in_its_place_refused)
{
    fs::create_directories(path);
    chmod(path.c_str(), 0755);
    open();
    EXPECT_EQ(mode(path), 0700);
    write("file", "");
    const auto refused = Folder::open(path + "/file");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find(path + "/file"), std::string::npos);
}

TEST_F(KeyFolder, a_key_that_cannot_be_written_is_not_used)
{
    const auto folder = open();
    host::Keystore keys(entropy);
    keys.keep_in(*folder);
    fs::remove_all(path);
    EXPECT_EQ(keys.insert<sr25519::Keypair>(kBabe, "//Alice").error(), KeystoreRefusal::storage);
    EXPECT_TRUE(keys.public_keys<sr25519::Keypair>(kBabe).empty());
}

TEST_F(KeyFolder, a_key_is_inserted_by_the_public_key_that_it_must_have)
{
    host::Keystore keys(entropy);
    const auto alice_ed = ed25519::from_uri("//Alice")->public_key();
    const auto alice_ecdsa = ecdsa::from_uri("//Alice")->public_key();
    EXPECT_TRUE(keys.insert_matching(kGrandpa, "//Alice", alice_ed));
    EXPECT_TRUE(keys.insert_matching(kEth, "//Alice", alice_ecdsa));
    EXPECT_EQ(keys.public_keys<ed25519::Keypair>(kGrandpa).size(), 1);
    EXPECT_EQ(keys.insert_matching(kGrandpa, "//Bob", alice_ed).error(), KeystoreRefusal::mismatch);
    EXPECT_EQ(keys.insert_matching(kGrandpa, "//Bob/soft", alice_ed).error(), KeystoreRefusal::mismatch);
    EXPECT_EQ(keys.insert_matching(kGrandpa, "Bob", alice_ed).error(), KeystoreRefusal::uri);
    EXPECT_EQ(keys.insert_matching(kGrandpa, "//Alice", Bytes(31)).error(), KeystoreRefusal::unknown_kind);
}

TEST_F(KeyFolder, there_is_room_for_so_many_keys_and_no_more)
{
    host::Keystore keys(entropy);
    const auto seed = [](size_t i) {
        const auto digits = std::to_string(i);
        return "0x" + std::string(64 - digits.size(), '0') + digits;
    };
    for (size_t i = 0; i != host::kKeysMax; ++i)
        ASSERT_TRUE(keys.insert<ed25519::Keypair>(kGrandpa, seed(i)));
    EXPECT_EQ(keys.insert<ed25519::Keypair>(kGrandpa, seed(host::kKeysMax)).error(), KeystoreRefusal::full);
    EXPECT_TRUE(keys.insert<ed25519::Keypair>(kGrandpa, seed(0))) << "it is there already";
}

/// A vault that does not answer until told.
struct SlowVault final : host::KeyVault
{
    std::atomic<bool> asked = false, released = false;
    bool keep(const host::KeyType&, ByteView, std::string_view) override
    {
        asked = true;
        asked.notify_all();
        released.wait(false);
        return true;
    }
};

TEST_F(KeyFolder, keys_sign_while_another_one_is_being_written)
{
    host::Keystore keys(entropy);
    const auto alice = *keys.insert<sr25519::Keypair>(kBabe, "//Alice");
    SlowVault vault;
    keys.keep_in(vault);
    std::thread inserting([&] { EXPECT_TRUE(keys.insert<sr25519::Keypair>(kBabe, "//Bob")); });
    vault.asked.wait(false);
    const auto key = keys.with<sr25519::Keypair>(
        kBabe, alice, [](const sr25519::Keypair& pair, crypto::Entropy&) { return pair.public_key(); });
    EXPECT_TRUE(key && std::ranges::equal(*key, alice));
    EXPECT_EQ(keys.public_keys<sr25519::Keypair>(kBabe).size(), 1) << "not in use before it is written";
    vault.released = true;
    vault.released.notify_all();
    inserting.join();
    EXPECT_EQ(keys.public_keys<sr25519::Keypair>(kBabe).size(), 2);
}

} // namespace
} // namespace keystore
