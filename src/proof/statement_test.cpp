#include "proof/statement.hpp"

#include "model/shape.hpp"
#include "model/testing/small_model.hpp"

#include <gtest/gtest.h>

namespace proof {
namespace {

const model::Graph& graph()
{
    static const auto graph = model::testing::small_model().graph;
    return graph;
}

Statement sample(uint32_t batch, Flag input, Flag output, bool data)
{
    Statement statement{.profile = commit::kToy,
                        .context = {9},
                        .kind = Kind::inference,
                        .model_id = {8},
                        .epoch = 3,
                        .weights = {7},
                        .fresh = {},
                        .batch = batch,
                        .flags = {input, output},
                        .values = {},
                        .data = {}};
    const std::array tensors{graph().input, graph().output};
    for (size_t t = 0; t != tensors.size(); ++t)
        if (statement.flags[t] != Flag::hidden)
            for (uint64_t i = 0; i != batch * model::elements(graph().tensors[tensors[t]].shape); ++i)
                statement.values[t].push_back(K::of(int64_t(i) - 2));
    if (data)
        statement.data = DataRow{{6}, 5};
    return statement;
}

Bytes header_of(const Statement& statement)
{
    base::Writer out;
    write_header(statement, out);
    return out.take();
}

std::optional<Refusal> refusal(ByteView bytes)
{
    base::Reader in(bytes);
    const auto read = read_header(in, graph());
    return read ? std::nullopt : std::optional(read.error().why);
}

TEST(Header, is_read_as_it_was_written)
{
    for (const uint32_t batch : {1, 2, 5})
        for (const auto input : {Flag::hidden, Flag::open})
            for (const auto output : {Flag::hidden, Flag::open, Flag::masked})
                for (const bool data : {false, true})
                {
                    const auto statement = sample(batch, input, output, data);
                    auto bytes = header_of(statement);
                    bytes.push_back(42);
                    base::Reader in(bytes);
                    const auto read = read_header(in, graph());
                    ASSERT_TRUE(read) << read.error().words;
                    EXPECT_EQ(*read, statement);
                    EXPECT_EQ(in.left(), 1u) << "the body is the caller's";
                }
}

TEST(Header, cut_anywhere_is_a_matter_of_syntax)
{
    const auto bytes = header_of(sample(2, Flag::open, Flag::masked, true));
    for (size_t size = 0; size != bytes.size(); ++size)
        ASSERT_EQ(refusal(ByteView(bytes).first(size)), Refusal::syntax) << size;
}

TEST(Header, fields_out_of_bounds_are_refused_as_statements)
{
    const auto honest = header_of(sample(1, Flag::hidden, Flag::hidden, true));
    constexpr size_t kProfile = 6, kKind = 7, kBatch = 8 + 32 + 32 + 4 + 32, kInput = kBatch + 4, kData = kInput + 2;
    const auto with = [&](size_t at, uint8_t value) {
        auto bytes = honest;
        bytes[at] = value;
        return refusal(bytes);
    };
    EXPECT_EQ(with(0, 'z'), Refusal::statement);
    EXPECT_EQ(with(4, 2), Refusal::statement);
    EXPECT_EQ(with(kProfile, 2), Refusal::statement);
    for (const uint8_t kind : {0, 2, 3, 4})
        EXPECT_EQ(with(kKind, kind), Refusal::statement) << "registrations and rotations live in the identity";
    EXPECT_EQ(with(kBatch, 0), Refusal::statement);
    EXPECT_EQ(with(kBatch + 1, 0x20), Refusal::statement);
    EXPECT_EQ(with(kInput, 3), Refusal::statement);
    EXPECT_EQ(with(kInput + 1, 3), Refusal::statement);
    EXPECT_EQ(with(kData, 2), Refusal::statement);
    EXPECT_EQ(with(kProfile, 1), std::nullopt);
}

TEST(Header, a_value_that_is_no_field_element_is_a_matter_of_syntax)
{
    auto bytes = header_of(sample(1, Flag::hidden, Flag::open, false));
    const size_t first = 8 + 32 + 32 + 4 + 32 + 4 + 2;
    for (const uint32_t value : {K::kModulus, K::kModulus + 1, 0xffffffffu})
    {
        for (size_t i = 0; i != 4; ++i)
            bytes[first + i] = uint8_t(value >> (8 * i));
        EXPECT_EQ(refusal(bytes), Refusal::syntax) << value;
    }
}

TEST(Header, a_large_batch_without_its_values_allocates_nothing)
{
    auto bytes = header_of(sample(1, Flag::open, Flag::hidden, false));
    bytes[8 + 32 + 32 + 4 + 32 + 1] = 0x10; // batch 4,096
    bytes[8 + 32 + 32 + 4 + 32] = 0;
    EXPECT_EQ(refusal(bytes), Refusal::syntax);
}

TEST(Refusal, has_a_name_for_each_reason)
{
    EXPECT_EQ(name_of(Refusal::syntax), "syntax");
    EXPECT_EQ(name_of(Refusal::statement), "statement");
    EXPECT_EQ(name_of(Refusal::challenge), "challenge");
    EXPECT_EQ(name_of(Refusal::nonce), "nonce");
    EXPECT_EQ(name_of(Refusal::path), "path");
    EXPECT_EQ(name_of(Refusal::base_claim), "base claim");
    EXPECT_EQ(name_of(Refusal::base_codeword), "base codeword");
}

} // namespace
} // namespace proof
