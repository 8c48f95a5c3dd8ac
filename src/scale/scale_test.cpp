#include "scale/scale.hpp"

#include "scale/testing/hex.hpp"
#include "scale/testing/types.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace scale {
namespace {

using testing::Branch;
using testing::bytes;
using testing::Colour;
using testing::hex;
using testing::Leaf;
using testing::Tree;
using testing::Twig;

template <class T>
void is(const T& value, std::string_view expected)
{
    const auto encoded = encode(value);
    EXPECT_EQ(hex(encoded), expected);
    EXPECT_GE(encoded.size(), kEncodedMin<T>);
    const auto again = decode<T>(encoded);
    ASSERT_TRUE(again) << words(again.error().what);
    EXPECT_EQ(*again, value);
}

template <class T>
void refused(std::string_view text, Fault what, size_t at)
{
    const auto value = decode<T>(bytes(text));
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().what, what) << text << ": " << words(value.error().what);
    EXPECT_EQ(value.error().at, at) << text;
}

// The examples of docs.polkadot.com, "Data Encoding (SCALE)", which Substrate's documentation had before.
TEST(Published, examples_of_the_documentation)
{
    is(false, "00");
    is(true, "01");
    is(uint8_t{69}, "45");
    is(uint16_t{42}, "2a00");
    is(uint32_t{16777215}, "ffffff00");
    is(Compact<uint32_t>{0}, "00");
    is(Compact<uint32_t>{1}, "04");
    is(Compact<uint32_t>{42}, "a8");
    is(Compact<uint32_t>{69}, "1501");
    is(Compact<uint32_t>{65535}, "feff0300");
    is(Compact<uint64_t>{100000000000000}, "0b00407a10f35a");
    is(std::vector<uint16_t>{4, 8, 15, 16, 23, 42}, "18040008000f00100017002a00");
    is(std::expected<uint8_t, bool>{42}, "002a");
    is(std::expected<uint8_t, bool>{std::unexpected(false)}, "0100");
    is(std::pair{Compact<uint32_t>{3}, false}, "0c00");
    is(Variant<uint8_t, bool>{uint8_t{42}}, "002a");
    is(Variant<uint8_t, bool>{true}, "0101");
}

// tests of parity-scale-codec, src/codec.rs: vec_of_*_encoded_as_expected, string, option_bool.
TEST(Published, cases_of_parity_scale_codec)
{
    is(std::vector<uint8_t>{0, 1, 1, 2, 3, 5, 8, 13, 21, 34}, "2800010102030508"
                                                              "0d1522");
    is(std::vector<int16_t>{0, 1, -1, 2, -2, 3, -3}, "1c00000100ffff0200feff0300fdff");
    is(std::vector<std::optional<int8_t>>{1, -1, {}}, "0c010101ff00");
    is(std::vector<OptionBool>{{true}, {false}, {}}, "0c010200");
    is(std::vector<std::string>{"Hamlet", "Война и мир", "三国演义"}, "0c1848616d6c6574"
                                                                      "50d092d0bed0b9d0bdd0b020d0b820d0bcd0b8d180"
                                                                      "30e4b889e59bbde6bc94e4b989");
    is(int32_t{-1}, "ffffffff");
    is(i128{-2}, "feffffffffffffffffffffffffffffff");
    is(std::tuple{uint8_t{1}, uint16_t{2}, uint32_t{3}}, "01020003000000");
    is(std::optional<bool>{false}, "0100");
}

// parity-scale-codec, src/compact.rs: compact_64_encoding_works and compact_128_encoding_works.
TEST(Published, lengths_of_compact_numbers)
{
    const std::pair<uint64_t, size_t> cases[]{{0, 1},
                                              {63, 1},
                                              {64, 2},
                                              {16383, 2},
                                              {16384, 4},
                                              {1073741823, 4},
                                              {1073741824, 5},
                                              {(uint64_t{1} << 32) - 1, 5},
                                              {uint64_t{1} << 32, 6},
                                              {uint64_t{1} << 40, 7},
                                              {uint64_t{1} << 48, 8},
                                              {(uint64_t{1} << 56) - 1, 8},
                                              {uint64_t{1} << 56, 9},
                                              {std::numeric_limits<uint64_t>::max(), 9}};
    for (const auto [value, size] : cases)
    {
        EXPECT_EQ(encode(Compact{value}).size(), size) << value;
        EXPECT_EQ(decode<Compact<uint64_t>>(encode(Compact{value}))->value, value);
        EXPECT_EQ(encode(Compact{u128{value}}), encode(Compact{value}));
    }
    EXPECT_EQ(encode(Compact{u128{1} << 64}).size(), 10U);
    EXPECT_EQ(encode(Compact{~u128{0}}).size(), 17U);
    is(Compact{~u128{0}}, "33ffffffffffffffffffffffffffffffff");
}

TEST(Compact, a_longer_form_than_needed_is_refused)
{
    refused<Compact<uint32_t>>("0100", Fault::not_canonical, 0);         // 0 in two bytes
    refused<Compact<uint32_t>>("fd00", Fault::not_canonical, 0);         // 63 in two bytes
    refused<Compact<uint32_t>>("feff0000", Fault::not_canonical, 0);     // 16383 in four bytes
    refused<Compact<uint32_t>>("03ffffff3f", Fault::not_canonical, 0);   // 2³⁰ − 1 in five
    refused<Compact<uint64_t>>("07ffffffff00", Fault::not_canonical, 0); // a zero on top
    refused<Compact<u128>>("13ffffffffffffff00", Fault::not_canonical, 0);
    is(Compact<uint32_t>{64}, "0101");
    is(Compact<uint32_t>{16384}, "02000100");
    is(Compact<uint32_t>{1 << 30}, "0300000040");
}

TEST(Compact, a_number_too_large_for_its_type_is_refused)
{
    refused<Compact<uint8_t>>("0104", Fault::out_of_range, 0); // 256
    refused<Compact<uint16_t>>("02000400", Fault::out_of_range, 0);
    refused<Compact<uint8_t>>("0300000040", Fault::out_of_range, 0);
    refused<Compact<uint32_t>>("070000000001", Fault::out_of_range, 0);
    refused<Compact<uint64_t>>("17000000000000000001", Fault::out_of_range, 0);
    refused<Compact<u128>>("ff" + std::string(134, '1'), Fault::out_of_range, 0);
    is(Compact<uint8_t>{255}, "fd03");
    is(Compact<uint16_t>{65535}, "feff0300");
}

// Every form of up to three bytes, and every first byte with ones behind it: what decodes encodes back to itself.
TEST(Compact, no_two_encodings_decode_to_one_number)
{
    const auto check = [](const Bytes& raw) {
        Reader reader{raw};
        if (const auto value = decode<Compact<u128>>(reader))
        {
            const auto again = encode(*value);
            ASSERT_TRUE(std::ranges::equal(again, ByteView{raw}.first(reader.at())));
        }
    };
    for (uint32_t i = 0; i != 1 << 16; ++i)
        check({uint8_t(i), uint8_t(i >> 8), 0, 0});
    for (uint32_t first = 0; first != 256; ++first)
        for (const int top : {0, 1, 0x3f, 0x40, 0xff})
            for (size_t size = 1; size != 20; ++size)
            {
                Bytes raw(size, 0xff);
                raw[0] = uint8_t(first);
                raw.back() = uint8_t(size == 1 ? int(first) : top);
                check(raw);
            }
}

TEST(Faults, a_bool_an_option_and_a_result_know_two_tags)
{
    refused<bool>("02", Fault::unknown_tag, 0);
    refused<OptionBool>("03", Fault::unknown_tag, 0);
    refused<std::optional<uint8_t>>("0200", Fault::unknown_tag, 0);
    refused<std::pair<uint8_t, std::expected<uint8_t, bool>>>("00ff00", Fault::unknown_tag, 1);
}

TEST(Faults, bytes_after_the_value_are_refused_at_the_first_of_them)
{
    refused<uint16_t>("000000", Fault::trailing, 2);
    refused<Bytes>("0400ff", Fault::trailing, 2);
}

TEST(Faults, a_list_may_not_claim_more_than_the_rest_could_hold)
{
    refused<std::vector<uint32_t>>("0800000000000000", Fault::end_of_input, 0);         // 2 items in 7 bytes
    refused<Bytes>("feffffff", Fault::end_of_input, 0);                                 // 2³⁰ − 1 bytes
    refused<std::vector<std::vector<uint8_t>>>("03ffffffff00", Fault::end_of_input, 0); // 2³² − 1 lists
    refused<std::string>("0841", Fault::end_of_input, 0);
    refused<std::map<uint8_t, uint8_t>>("fc0000", Fault::end_of_input, 0);
    refused<BitVec>("fc0000", Fault::end_of_input, 1);
    refused<std::vector<uint8_t>>("0b00407a10f35a", Fault::out_of_range, 0); // longer than any list
}

TEST(Faults, text_must_be_utf8)
{
    for (const auto* good : {"08c3a9", "0ce282ac", "10f09f9982", "0ced9fbf", "10f48fbfbf"})
        EXPECT_TRUE(decode<std::string>(bytes(good))) << good;
    for (const auto* bad : {"08c0af", "0ce08080", "0ceda080", "10f4908080", "10f0808080", "04c3", "08c328", "0480",
                            "04f5", "0ce28261", "10f09f9961"})
        refused<std::string>(bad, Fault::not_utf8, 0);
}

TEST(Faults, keys_of_maps_and_sets_rise)
{
    is(std::map<uint8_t, uint16_t>{{1, 2}, {3, 4}}, "08010200030400");
    is(std::set<uint16_t>{1, 256}, "0801000001");
    refused<std::map<uint8_t, uint16_t>>("08030400010200", Fault::not_canonical, 4);
    refused<std::map<uint8_t, uint16_t>>("08010200010400", Fault::not_canonical, 4);
    refused<std::set<uint8_t>>("080202", Fault::not_canonical, 2);
}

TEST(Bits, the_first_bit_is_the_lowest_and_padding_is_zero)
{
    BitVec bits;
    is(bits, "00");
    for (const bool bit : {true, true, false, false, true, false, true, false, true})
        bits.push_back(bit);
    is(bits, "245301");
    EXPECT_TRUE(bits[8] && !bits[7]);
    bits.set(8, false);
    is(bits, "245300");
    refused<BitVec>("245303", Fault::not_canonical, 0);
    refused<BitVec>("24530180", Fault::trailing, 3);
}

TEST(Bounded, a_list_over_its_bound_is_refused_whole)
{
    using Three = BoundedVec<uint16_t, 3>;
    is(*Three::from({1, 2, 3}), "0c010002000300");
    EXPECT_FALSE(Three::from({1, 2, 3, 4}));
    refused<Three>("100100020003000400", Fault::too_long, 0);
    refused<Three>("feffffff", Fault::end_of_input, 0);
    Three list;
    EXPECT_TRUE(list.try_push(1) && list.try_push(2) && list.try_push(3) && !list.try_push(4));
    EXPECT_EQ(list.size(), 3U);
}

TEST(Enums, only_named_values_decode)
{
    is(Colour::green, "07");
    refused<Colour>("01", Fault::unknown_tag, 0);
    refused<Colour>("09", Fault::unknown_tag, 0);
    ASSERT_EQ(enumerators<Colour>().size(), 3U);
    EXPECT_EQ(enumerators<Colour>()[2].name, "blue");
    EXPECT_EQ(enumerators<Colour>()[2].value, 8);
}

TEST(Sums, the_tag_is_the_position_or_the_constant)
{
    is(Tree{Leaf{9}}, "0509");
    is(Tree{Branch{{Leaf{1}, Twig{Tree{Branch{}}}}}}, "010805010201"
                                                      "00");
    refused<Tree>("00", Fault::unknown_tag, 0);
    refused<Tree>("01080501", Fault::end_of_input, 4);
    EXPECT_EQ(Tree{Twig{}}.tag(), 2);
    EXPECT_EQ(Tree{Leaf{3}}.get<Leaf>()->value, 3);
    EXPECT_EQ(Tree{Leaf{3}}.get<Twig>(), nullptr);
}

TEST(Sums, nesting_is_bounded)
{
    Bytes deep(kDepthMax, 2);
    deep.insert(deep.end(), {5, 0});
    EXPECT_TRUE(decode<Tree>(deep));
    deep.insert(deep.begin(), 2);
    ASSERT_FALSE(decode<Tree>(deep));
    EXPECT_EQ(decode<Tree>(deep).error(), (Error{Fault::too_deep, kDepthMax + 1}));

    Bytes lists;
    for (int i = 0; i != 1 << 20; ++i)
        lists.insert(lists.end(), {1, 4}); // lists of one list of one list …
    EXPECT_EQ(decode<Tree>(lists).error().what, Fault::too_deep);
}

TEST(Boxes, behave_as_the_value_they_hold)
{
    Box<Bytes> a{Bytes{1, 2}}, b = a;
    EXPECT_EQ(a, b);
    b->push_back(3);
    EXPECT_EQ(a->size(), 2U);
    a = b;
    EXPECT_EQ(*a, (Bytes{1, 2, 3}));
}

TEST(Views, bytes_are_borrowed_from_the_input)
{
    const auto input = bytes("0c010203");
    const auto view = decode<ByteView>(input);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->data(), input.data() + 1);
    EXPECT_EQ(view->size(), 3U);
    EXPECT_EQ(encode(*view), input);
    EXPECT_EQ(encode(std::string_view{"Hamlet"}), encode(std::string{"Hamlet"}));
    const std::vector<uint16_t> list{1, 2};
    EXPECT_EQ(encode(std::span<const uint16_t>{list}), encode(list));
}

struct Point
{
    uint16_t x = 0;
    Compact<uint32_t> y;
    std::vector<bool> flags;
    friend bool operator==(const Point&, const Point&) = default;
};

TEST(Structs, fields_follow_one_another)
{
    is(Point{258, 3, {true, false, true}}, "02010c0c010001");
    refused<Point>("02010c0c010003", Fault::unknown_tag, 6);
    for (size_t size = 0; size != 7; ++size)
        EXPECT_FALSE(decode<Point>(ByteView{bytes("02010c0c010001")}.first(size))) << size;
}

// Names come from the type; the codec works while compiling too.
static_assert(field_name<Point, 1>() == "y" && short_type_name<Point>() == "Point" && kEncodedMin<Point> == 4);
static_assert(encode(std::pair{uint16_t{1}, Compact<uint32_t>{2}}) == Bytes{1, 0, 8});
static_assert(!Integer<char> && !Integer<bool>);

} // namespace
} // namespace scale
