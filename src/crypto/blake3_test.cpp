#include "crypto/blake3.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using base::Bytes;
using base::ByteView;
using base::Digest;
using crypto::Blake3;

/// Key, context, input pattern and lengths of the BLAKE3 team's test vectors; digests made with Debian's b3sum 1.2.0.
struct Vector
{
    size_t length;
    std::string hash, keyed_hash, derived_key;
};
constexpr std::string_view kKey = "whats the Elvish word for friend";
constexpr std::string_view kContext = "BLAKE3 2019-12-27 16:29:52 test vectors context";
const std::vector<Vector> kVectors{
    {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
     "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26",
     "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"},
    {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
     "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b",
     "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"},
    {63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b",
     "bb1eb5d4afa793c1ebdd9fb08def6c36d10096986ae0cfe148cd101170ce37ae",
     "b6451e30b953c206e34644c6803724e9d2725e0893039cfc49584f991f451af3"},
    {64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98",
     "ba8ced36f327700d213f120b1a207a3b8c04330528586f414d09f2f7d9ccb7e6",
     "a5c4a7053fa86b64746d4bb688d06ad1f02a18fce9afd3e818fefaa7126bf73e"},
    {65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee",
     "c0a4edefa2d2accb9277c371ac12fcdbb52988a86edc54f0716e1591b4326e72",
     "51fd05c3c1cfbc8ed67d139ad76f5cf8236cd2acd26627a30c104dfd9d3ff8a8"},
    {127, "d81293fda863f008c09e92fc382a81f5a0b4a1251cba1634016a0f86a6bd640d",
     "c64200ae7dfaf35577ac5a9521c47863fb71514a3bcad18819218b818de85818",
     "c91c090ceee3a3ac81902da31838012625bbcd73fcb92e7d7e56f78deba4f0c3"},
    {128, "f17e570564b26578c33bb7f44643f539624b05df1a76c81f30acd548c44b45ef",
     "b04fe15577457267ff3b6f3c947d93be581e7e3a4b018679125eaf86f6a628ec",
     "81720f34452f58a0120a58b6b4608384b5c51d11f39ce97161a0c0e442ca0225"},
    {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
     "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e",
     "74a16c1c3d44368a86e1ca6df64be6a2f64cce8f09220787450722d85725dea5"},
    {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
     "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4",
     "7356cd7720d5b66b6d0697eb3177d9f8d73a4a5c5e968896eb6a689684302706"},
    {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
     "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69",
     "effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb"},
    {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a",
     "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1",
     "7b2945cb4fef70885cc5d78a87bf6f6207dd901ff239201351ffac04e1088a23"},
    {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
     "9f29700902f7c86e514ddc4df1e3049f258b2472b6dd5267f61bf13983b78dd5",
     "2ea477c5515cc3dd606512ee72bb3e0e758cfae7232826f35fb98ca1bcbdf273"},
    {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2",
     "044a0e7b172a312dc02a4c9a818c036ffa2776368d7f528268d2e6b5df191770",
     "050df97f8c2ead654d9bb3ab8c9178edcd902a32f8495949feadcc1e0480c46b"},
    {4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969",
     "befc660aea2f1718884cd8deb9902811d332f4fc4a38cf7c7300d597a081bfc0",
     "1e0d7f3db8c414c97c6307cbda6cd27ac3b030949da8e23be1a1a924ad2f25b9"},
    {5121, "628bd2cb2004694adaab7bbd778a25df25c47b9d4155a55f8fbd79f2fe154cff",
     "6ccf1c34753e7a044db80798ecd0782a8f76f33563accaddbfbb2e0ea4b2d024",
     "b07f01e518e702f7ccb44a267e9e112d403a7b3f4883a47ffbed4b48339b3c34"},
    {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47",
     "efa53b389ab67c593dba624d898d0f7353ab99e4ac9d42302ee64cbf9939a419",
     "39772aef80e0ebe60596361e45b061e8f417429d529171b6764468c22928e28e"},
};

std::string hex(ByteView bytes)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : bytes)
        text += {digits[byte / 16], digits[byte % 16]};
    return text;
}

Bytes pattern(size_t length)
{
    Bytes bytes(length);
    for (size_t i = 0; i != length; ++i)
        bytes[i] = uint8_t(i % 251);
    return bytes;
}

Digest key()
{
    Digest bytes;
    std::ranges::copy(kKey, bytes.begin());
    return bytes;
}

TEST(Blake3, all_three_modes_give_the_published_digests)
{
    for (const auto& known : kVectors)
    {
        const auto input = pattern(known.length);
        EXPECT_EQ(hex(crypto::blake3(input)), known.hash) << known.length;
        EXPECT_EQ(hex(Blake3::keyed(key()).update(input).digest()), known.keyed_hash) << known.length;
        EXPECT_EQ(hex(crypto::derive_key(kContext, input)), known.derived_key) << known.length;
    }
}

TEST(Blake3, the_extendable_output_continues_the_digest)
{
    Bytes out(131);
    Blake3{}.update(pattern(1025)).xof(0, out);
    EXPECT_EQ(hex(out), "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"
                        "f4c4a22b4b399155358a994e52bf255de60035742ec71bd08ac275a1b51cc6bf"
                        "e332b0ef84b409108cda080e6269ed4b3e2c3f7d722aa4cdc98d16deb554e562"
                        "7be8f955c98e1d5f9565a9194cad0c4285f93700062d9595adb992ae68ff1280"
                        "0ab67a");
}

TEST(Blake3, every_window_of_the_output_is_a_part_of_the_whole)
{
    const auto hash = Blake3{}.update(pattern(3000));
    Bytes whole(200);
    hash.xof(0, whole);
    for (size_t offset = 0; offset != whole.size(); ++offset)
        for (const size_t size : {size_t{0}, size_t{1}, size_t{32}, size_t{64}, whole.size() - offset})
        {
            if (offset + size > whole.size())
                continue;
            Bytes part(size);
            hash.xof(offset, part);
            EXPECT_EQ(part, Bytes(whole.begin() + offset, whole.begin() + offset + size)) << offset << " " << size;
        }
}

TEST(Blake3, input_may_come_in_any_two_parts)
{
    const auto input = pattern(1100);
    const auto whole = crypto::blake3(input);
    for (size_t cut = 0; cut <= input.size(); ++cut)
        ASSERT_EQ(Blake3{}.update(ByteView(input).first(cut)).update(ByteView(input).subspan(cut)).digest(), whole);
}

TEST(Blake3, reading_changes_nothing_and_copies_go_their_own_way)
{
    Blake3 hash;
    hash.update(base::view("a"));
    const auto before = hash.digest();
    EXPECT_EQ(hash.digest(), before);

    Blake3 copy = hash;
    EXPECT_EQ(copy.update(base::view("b")).digest(), crypto::blake3(base::view("ab")));
    EXPECT_EQ(hash.digest(), before);
    EXPECT_EQ(hash.update(base::view("c")).digest(), crypto::blake3(base::view("ac")));
}

TEST(HashRows, each_row_gets_its_standard_keyed_hash)
{
    for (size_t row_bytes = 64; row_bytes <= crypto::kRowBytesMax; row_bytes += 64)
        for (const size_t count : {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 130})
        {
            const auto rows = pattern(row_bytes * count);
            std::vector<Digest> digests(count);
            crypto::hash_rows(key(), rows, row_bytes, digests);
            for (size_t i = 0; i != count; ++i)
                ASSERT_EQ(digests[i],
                          Blake3::keyed(key()).update(ByteView(rows).subspan(i * row_bytes, row_bytes)).digest())
                    << row_bytes << " bytes, row " << i << " of " << count;
        }
}

TEST(HashPairs, a_parent_is_the_keyed_hash_of_its_children_in_order)
{
    std::vector<Digest> children(38);
    for (size_t i = 0; i != children.size(); ++i)
        children[i].fill(uint8_t(i + 1));
    std::vector<Digest> parents(children.size() / 2);
    crypto::hash_pairs(key(), children, parents);
    for (size_t i = 0; i != parents.size(); ++i)
        EXPECT_EQ(parents[i], Blake3::keyed(key()).update(children[2 * i]).update(children[2 * i + 1]).digest());
}

TEST(HashRowsDeathTest, a_row_that_is_not_whole_blocks_stops)
{
    std::vector<Digest> digest(1);
    EXPECT_DEATH(crypto::hash_rows(key(), Bytes(63), 63, digest), "");
    EXPECT_DEATH(crypto::hash_rows(key(), Bytes(1088), 1088, digest), "");
    EXPECT_DEATH(crypto::hash_rows(key(), Bytes(64), 128, digest), "");
}

} // namespace
