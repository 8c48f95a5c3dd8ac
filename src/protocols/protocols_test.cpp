#include "protocols/gossip.hpp"
#include "protocols/light.hpp"
#include "protocols/names.hpp"
#include "protocols/sync.hpp"

#include <gtest/gtest.h>

namespace protocols {
namespace {

Bytes from_hex(std::string_view hex)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    Bytes out;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(uint8_t(digit(hex[i]) << 4 | digit(hex[i + 1])));
    return out;
}

Hash filled(uint8_t byte)
{
    Hash hash;
    hash.fill(byte);
    return hash;
}

std::string repeat(std::string_view hex, int times)
{
    std::string out;
    for (int i = 0; i != times; ++i)
        out += hex;
    return out;
}

primitives::Header header(uint32_t number)
{
    primitives::Header value;
    value.parent_hash = filled(1);
    value.number = number;
    value.state_root = filled(2);
    return value;
}

/// What decodes from `bytes` encodes to them again, and no truncation decodes to the same.
template <class T, class Decode>
void round_trip(const T& value, const Bytes& bytes, Decode decode)
{
    const auto again = decode(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, value);
    for (size_t size = 0; size != bytes.size(); ++size)
    {
        const auto shorter = decode(ByteView(bytes).first(size));
        EXPECT_FALSE(shorter && *shorter == value) << size;
    }
}

TEST(Names, they_are_those_that_polkadot_uses)
{
    Hash genesis;
    // 0x91b1…90c3, Polkadot's genesis hash.
    const auto bytes = from_hex("91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3");
    std::ranges::copy(bytes, genesis.begin());
    const auto sync = protocol(Name::sync, genesis, "");
    EXPECT_EQ(sync.name, "/91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3/sync/2");
    EXPECT_EQ(sync.kind, libp2p::ProtocolKind::requests);
    const auto announces = protocol(Name::block_announces, genesis, "fork");
    EXPECT_EQ(announces.name,
              "/91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3/fork/block-announces/1");
    EXPECT_EQ(announces.kind, libp2p::ProtocolKind::notifications);
}

TEST(Announces, the_handshake_is_role_number_and_two_hashes)
{
    const AnnouncesHandshake handshake{4, 258, filled(0xaa), filled(0xbb)};
    const auto bytes = scale::encode(handshake);
    EXPECT_EQ(bytes, from_hex("04"
                              "02010000" +
                              repeat("aa", 32) + repeat("bb", 32)));
    round_trip(handshake, bytes, [](ByteView raw) { return scale::decode<AnnouncesHandshake>(raw); });
    EXPECT_FALSE(scale::decode<AnnouncesHandshake>(from_hex("04"
                                                            "02010000" +
                                                            repeat("aa", 32) + repeat("bb", 33))));
}

TEST(Announces, a_message_is_header_best_flag_and_data)
{
    const BlockAnnounce announce{header(1), true, {}};
    const auto bytes = scale::encode(announce);
    EXPECT_EQ(bytes, from_hex(repeat("01", 32) + "04" + repeat("02", 32) + repeat("00", 32) +
                              "00"
                              "01"
                              "00"));
    round_trip(announce, bytes, [](ByteView raw) { return scale::decode<BlockAnnounce>(raw); });
}

TEST(Roles, one_known_bit_is_a_role)
{
    for (const auto role : {Role::full, Role::light, Role::authority})
        EXPECT_EQ(decode_role(encode_role(role)), role);
    for (const auto* hex : {"", "00", "03", "08", "0101"})
        EXPECT_FALSE(decode_role(from_hex(hex))) << hex;
}

TEST(Transactions, a_message_lists_them_and_is_bounded)
{
    const Transactions list{{1, 2, 3}, {}};
    EXPECT_EQ(scale::encode(list), from_hex("08"
                                            "0c010203"
                                            "00"));
    EXPECT_EQ(decode_transactions(scale::encode(list)), list);
    EXPECT_FALSE(decode_transactions(scale::encode(Transactions(kTransactionsMax + 1))));
    EXPECT_FALSE(decode_transactions(from_hex("08"
                                              "0c0102")));
}

TEST(Grandpa, each_message_has_the_layout_of_the_network_documentation)
{
    // Layouts: "Networking protocols", sections Neighbor packet, Vote, Commit, Catch-up, of the smoldot author's
    // protocol description.
    using namespace grandpa;
    const auto hash = repeat("07", 32), signature = repeat("08", 64), key = repeat("09", 32);
    const auto hex_of = [](const Message& message) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string hex;
        for (const auto byte : scale::encode(message))
            hex += {digits[byte >> 4], digits[byte & 15]};
        return hex;
    };
    Ed25519Signature sig;
    sig.bytes.fill(8);
    Ed25519Public id;
    id.bytes.fill(9);
    const Precommit precommit{filled(7), 5};
    const std::pair<Message, std::string> cases[] = {
        {Neighbor{NeighborV1{1, 2, 3}}, "02"
                                        "01"
                                        "0100000000000000"
                                        "0200000000000000"
                                        "03000000"},
        {Vote{1, 2, {precommit, sig, id}}, "00"
                                           "0100000000000000"
                                           "0200000000000000"
                                           "01" +
                                               hash + "05000000" + signature + key},
        {Commit{1, 2, {filled(7), 5, {precommit}, {{sig, id}}}}, "01"
                                                                 "0100000000000000"
                                                                 "0200000000000000" +
                                                                     hash +
                                                                     "05000000"
                                                                     "04" +
                                                                     hash +
                                                                     "05000000"
                                                                     "04" +
                                                                     signature + key},
        {CatchUpRequest{1, 2}, "03"
                               "0100000000000000"
                               "0200000000000000"},
        {CatchUp{2, 1, {}, {{precommit, sig, id}}, filled(7), 5}, "04"
                                                                  "0200000000000000"
                                                                  "0100000000000000"
                                                                  "00"
                                                                  "04" +
                                                                      hash + "05000000" + signature + key + hash +
                                                                      "05000000"},
    };
    for (const auto& [message, hex] : cases)
    {
        EXPECT_EQ(hex_of(message), hex);
        round_trip(message, from_hex(hex), [](ByteView raw) { return scale::decode<Message>(raw); });
    }
    EXPECT_FALSE(scale::decode<Message>(from_hex("05")));
    EXPECT_FALSE(scale::decode<Message>(from_hex("02"
                                                 "02"
                                                 "0100000000000000"
                                                 "0200000000000000"
                                                 "03000000")));
}

TEST(Grandpa, a_commit_expands_and_compacts_unless_signatures_are_missing)
{
    using namespace grandpa;
    const primitives::grandpa::Commit whole{filled(1), 9, {{{filled(1), 9}, {}, {}}, {{filled(2), 10}, {}, {}}}};
    auto small = compact(whole);
    EXPECT_EQ(expand(small), whole);
    small.auth_data.pop_back();
    EXPECT_FALSE(expand(small));
}

TEST(BlockRequests, the_bytes_are_those_of_the_schema)
{
    // protoc --encode=api.v1.BlockRequest of
    //   fields: 318767104 hash: <32 × 0x01> direction: Descending max_blocks: 5 support_multiple_justifications: true
    const BlockRequest by_hash{
        {BlockFields::kHeader | BlockFields::kBody | BlockFields::kJustification}, filled(1), true, 5, true};
    EXPECT_EQ(by_hash.encode(), from_hex("088080809801"
                                         "1220" +
                                         repeat("01", 32) +
                                         "2801"
                                         "3005"
                                         "3801"));
    round_trip(by_hash, by_hash.encode(), decode_block_request);
    const BlockRequest by_number{{BlockFields::kHeader}, BlockNumber{258}, false, 0, false};
    EXPECT_EQ(by_number.encode(), from_hex("0880808008"
                                           "1a0402010000"));
    round_trip(by_number, by_number.encode(), decode_block_request);
}

TEST(BlockRequests, what_does_not_fit_is_refused)
{
    for (const auto& hex : std::vector<std::string>{
             std::string(""), // no start
             "0880808008"
             "1a0402010000"
             "1220" +
                 repeat("01", 32), // two
             "0880808008"
             "121f" +
                 repeat("01", 31), // a short hash
             "0880808008"
             "1a03020100", // a short number
             "0880808008"
             "1a080201000000000001", // one above 2³² − 1
             "0801"
             "1a0402010000" +
                 std::string(), // a field outside the top byte
             "0880808080"
             "0c"
             "1a0402010000" +
                 std::string(), // an unknown field of the block
             "0880808008"
             "1a0402010000"
             "2802" +
                 std::string(), // no direction
             "0880808008"
             "1a0402010000"
             "308080808010" +
                 std::string(),                    // a count above 2³² − 1
             "0a01001a0402010000" + std::string(), // bytes for an integer
         })
        EXPECT_FALSE(decode_block_request(from_hex(hex))) << hex;
}

TEST(BlockResponses, blocks_survive_and_bounds_hold)
{
    BlockResponse response;
    response.blocks.push_back({.hash = filled(1), .header = {1, 2}, .body = {{3}, {}, {4, 5}}});
    response.blocks.push_back({.hash = filled(2), .justification = {6}, .justifications = {7, 8}});
    response.blocks.push_back({.hash = filled(3), .empty_justification = true, .indexed_body = {{9}}});
    round_trip(response, response.encode(), decode_block_response);
    EXPECT_EQ(BlockResponse({{{.hash = filled(1), .header = {1, 2}, .body = {{3}}}}}).encode(),
              from_hex("0a29"
                       "0a20" +
                       repeat("01", 32) +
                       "12020102"
                       "1a0103"));

    EXPECT_FALSE(decode_block_response(from_hex("0a02"
                                                "1200"))); // a block without a hash
    BlockResponse many;
    many.blocks.resize(BlockResponse::kBlocksMax + 1);
    EXPECT_FALSE(decode_block_response(many.encode()));
    BlockResponse stuffed;
    stuffed.blocks.resize(1);
    stuffed.blocks[0].body.resize(BlockResponse::kExtrinsicsMax + 1);
    EXPECT_FALSE(decode_block_response(stuffed.encode()));
}

TEST(WarpSync, a_request_is_a_hash_and_a_proof_is_scale)
{
    EXPECT_EQ(decode_warp_request(encode_warp_request(filled(5))), filled(5));
    EXPECT_FALSE(decode_warp_request(Bytes(31)));
    EXPECT_FALSE(decode_warp_request(Bytes(33)));
    const WarpProof proof{{{header(7), {3, {filled(1), 7, {}}, {header(6)}}}}, true};
    const auto bytes = scale::encode(proof);
    EXPECT_EQ(bytes[0], 4); // one fragment
    EXPECT_EQ(bytes.back(), 1);
    round_trip(proof, bytes, [](ByteView raw) { return scale::decode<WarpProof>(raw); });
}

TEST(Light, the_bytes_are_those_of_the_schema)
{
    const LightRequest call = RemoteCall{filled(1), "Core_version", {}};
    EXPECT_EQ(encode(call), from_hex("0a32"
                                     "1220" +
                                     repeat("01", 32) +
                                     "1a0c"
                                     "436f72655f76657273696f6e"
                                     "2200"));
    round_trip(call, encode(call), decode_light_request);
    const LightRequest read = RemoteRead{filled(1), {}, {{0x3a}, {}}};
    EXPECT_EQ(encode(read), from_hex("1227"
                                     "1220" +
                                     repeat("01", 32) +
                                     "1a013a"
                                     "1a00"));
    round_trip(read, encode(read), decode_light_request);
    const LightRequest child = RemoteRead{filled(1), Bytes{9}, {{7}}};
    EXPECT_EQ(encode(child), from_hex("223f"
                                      "1220" +
                                      repeat("01", 32) + "1a18" + // :child_storage:default: and the name
                                      "3a6368696c645f73746f726167653a64656661756c743a" +
                                      "09"
                                      "320107"));
    round_trip(child, encode(child), decode_light_request);
    const LightResponse proof{true, Bytes{1, 2}};
    EXPECT_EQ(proof.encode(), from_hex("0a04"
                                       "12020102"));
    round_trip(proof, proof.encode(), decode_light_response);
    const LightResponse nothing{false, {}};
    EXPECT_EQ(nothing.encode(), from_hex("1200"));
    round_trip(nothing, nothing.encode(), decode_light_response);
}

TEST(Light, requests_that_lack_something_or_ask_too_much_are_refused)
{
    const auto block = "1220" + repeat("01", 32);
    for (const auto& hex : std::vector<std::string>{std::string(""),
                                                    "0a22" + block, // a call without a method
                                                    "0a02"
                                                    "1200" +
                                                        std::string(),         // no block
                                                    "2225" + block + "320107", // a child read without a child
                                                    "0a31"
                                                    "1220" +
                                                        repeat("01", 32) +
                                                        "1a0c"
                                                        "436f"}) // cut
        EXPECT_FALSE(decode_light_request(from_hex(hex))) << hex;
    RemoteRead greedy{filled(1), {}, {}};
    greedy.keys.resize(kKeysMax);
    EXPECT_TRUE(decode_light_request(encode(greedy)));
    greedy.keys.emplace_back();
    EXPECT_FALSE(decode_light_request(encode(greedy)));
    auto twice = encode(LightRequest{RemoteRead{filled(1), {}, {}}});
    const auto once = twice;
    twice.insert(twice.end(), once.begin(), once.end());
    EXPECT_FALSE(decode_light_request(twice));
}

TEST(State, requests_and_responses_survive)
{
    const StateRequest request{filled(1), {{1}, {2}}, true};
    EXPECT_EQ(request.encode(), from_hex("0a20" + repeat("01", 32) +
                                         "120101"
                                         "120102"
                                         "1801"));
    round_trip(request, request.encode(), decode_state_request);
    EXPECT_FALSE(decode_state_request(StateRequest{filled(1), {{}, {}, {}}, false}.encode()));
    const StateResponse response{{{{}, {{{1}, {2}}, {{}, {}}}, true}, {{3}, {}, false}}, {4}};
    round_trip(response, response.encode(), decode_state_response);
}

} // namespace
} // namespace protocols
