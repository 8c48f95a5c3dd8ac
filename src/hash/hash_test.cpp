#include "hash/blake2b.hpp"
#include "hash/keccak.hpp"
#include "hash/sha2.hpp"
#include "hash/twox.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <xxhash.h>

#include <random>
#include <string>

namespace hash {
namespace {

using base::Bytes;

std::string hex(ByteView bytes)
{
    std::string text;
    for (const auto byte : bytes)
        for (const int digit : {byte >> 4, byte & 15})
            text.push_back("0123456789abcdef"[digit]);
    return text;
}

Bytes random_bytes(std::mt19937_64& random, size_t size)
{
    Bytes bytes(size);
    for (auto& byte : bytes)
        byte = uint8_t(random());
    return bytes;
}

// Every length around the blocks of all hashes here (32, 64, 72, 128, 136), then some long ones.
std::vector<size_t> lengths()
{
    std::vector<size_t> all;
    for (size_t i = 0; i != 300; ++i)
        all.push_back(i);
    all.insert(all.end(), {1000, 1024, 4096, 65537, 1 << 20});
    return all;
}

template <size_t bits>
Bits<bits> openssl(const EVP_MD* method, ByteView bytes)
{
    Bits<bits> out{};
    unsigned size = 0;
    EXPECT_EQ(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, method, nullptr), 1);
    EXPECT_EQ(size, out.size());
    return out;
}

template <size_t bits>
Bits<bits> sodium(ByteView bytes, ByteView key = {})
{
    Bits<bits> out{};
    EXPECT_EQ(crypto_generichash(out.data(), out.size(), bytes.data(), bytes.size(), key.data(), key.size()), 0);
    return out;
}

TEST(Blake2b, the_example_of_rfc_7693_appendix_a)
{
    EXPECT_EQ(hex(blake2_512("abc")), "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                                      "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

// The deterministic sequence of RFC 7693, appendix E.
Bytes sequence(size_t size, uint32_t seed)
{
    Bytes out(size);
    uint32_t a = 0xdead4bad * seed, b = 1;
    for (auto& byte : out)
    {
        const uint32_t t = a + b;
        a = b;
        b = t;
        byte = uint8_t(t >> 24);
    }
    return out;
}

template <size_t bytes>
void absorb_row(Blake2b<256>& all)
{
    for (const size_t size : {0, 3, 128, 129, 255, 1024})
    {
        const auto input = sequence(size, uint32_t(size));
        all.update(Blake2b<8 * bytes>{}.update(input).digest());
        all.update(Blake2b<8 * bytes>{sequence(bytes, bytes)}.update(input).digest());
    }
}

TEST(Blake2b, the_self_test_of_rfc_7693_appendix_e)
{
    Blake2b<256> all;
    absorb_row<20>(all);
    absorb_row<32>(all);
    absorb_row<48>(all);
    absorb_row<64>(all);
    EXPECT_EQ(hex(all.digest()), "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475");
}

TEST(Blake2b, agrees_with_libsodium_at_every_length_and_key)
{
    std::mt19937_64 random{1};
    for (const auto size : lengths())
    {
        const auto bytes = random_bytes(random, size);
        const auto key = random_bytes(random, size % 65);
        ASSERT_EQ(blake2_128(bytes), sodium<128>(bytes)) << size;
        ASSERT_EQ(blake2_256(bytes), sodium<256>(bytes)) << size;
        ASSERT_EQ(blake2_512(bytes), sodium<512>(bytes)) << size;
        ASSERT_EQ(Blake2b<256>{key}.update(bytes).digest(), sodium<256>(bytes, key)) << size;
    }
}

// libsodium makes no hash of 64 bits. Expected: the names of runtime APIs as Substrate's clients know them.
TEST(Blake2b, hashes_of_64_bits_are_the_names_of_runtime_apis)
{
    EXPECT_EQ(hex(blake2_64("Core")), "df6acb689907609b");
    EXPECT_EQ(hex(blake2_64("Metadata")), "37e397fc7c91f5e4");
    EXPECT_EQ(hex(blake2_64("BlockBuilder")), "40fe3ad401f8959a");
    EXPECT_EQ(hex(blake2_64("BabeApi")), "cbca25e39f142387");
}

TEST(Twox, names_of_storage_items_as_substrate_stores_them)
{
    EXPECT_EQ(hex(twox_128("System")), "26aa394eea5630e07c48ae0c9558cef7");
    EXPECT_EQ(hex(twox_128("Account")), "b99d880ec681799c0cf30e8886371da9");
    EXPECT_EQ(hex(twox_128("Number")), "02a5c1b19ab7a04f536c519aca4983ac");
}

TEST(Twox, agrees_with_the_xxhash_library_at_every_length_and_seed)
{
    std::mt19937_64 random{2};
    for (const auto size : lengths())
    {
        const auto bytes = random_bytes(random, size);
        for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, uint64_t{3}, random()})
            ASSERT_EQ(xxh64(bytes, seed), XXH64(bytes.data(), bytes.size(), seed)) << size;
        const auto wide = twox_256(bytes);
        for (size_t i = 0; i != 4; ++i)
            ASSERT_EQ(detail::load_le<uint64_t>(wide.data() + 8 * i), XXH64(bytes.data(), bytes.size(), i));
        ASSERT_TRUE(std::ranges::equal(ByteView{wide}.first(16), twox_128(bytes)));
        ASSERT_TRUE(std::ranges::equal(ByteView{wide}.first(8), twox_64(bytes)));
    }
}

// Ethereum Yellow Paper, appendix on constants (empty); the Keccak team's examples (abc).
TEST(Keccak, published_hashes)
{
    EXPECT_EQ(hex(keccak_256("")), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(hex(keccak_256("abc")), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    EXPECT_EQ(hex(keccak_512("")), "0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304"
                                   "c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e");
    EXPECT_EQ(hex(keccak_512("abc")), "18587dc2ea106b9a1563e32b3312421ca164c7f1f07bc922a9c83d77cea3a1e5"
                                      "d0c69910739025372dc14ac9642629379540c17e2a65b19d77aa511a9d00bb96");
}

// Solidity's selectors: the first four bytes of the hash of a signature (Contract ABI specification; ERC-20).
TEST(Keccak, selectors_of_contract_functions)
{
    EXPECT_EQ(hex(keccak_256("transfer(address,uint256)")).substr(0, 8), "a9059cbb");
    EXPECT_EQ(hex(keccak_256("baz(uint32,bool)")).substr(0, 8), "cdcd77c0");
}

// OpenSSL has SHA-3, which is the same sponge but for the suffix.
TEST(Keccak, with_the_suffix_of_sha3_it_agrees_with_openssl_at_every_length)
{
    std::mt19937_64 random{3};
    for (const auto size : lengths())
    {
        const auto bytes = random_bytes(random, size);
        ASSERT_EQ((Keccak<256, 0x06>{}.update(bytes).digest()), openssl<256>(EVP_sha3_256(), bytes)) << size;
        ASSERT_EQ((Keccak<512, 0x06>{}.update(bytes).digest()), openssl<512>(EVP_sha3_512(), bytes)) << size;
    }
}

// FIPS 180-4 examples: one block, two blocks, a million letters.
TEST(Sha256, published_hashes)
{
    EXPECT_EQ(hex(sha2_256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha2_256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex(sha2_256(std::string(1000000, 'a'))),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, agrees_with_openssl_at_every_length)
{
    std::mt19937_64 random{4};
    for (const auto size : lengths())
    {
        const auto bytes = random_bytes(random, size);
        ASSERT_EQ(sha2_256(bytes), openssl<256>(EVP_sha256(), bytes)) << size;
    }
}

// A stream cut anywhere is the same stream, and digest() does not end it.
template <class Hasher>
void cut_anywhere()
{
    std::mt19937_64 random{5};
    const auto bytes = random_bytes(random, 700);
    const auto whole = Hasher{}.update(bytes).digest();
    for (int round = 0; round != 200; ++round)
    {
        Hasher hasher;
        for (size_t at = 0; at != bytes.size();)
        {
            const auto size = std::min<size_t>(random() % 150, bytes.size() - at);
            hasher.update(ByteView{bytes}.subspan(at, size));
            at += size;
            ASSERT_EQ(hasher.digest(), Hasher{}.update(ByteView{bytes}.first(at)).digest());
        }
        ASSERT_EQ(hasher.digest(), whole);
    }
}

TEST(Streams, a_stream_cut_anywhere_has_the_same_hash)
{
    cut_anywhere<Blake2b<256>>();
    cut_anywhere<Keccak<256>>();
    cut_anywhere<Keccak<512>>();
    cut_anywhere<Sha256>();
}

// While compiling, text and bytes give what they give at run time.
static_assert(blake2_128("")[0] == 0xca && blake2_256("abc")[0] == 0xbd);
static_assert(twox_128("System")[0] == 0x26 && twox_64(ByteView{}) == twox_64(""));
static_assert(keccak_256("abc")[0] == 0x4e && sha2_256("abc")[0] == 0xba);

TEST(Streams, hashes_made_while_compiling_are_those_made_at_run_time)
{
    static constexpr std::string_view text =
        "a text of more than one block of the shortest hash, of 64 bytes: one byte";
    constexpr auto blake = blake2_256(text);
    constexpr auto twox = twox_256(text);
    constexpr auto keccak = keccak_256(text);
    constexpr auto sha = sha2_256(text);
    EXPECT_EQ(blake, sodium<256>(base::view(text)));
    EXPECT_EQ(twox, twox_256(base::view(text)));
    EXPECT_EQ(keccak, keccak_256(base::view(text)));
    EXPECT_EQ(sha, openssl<256>(EVP_sha256(), base::view(text)));
}

} // namespace
} // namespace hash
