#include "libp2p/noise.hpp"
#include "libp2p/protobuf.hpp"
#include "libp2p/testing/pair.hpp"

#include <gtest/gtest.h>

namespace libp2p {
namespace {

using testing::from_hex;
using testing::key_of_hex;

struct Ends
{
    NoiseXx dialer, listener;
};

/// The keys of github.com/flynn/noise, vectors.txt, all entries.
Ends vector_ends(std::string_view prologue = "")
{
    const auto keys = [](std::string_view hex) { return DhKeys::of_secret(key_of_hex(hex)); };
    const auto before = from_hex(prologue);
    return {NoiseXx(Role::dialer, keys("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
                    keys("202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"), before),
            NoiseXx(Role::listener, keys("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"),
                    keys("4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60"), before)};
}

void check_vector(std::string_view prologue, const std::array<const char*, 3>& payloads,
                  const std::array<const char*, 3>& messages)
{
    auto [dialer, listener] = vector_ends(prologue);
    for (size_t i = 0; i != 3; ++i)
    {
        auto& from = i % 2 == 0 ? dialer : listener;
        auto& to = i % 2 == 0 ? listener : dialer;
        EXPECT_EQ(from.write(from_hex(payloads[i])), from_hex(messages[i])) << i;
        EXPECT_EQ(to.read(from_hex(messages[i])), from_hex(payloads[i])) << i;
    }
    auto a = dialer.split(), b = listener.split();
    Bytes sealed, plain;
    a.send.encrypt({}, from_hex("79656c6c6f777375626d6172696e65"), sealed);
    EXPECT_EQ(sealed, from_hex("a52ef02ba60e12696d1d6b9ef4245c88fca757b6134ad6e76b56e310a6adf6"));
    EXPECT_TRUE(b.receive.decrypt({}, sealed, plain));
    sealed.clear();
    b.send.encrypt({}, from_hex("7375626d6172696e6579656c6c6f77"), sealed);
    EXPECT_EQ(sealed, from_hex("2445aa438ebd649281c636cc7269ca82f1d9023d72520943aeabf909cdf521"));
    EXPECT_TRUE(a.receive.decrypt({}, sealed, plain));
}

TEST(NoiseXx, the_vectors_of_flynn_noise_hold)
{
    check_vector(
        "", {"", "", ""},
        {"358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254",
         "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea1"
         "7a6f2a0bb4ef4ed56c133cff4560a34e36ea82109f26cf2e5a5caf992b608d55c747f615e5a3425a7a19eefb8f",
         "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d97e5ea11b16f3968710b23a3be3202dc1b5e1ce"
         "3c963347491e74f5c0768a9b42"});
    check_vector(
        "", {"746573745f6d73675f30", "746573745f6d73675f31", "746573745f6d73675f32"},
        {"358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254746573745f6d73675f30",
         "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea1"
         "7a6f2a0bb4ef4ed56c133cff4572e7a2ba5123ac30618b3d205f5c2d17f50cbca216483ac56bcc78e33bf520303278db641e5e"
         "731b2e3a",
         "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d9f27e318e43ba630594c4d08eeb3b36d97c7377"
         "a2f4f9144b2f0c8095ad92140505b2ab53eff244b14138"});
    check_vector(
        "6e6f74736563726574", {"", "", ""},
        {"358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254",
         "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e46a2f58911a816d6e8346d4ea1"
         "7a6f2a0bb4ef4ed56c133cff4588f043d1e49a3289b1beeab8f96b0551a48cddf9f38b1a12e46c6908644198f3",
         "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d95a04fa1f1c41fb3f00d496f242c1e44ce5b749"
         "b3d54bf74cea2dad086d601fb6"});
}

TEST(NoiseXx, one_flipped_bit_anywhere_in_the_second_or_third_message_is_refused)
{
    auto [dialer, listener] = vector_ends();
    listener.read(*dialer.write({}));
    const auto second = *listener.write({});
    for (size_t i = 0; i != second.size(); ++i)
    {
        auto other = vector_ends().dialer;
        other.write({});
        auto spoiled = second;
        spoiled[i] ^= 1;
        // X25519 ignores the top bit of a key, not the lowest of any byte.
        EXPECT_FALSE(other.read(spoiled)) << i;
    }
    for (size_t size = 0; size != second.size(); ++size)
    {
        auto other = vector_ends().dialer;
        other.write({});
        EXPECT_FALSE(other.read(ByteView(second).first(size))) << size;
    }
}

TEST(NoiseXx, keys_of_small_order_are_refused)
{
    auto [dialer, listener] = vector_ends();
    EXPECT_TRUE(listener.read(Bytes(32, 0))); // the first message is only a key
    EXPECT_FALSE(listener.write({}));
}

/// Runs a handshake with the wire cut into pieces; the results of both ends.
struct Handshake
{
    explicit Handshake(size_t chunk, void (*spoil)(Bytes&) = nullptr)
        : first(1), second(2),
          dialer(Role::dialer, first.host.noise, first.entropy, second.identity.peer_id(), to_listener),
          listener(Role::listener, second.host.noise, second.entropy, std::nullopt, to_dialer)
    {
        while (!to_listener.empty() || !to_dialer.empty())
        {
            feed(listener, listener_result, to_listener, to_dialer, chunk);
            if (spoil && !to_dialer.empty())
                spoil(to_dialer);
            feed(dialer, dialer_result, to_dialer, to_listener, chunk);
        }
    }
    static void feed(NoiseHandshake& end, std::expected<bool, NoiseRefusal>& result, Bytes& input, Bytes& out,
                     size_t chunk)
    {
        const auto bytes = std::exchange(input, {});
        for (ByteView rest(bytes); !rest.empty() && result;)
        {
            auto piece = rest.first(std::min(chunk, rest.size()));
            rest = rest.subspan(piece.size());
            result = end.receive(piece, out);
        }
    }
    testing::Node first, second;
    Bytes to_listener, to_dialer;
    NoiseHandshake dialer, listener;
    std::expected<bool, NoiseRefusal> dialer_result = false, listener_result = false;
};

TEST(Noise, both_ends_learn_the_others_peer_id_and_talk_in_frames_of_any_size)
{
    for (const size_t chunk : {1, 7, 100000})
    {
        Handshake run(chunk);
        ASSERT_TRUE(run.dialer_result.value() && run.listener_result.value());
        EXPECT_EQ(run.dialer.peer(), run.second.identity.peer_id());
        EXPECT_EQ(run.listener.peer(), run.first.identity.peer_id());

        NoiseChannel a(run.dialer.split()), b(run.listener.split());
        for (const size_t size : {size_t{0}, size_t{1}, kNoisePlainMax, kNoisePlainMax + 1, size_t{200000}})
        {
            const auto sent = testing::pattern(size);
            Bytes wire, got;
            a.send(sent, wire);
            for (ByteView rest(wire); !rest.empty();)
            {
                const auto piece = rest.first(std::min(chunk, rest.size()));
                rest = rest.subspan(piece.size());
                ASSERT_TRUE(b.receive(piece, got));
            }
            EXPECT_EQ(got, sent);
        }
    }
}

TEST(Noise, a_dialer_shows_its_identity_to_nobody_but_whom_it_expects)
{
    testing::Node first(1), second(2), third(3);
    Bytes to_listener, to_dialer;
    NoiseHandshake dialer(Role::dialer, first.host.noise, first.entropy, third.identity.peer_id(), to_listener);
    NoiseHandshake listener(Role::listener, second.host.noise, second.entropy, std::nullopt, to_dialer);
    ByteView hello(to_listener);
    ASSERT_TRUE(listener.receive(hello, to_dialer));
    to_listener.clear();
    ByteView reply(to_dialer);
    EXPECT_EQ(dialer.receive(reply, to_listener).error(), NoiseRefusal::other);
    EXPECT_TRUE(to_listener.empty()); // the third message, which would hold it, was not made
}

TEST(Noise, a_node_has_one_noise_key_and_every_handshake_another_secret)
{
    testing::Node first(1), second(2);
    const auto run = [&] {
        Bytes there, back;
        NoiseHandshake dialer(Role::dialer, first.host.noise, first.entropy, std::nullopt, there);
        NoiseHandshake listener(Role::listener, second.host.noise, second.entropy, std::nullopt, back);
        ByteView input(there);
        EXPECT_TRUE(listener.receive(input, back));
        there.clear();
        EXPECT_TRUE(dialer.receive(input = back, there).value());
        NoiseChannel channel(dialer.split());
        Bytes sealed;
        channel.send(testing::bytes_of("same"), sealed);
        return std::pair(Bytes(back.begin() + 2, back.begin() + 34), sealed);
    };
    const auto one = run(), two = run();
    EXPECT_NE(one.first, two.first); // the ephemeral keys
    EXPECT_NE(one.second, two.second);
}

TEST(Noise, a_changed_or_replayed_frame_is_refused)
{
    Handshake run(1000);
    NoiseChannel a(run.dialer.split()), b(run.listener.split());
    Bytes wire, got;
    a.send(testing::bytes_of("one"), wire);
    ASSERT_TRUE(b.receive(wire, got));
    EXPECT_EQ(b.receive(wire, got).error(), NoiseRefusal::frame);
    NoiseChannel c(run.listener.split());
    wire.back() ^= 1;
    EXPECT_EQ(c.receive(wire, got).error(), NoiseRefusal::frame);
    NoiseChannel d(run.listener.split());
    EXPECT_EQ(d.receive(Bytes{0, 3, 1, 2, 3}, got).error(), NoiseRefusal::frame);
}

TEST(Noise, a_spoiled_handshake_is_refused)
{
    EXPECT_EQ(Handshake(1000, [](Bytes& wire) { wire.back() ^= 1; }).dialer_result.error(), NoiseRefusal::handshake);
    EXPECT_EQ(Handshake(1000, [](Bytes& wire) { wire = {0, 0}; }).dialer_result.error(), NoiseRefusal::handshake);
}

/// A responder that proves another payload than it should.
std::expected<bool, NoiseRefusal> dial_liar(const std::function<Bytes(const Key32& noise_key)>& payload)
{
    testing::Node node(1), liar(9);
    Bytes wire, reply;
    NoiseHandshake dialer(Role::dialer, node.host.noise, node.entropy, std::nullopt, wire);
    const auto fixed = DhKeys::of_secret(crypto::fresh_seed(liar.entropy, "static"));
    NoiseXx pattern(Role::listener, fixed, DhKeys::of_secret(crypto::fresh_seed(liar.entropy, "ephemeral")));
    pattern.read(ByteView(wire).subspan(2));
    const auto message = *pattern.write(payload(fixed.open));
    reply = {uint8_t(message.size() >> 8), uint8_t(message.size())};
    append(reply, message);
    ByteView rest(reply);
    return dialer.receive(rest, wire);
}

TEST(Noise, an_identity_that_did_not_sign_the_noise_key_is_refused)
{
    testing::Node honest(5), thief(6);
    const auto payload = [](const PeerId& peer, ByteView signature) {
        ProtoWriter writer;
        writer.bytes(1, peer.public_key());
        writer.bytes(2, signature);
        return writer.take();
    };
    const auto text = [](const Key32& key) {
        auto out = testing::bytes_of("noise-libp2p-static-key:");
        append(out, key);
        return out;
    };
    const auto honest_id = honest.identity.peer_id();
    EXPECT_TRUE(dial_liar([&](auto& key) { return payload(honest_id, honest.identity.sign(text(key))); }));
    EXPECT_EQ(dial_liar([&](auto& key) { return payload(honest_id, thief.identity.sign(text(key))); }).error(),
              NoiseRefusal::signature);
    EXPECT_EQ(dial_liar([&](auto&) { return payload(honest_id, honest.identity.sign(text({}))); }).error(),
              NoiseRefusal::signature);
    EXPECT_EQ(dial_liar([&](auto&) { return payload(honest_id, {}); }).error(), NoiseRefusal::signature);
    EXPECT_EQ(dial_liar([&](auto&) { return Bytes{}; }).error(), NoiseRefusal::payload);
    EXPECT_EQ(dial_liar([&](auto&) { return Bytes{0xff, 0xff}; }).error(), NoiseRefusal::payload);
}

} // namespace
} // namespace libp2p
