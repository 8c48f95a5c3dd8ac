#include "npy/npy.hpp"

#include <gtest/gtest.h>

namespace npy {
namespace {

base::Bytes file(std::string_view header, std::string_view data, uint8_t major = 1)
{
    base::Writer writer;
    writer.put(uint8_t{0x93});
    writer.put(base::view("NUMPY"));
    writer.put(major);
    writer.put(uint8_t{0});
    major == 1 ? writer.put(uint16_t(header.size())) : writer.put(uint32_t(header.size()));
    writer.put(base::view(header));
    writer.put(base::view(data));
    return writer.take();
}

void refused(const base::Bytes& bytes, Refusal why)
{
    const auto array = read(bytes);
    ASSERT_FALSE(array);
    EXPECT_EQ(array.error(), why) << words(array.error());
}

TEST(Npy, every_type_and_shape_survives_a_round_trip)
{
    for (const auto type : {Type::f4, Type::f8, Type::i1, Type::i2, Type::i4, Type::i8, Type::u1, Type::u2, Type::u4})
        for (const auto& shape : std::vector<std::vector<uint64_t>>{{}, {1}, {6}, {2, 3}, {1, 3, 2}, {0, 4}})
        {
            uint64_t count = 1;
            for (const auto d : shape)
                count *= d;
            Array array{type, shape, {}};
            for (uint64_t i = 0; i != count; ++i)
                array.values.push_back(double(i));
            const auto bytes = write(array);
            const auto again = read(bytes);
            ASSERT_TRUE(again);
            EXPECT_EQ(*again, array);
        }
}

TEST(Npy, the_data_of_a_written_file_begin_at_a_multiple_of_64)
{
    const auto bytes = write({Type::u1, {3}, {1, 2, 3}});
    EXPECT_EQ(bytes.size() % 64, 3U);
    EXPECT_EQ(bytes[bytes.size() - 4], '\n');
}

TEST(Npy, negative_and_large_values_are_read_as_written)
{
    const Array array{Type::i8, {2}, {-9007199254740992.0, 5}};
    EXPECT_EQ(read(write(array)), array);
    EXPECT_EQ(read(write({Type::f8, {1}, {-0.1}}))->values[0], -0.1);
    EXPECT_EQ(read(write({Type::f4, {1}, {-0.1}}))->values[0], double(-0.1F));
}

TEST(Npy, integers_are_rounded_and_saturated_on_writing)
{
    EXPECT_EQ(read(write({Type::u1, {4}, {-3, 2.6, 254.9, 1e9}}))->values, (std::vector<double>{0, 3, 255, 255}));
    EXPECT_EQ(read(write({Type::i1, {3}, {-1e9, -2.6, 1e9}}))->values, (std::vector<double>{-128, -3, 127}));
}

TEST(Npy, version_2_and_any_order_of_keys_are_read)
{
    const auto array = read(file("{\"shape\": (2,), 'fortran_order': False, 'descr': '|u1'} \n", "\x05\x06", 2));
    ASSERT_TRUE(array);
    EXPECT_EQ(array->values, (std::vector<double>{5, 6}));
}

TEST(Npy, each_refusal_has_its_reason)
{
    const std::string good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    refused(base::Bytes{1, 2, 3}, Refusal::not_npy);
    refused(file(good, "ab", 3), Refusal::version);
    refused(file("{'descr': '|u1', 'shape': (2,)}", "ab"), Refusal::header);
    refused(file(good + "x", "ab"), Refusal::header);
    refused(file("{'descr': '|u1', 'fortran_order': False, 'shape': (2 3), }", "ab"), Refusal::header);
    refused(file("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "ab"), Refusal::type);
    refused(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "ab"), Refusal::type);
    refused(file("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2), }", "ab"), Refusal::fortran_order);
    refused(file("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967295, 4294967295), }", "ab"),
            Refusal::too_large);
    refused(file(good, "a"), Refusal::length);
    refused(file(good, "abc"), Refusal::length);
}

TEST(Npy, every_truncation_is_refused)
{
    const auto whole = write({Type::f4, {2, 2}, {1, 2, 3, 4}});
    for (size_t size = 0; size != whole.size(); ++size)
        EXPECT_FALSE(read(base::ByteView{whole}.first(size))) << size;
}

} // namespace
} // namespace npy
