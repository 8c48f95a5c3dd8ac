#include "libp2p/identity.hpp"
#include "libp2p/multiaddr.hpp"
#include "libp2p/multistream.hpp"
#include "libp2p/protobuf.hpp"
#include "libp2p/testing/pair.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using testing::bytes_of;
using testing::from_hex;

TEST(Varint, values_round_trip_and_take_seven_bits_a_byte)
{
    for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{127}, uint64_t{128}, uint64_t{300}, uint64_t{16384},
                                 uint64_t{1} << 35, ~uint64_t{0}})
    {
        Bytes out;
        put_varint(out, value);
        EXPECT_EQ(read_varint(out), (Varint{value, out.size()}));
        for (size_t size = 0; size != out.size(); ++size)
            EXPECT_EQ(read_varint(ByteView(out).first(size)).error(), VarintRefusal::incomplete);
    }
    EXPECT_EQ(read_varint(from_hex("ac02")), (Varint{300, 2})); // the example of the protobuf encoding guide
}

TEST(Varint, what_is_too_large_or_not_the_shortest_form_is_malformed)
{
    for (const auto* hex : {"8000", "ff8000", "ffffffffffffffffff02", "8080808080808080808001"})
        EXPECT_EQ(read_varint(from_hex(hex)).error(), VarintRefusal::malformed) << hex;
}

TEST(Protobuf, the_examples_of_the_encoding_guide_read_as_stated)
{
    ProtoWriter writer;
    writer.integer(1, 150);
    writer.text(2, "testing");
    const auto message = writer.take();
    EXPECT_EQ(message, from_hex("0896011207"
                                "74657374696e67"));
    ProtoReader reader(message);
    const auto first = reader.next(), second = reader.next();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->number, 1U);
    EXPECT_EQ(first->integer, 150U);
    EXPECT_EQ(Bytes(second->bytes.begin(), second->bytes.end()), bytes_of("testing"));
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.failed());
}

TEST(Protobuf, fixed_width_fields_are_skipped_and_groups_truncations_and_field_zero_refused)
{
    const auto fixed_width = from_hex("0d01020304"
                                      "110102030405060708"
                                      "1805");
    ProtoReader fixed(fixed_width);
    EXPECT_EQ(fixed.next()->number, 3U);
    for (const auto* hex : {"0b", "0c", "00", "0a05616263", "0d010203", "08", "0880", "0e", "ffffffff7f01"})
    {
        const auto bytes = from_hex(hex);
        ProtoReader reader(bytes);
        while (reader.next())
            ;
        EXPECT_TRUE(reader.failed()) << hex;
    }
}

TEST(Base58, the_vectors_of_the_internet_draft_hold)
{
    // draft-msporny-base58, section 5.
    EXPECT_EQ(to_base58(bytes_of("Hello World!")), "2NEpo7TZRRrLZSi2U");
    EXPECT_EQ(to_base58(bytes_of("The quick brown fox jumps over the lazy dog.")),
              "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
    EXPECT_EQ(to_base58(from_hex("0000287fb4cd")), "11233QC4");
    EXPECT_EQ(from_base58("11233QC4"), from_hex("0000287fb4cd"));
    EXPECT_EQ(from_base58(""), Bytes{});
    EXPECT_FALSE(from_base58("0OIl"));
    EXPECT_FALSE(from_base58(std::string(1000, 'z')));
}

TEST(PeerId, the_key_of_the_substrate_tutorials_gives_their_peer_id)
{
    // "--node-key 00…01" of the Substrate documentation, "Simulate a network".
    base::Digest seed{};
    seed[31] = 1;
    const Identity identity(seed);
    EXPECT_EQ(identity.peer_id().text(), "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp");
    EXPECT_EQ(peer_of_text(identity.peer_id().text()), identity.peer_id());
    EXPECT_FALSE(peer_of_text("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N")); // an RSA key's
    auto multihash = identity.peer_id().multihash();
    EXPECT_EQ(peer_of_multihash(multihash), identity.peer_id());
    multihash.pop_back();
    EXPECT_FALSE(peer_of_multihash(multihash));
}

TEST(Identity, the_first_signature_of_rfc_8032_is_made_and_verified)
{
    const Identity identity(testing::key_of_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
    EXPECT_EQ(identity.peer_id().key,
              testing::key_of_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    const auto signature = identity.sign({});
    EXPECT_EQ(
        Bytes(signature.begin(), signature.end()),
        from_hex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                 "d25bf5f0595bbe24655141438e7a100b"));
    EXPECT_TRUE(verify(identity.peer_id(), {}, signature));
    EXPECT_FALSE(verify(identity.peer_id(), bytes_of("x"), signature));
    EXPECT_FALSE(verify(identity.peer_id(), {}, ByteView(signature).first(63)));
}

TEST(Multiaddr, the_vectors_of_go_multiaddr_hold_both_ways)
{
    const std::pair<const char*, const char*> vectors[] = {
        {"/ip4/127.0.0.1/udp/1234", "047f000001910204d2"},
        {"/ip4/127.0.0.1/tcp/4321", "047f0000010610e1"},
        {"/ip6/2001:8a0:7ac5:4201:3ac9:86ff:fe31:7095/tcp/8000", "29200108a07ac542013ac986fffe317095061f40"},
        {"/ip4/127.0.0.1/p2p/QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC/tcp/1234",
         "047f000001a503221220d52ebb89d85b02a284948203a62ff28389c57c9f42beec4ec20db76a68911c0b0604d2"},
    };
    for (const auto& [text, hex] : vectors)
    {
        const auto address = address_of_text(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->bytes(), from_hex(hex));
        EXPECT_EQ(address_of_bytes(from_hex(hex)), address);
        EXPECT_EQ(address->text(), text);
    }
}

TEST(Multiaddr, what_is_unknown_or_does_not_fit_is_refused)
{
    for (const auto* text :
         {"", "ip4/1.2.3.4", "/ip4/1.2.3", "/ip4/1.2.3.4/tcp/65536", "/ip4/1.2.3.4/tcp/", "/foo/1", "/dns//tcp/1",
          "/tcp/1x", "/p2p/0", "/", "/ip4", "/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws/ws"})
        EXPECT_FALSE(address_of_text(text)) << text;
    const auto whole = from_hex("047f000001a503221220d52ebb89d85b02a284948203a62ff28389c57c9f42beec4ec20db76a68911c0b");
    for (size_t size = 0; size != whole.size(); ++size)
        if (size != 5) // "/ip4/127.0.0.1" is an address
            EXPECT_FALSE(address_of_bytes(ByteView(whole).first(size))) << size;
}

TEST(Multiaddr, an_endpoint_is_host_port_transport_and_peer)
{
    const auto peer = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    const auto address = address_of_text(std::string("/dns4/node.example/tcp/30333/ws/p2p/") + peer);
    ASSERT_TRUE(address);
    EXPECT_EQ(endpoint_of(*address), (Endpoint{"node.example", 30333, true, peer_of_text(peer)}));
    EXPECT_EQ(endpoint_of(*address_of_text("/ip6/::1/tcp/1")), (Endpoint{"::1", 1, false, {}}));
    for (const auto* text : {"/ip4/1.2.3.4/udp/1", "/tcp/1", "/ip4/1.2.3.4/tcp/1/wss", "/ip4/1.2.3.4/tcp/1/ws/ws"})
        EXPECT_FALSE(endpoint_of(*address_of_text(text))) << text;
}

/// Both ends, with the wire cut into single bytes.
std::pair<Multistream::State, Multistream::State> negotiate(Multistream& dialer, Multistream& listener,
                                                            Bytes to_listener)
{
    Bytes to_dialer;
    while (!to_listener.empty() || !to_dialer.empty())
    {
        const auto feed = [](Multistream& machine, Bytes& input, Bytes& out) {
            for (const auto byte : std::exchange(input, {}))
            {
                ByteView one(&byte, 1);
                machine.receive(one, out);
            }
        };
        feed(listener, to_listener, to_dialer);
        feed(dialer, to_dialer, to_listener);
    }
    return {dialer.state(), listener.state()};
}

TEST(Multistream, the_first_name_that_both_know_is_agreed_on)
{
    Bytes wire;
    auto dialer = Multistream::dial({"/a", "/b", "/c"}, wire);
    auto listener = Multistream::listen([](std::string_view name) { return name == "/b" || name == "/c"; });
    EXPECT_EQ(negotiate(dialer, listener, wire), std::pair(Multistream::State::agreed, Multistream::State::agreed));
    EXPECT_EQ(dialer.name(), "/b");
    EXPECT_EQ(listener.name(), "/b");
}

TEST(Multistream, a_dialer_without_a_common_name_is_refused)
{
    Bytes wire;
    auto dialer = Multistream::dial({"/a"}, wire);
    auto listener = Multistream::listen([](std::string_view) { return false; });
    EXPECT_EQ(negotiate(dialer, listener, wire).first, Multistream::State::refused);
}

TEST(Multistream, bytes_after_the_negotiation_are_left)
{
    // As the specification prints it: "\x13/multistream/1.0.0\n" and the proposal.
    auto listener = Multistream::listen([](std::string_view name) { return name == "/x"; });
    const auto input = bytes_of("\x13/multistream/1.0.0\n\x03/x\nrest");
    ByteView rest(input);
    Bytes out;
    EXPECT_EQ(listener.receive(rest, out), Multistream::State::agreed);
    EXPECT_EQ(rest.size(), 4U);
    EXPECT_EQ(out, bytes_of("\x13/multistream/1.0.0\n\x03/x\n"));
}

TEST(Multistream, what_is_not_multistream_is_broken_and_ls_is_not_available)
{
    for (const std::string_view input : {std::string_view("\x05hello\n"), std::string_view("\0", 1),
                                         std::string_view("\xff\xff\x01"), std::string_view("\x13/multistream/1.0.0x"),
                                         std::string_view("GET / HTTP/1.1\r\nHost: example example example example"
                                                          " example example example example example\r\n")})
    {
        auto listener = Multistream::listen([](std::string_view) { return true; });
        const auto bytes = bytes_of(input);
        ByteView rest(bytes);
        Bytes out;
        EXPECT_EQ(listener.receive(rest, out), Multistream::State::broken) << input;
    }
    auto listener = Multistream::listen([](std::string_view name) { return name == "/x"; });
    const auto bytes = bytes_of("\x13/multistream/1.0.0\n\x03ls\n");
    ByteView rest(bytes);
    Bytes out;
    EXPECT_EQ(listener.receive(rest, out), Multistream::State::running);
    EXPECT_TRUE(std::ranges::equal(ByteView(out).last(4), bytes_of("\x03na\n")));
}

TEST(Multistream, a_listener_hears_no_more_than_its_bound_of_proposals)
{
    auto listener = Multistream::listen([](std::string_view) { return false; });
    auto input = bytes_of("\x13/multistream/1.0.0\n");
    for (size_t i = 0; i != Multistream::kProposalsMax + 1; ++i)
        append(input, bytes_of("\x03/y\n"));
    ByteView rest(input);
    Bytes out;
    EXPECT_EQ(listener.receive(rest, out), Multistream::State::broken);
}

TEST(LengthPrefixed, messages_in_any_pieces_come_out_whole_and_long_ones_are_refused)
{
    Bytes wire;
    for (const size_t size : {0, 1, 127, 128, 1000})
        append(wire, length_prefixed(testing::pattern(size)));
    for (const size_t chunk : {size_t{1}, size_t{3}, wire.size()})
    {
        LengthPrefixed reader(1000);
        std::vector<size_t> sizes;
        for (size_t at = 0; at < wire.size(); at += chunk)
            for (auto piece = ByteView(wire).subspan(at, std::min(chunk, wire.size() - at)); !piece.empty();)
                if (reader.receive(piece) == LengthPrefixed::State::message)
                    sizes.push_back(reader.take().size());
        EXPECT_EQ(sizes, (std::vector<size_t>{0, 1, 127, 128, 1000}));
        EXPECT_TRUE(reader.at_boundary());
    }
    LengthPrefixed reader(999);
    const auto long_one = length_prefixed(testing::pattern(1000));
    ByteView rest(long_one);
    EXPECT_EQ(reader.receive(rest), LengthPrefixed::State::refused);
    EXPECT_EQ(reader.held(), 0U);
}

TEST(Identify, all_fields_survive_and_bounds_hold)
{
    testing::Node node(1);
    const Identify info{.peer = node.identity.peer_id(),
                        .protocol_version = "/substrate/1.0",
                        .agent_version = "zkp/0.1.0",
                        .listen_addresses = {{1, 2}, {3}},
                        .observed_address = {4},
                        .protocols = {"/a", "/b"}};
    const auto bytes = info.encode();
    EXPECT_EQ(decode_identify(bytes), info);
    for (size_t size = 0; size != bytes.size(); ++size)
        decode_identify(ByteView(bytes).first(size)); // any answer but a crash
    Identify flood;
    flood.protocols.assign(Identify::kProtocolsMax + 1, "/a");
    EXPECT_FALSE(decode_identify(flood.encode()));
    flood.protocols.assign(1, std::string(Identify::kTextMax + 1, 'a'));
    EXPECT_FALSE(decode_identify(flood.encode()));
}

} // namespace
} // namespace libp2p
