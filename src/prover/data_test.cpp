#include "model/validate.hpp"
#include "prover/testing/reference_prover.hpp"

#include <gtest/gtest.h>

/// Statements about committed data, masked outputs, and weights that moved to another commitment.
namespace prover {
namespace {

using circuit::Flag;
using testing::SeededEntropy;

/// A sealed model and a data set of three rows with one-time pads for its output.
struct Owner
{
    explicit Owner(uint64_t seed) : entropy(seed)
    {
        auto made = testing::seal(model::testing::random_model(seed), commit::kToy, entropy);
        EXPECT_TRUE(made);
        sealed.emplace(std::move(*made));
        model::testing::Rng rng(seed);
        std::vector<int32_t> codes;
        for (uint32_t row = 0; row != kRows; ++row)
            for (const auto code : testing::random_input(graph(), rng))
                codes.push_back(code);
        auto committed = commit_data(graph(), commit::kToy, codes, kRows, true, entropy);
        EXPECT_TRUE(committed);
        oracle.emplace(std::move(committed->oracle));
        data.emplace(SealedData{committed->identity, std::move(codes), std::move(committed->pads), oracle->view()});
    }

    static constexpr uint32_t kRows = 3;
    const model::Graph& graph() const { return sealed->model.graph; }

    Request request(uint32_t row, Flag output) const
    {
        Request request;
        request.output = output;
        request.data = &*data;
        request.row = row;
        return request;
    }
    std::string refusal(const Bytes& file, const proof::DataIdentity* about) const
    {
        const auto verified = proof::verify(sealed->identity, {.context = {}, .data = about, .toy = true}, file);
        return verified ? "" : std::string(proof::name_of(verified.error().why));
    }

    SeededEntropy entropy;
    std::optional<testing::Sealed> sealed;
    std::optional<commit::OracleStorage> oracle;
    std::optional<SealedData> data;
};

TEST(DataRow, every_row_is_proven_and_a_masked_output_opens_with_its_pad)
{
    for (uint64_t seed = 1; seed != 9; ++seed)
    {
        Owner owner(seed);
        for (uint32_t row = 0; row != Owner::kRows; ++row)
            for (const auto output : {Flag::hidden, Flag::open, Flag::masked})
            {
                const auto proven = prove(owner.sealed->view(), owner.request(row, output), owner.entropy);
                ASSERT_TRUE(proven) << proven.error();
                ASSERT_EQ(owner.refusal(proven->file, &owner.data->identity), "") << seed << " " << row;
                EXPECT_EQ(owner.refusal(proven->file, nullptr), "statement") << "its data set must be named";
                if (output != Flag::masked)
                    continue;
                base::Reader in(proven->file);
                const auto statement = proof::read_header(in, owner.graph());
                ASSERT_TRUE(statement);
                const auto& values = statement->values[1];
                for (size_t i = 0; i != values.size(); ++i)
                    EXPECT_EQ(values[i] - owner.data->pads[row * values.size() + i], K::of(proven->outputs[0][i]));
            }
    }
}

TEST(DataRow, another_row_another_data_set_and_other_pads_are_refused)
{
    Owner owner(2), stranger(3);
    const auto proven = prove(owner.sealed->view(), owner.request(1, Flag::masked), owner.entropy);
    ASSERT_TRUE(proven);
    EXPECT_EQ(owner.refusal(proven->file, &stranger.data->identity), "statement");
    base::Reader in(proven->file);
    auto statement = *proof::read_header(in, owner.graph());
    const Bytes body(proven->file.end() - ptrdiff_t(in.left()), proven->file.end());
    statement.data->row = 2;
    EXPECT_NE(owner.refusal(testing::file_of(statement, body), &owner.data->identity), "");
    statement.data->row = Owner::kRows;
    EXPECT_EQ(owner.refusal(testing::file_of(statement, body), &owner.data->identity), "statement");
    statement.data->row = 1;
    statement.values[1][0] += K::one();
    EXPECT_NE(owner.refusal(testing::file_of(statement, body), &owner.data->identity), "");
}

TEST(DataRow, a_prover_that_computes_on_another_row_is_refused)
{
    Owner owner(4);
    const auto prepared = testing::prepare(owner.sealed->view(), owner.request(0, Flag::open));
    auto other = testing::prepare(owner.sealed->view(), owner.request(1, Flag::open));
    ASSERT_TRUE(prepared && other);
    if (prepared->trace == other->trace)
        GTEST_FAIL() << "the rows must differ";
    other->compiled = prepared->compiled; // the circuit of row 0, the trace of row 1
    other->statement.data->row = 0;
    const auto made = testing::reference_prove(*other, owner.entropy);
    EXPECT_EQ(owner.refusal(testing::file_of(other->statement, made.body), &owner.data->identity), "base claim");
    const auto broken = broken_equations(other->circuit(), made.inspection, other->oracles);
    EXPECT_EQ(broken, std::vector<std::string>{"relation 0"}) << "the one that ties the input to its row";
}

TEST(Rotation, the_chain_of_epochs_is_accepted_and_any_other_is_not)
{
    SeededEntropy entropy(1);
    auto sealed = testing::seal(model::testing::random_model(5), commit::kToy, entropy);
    ASSERT_TRUE(sealed);
    auto identity = sealed->identity;
    std::vector<commit::OracleStorage> oracles{sealed->oracle};
    for (int epoch = 1; epoch != 4; ++epoch)
    {
        auto fresh = commit_weights(sealed->model, commit::kToy, entropy);
        ASSERT_TRUE(fresh);
        identity.epochs.push_back({fresh->root(), {}});
        auto proof = prove_rotation(identity, sealed->model.weights, oracles.back().view(), fresh->view(), entropy);
        ASSERT_TRUE(proof) << proof.error();
        identity.epochs.back().proof = std::move(*proof);
        oracles.push_back(std::move(*fresh));
    }
    const auto accepted = [](const proof::Identity& id) { return proof::verify(id, proof::Toy::accept).has_value(); };
    EXPECT_TRUE(accepted(identity));
    EXPECT_EQ(proof::model_id(identity), proof::model_id(sealed->identity)) << "rotations keep the ModelId";

    auto skipped = identity;
    skipped.epochs.erase(skipped.epochs.begin() + 2);
    EXPECT_FALSE(accepted(skipped));
    auto swapped = identity;
    std::swap(swapped.epochs[1], swapped.epochs[2]);
    EXPECT_FALSE(accepted(swapped));
    auto repeated = identity;
    repeated.epochs.push_back(repeated.epochs.back());
    EXPECT_FALSE(accepted(repeated));
    auto foreign = identity;
    foreign.epochs[3].root[0] ^= 1;
    EXPECT_FALSE(accepted(foreign));
    auto exchanged = identity;
    exchanged.epochs[0].proof.swap(exchanged.epochs[1].proof);
    EXPECT_FALSE(accepted(exchanged));

    // An inference names the epoch that it used.
    model::testing::Rng rng(3);
    Request request;
    request.inputs = {testing::random_input(identity.graph, rng)};
    const auto proven = prove({identity, sealed->model, oracles.back().view()}, request, entropy);
    ASSERT_TRUE(proven);
    const proof::Expectation expected{.context = {}, .data = nullptr, .toy = true};
    const auto verified = proof::verify(identity, expected, proven->file);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->statement.epoch, 3u);
    EXPECT_FALSE(proof::verify(sealed->identity, expected, proven->file)) << "epoch 3 is not listed there";
}

TEST(Weightless, a_model_without_weights_is_sealed_proven_and_verified)
{
    model::Model model;
    auto& graph = model.graph;
    graph.tensors = {{"x", {2, 2}, {0, 255}, 1}, {"y", {2, 1}, {0, 255}, 1}};
    graph.nodes = {model::MaxPool{.input = 0, .kernel = {1, 2}, .stride = {1, 2}, .output = 1}};
    graph.output = 1;
    graph.encoding = {{1}, {0}};
    ASSERT_TRUE(model::validate(graph, model.weights));
    SeededEntropy entropy(1);
    const auto sealed = testing::seal(model, commit::kToy, entropy);
    ASSERT_TRUE(sealed) << sealed.error();
    EXPECT_TRUE(proof::verify(sealed->identity, proof::Toy::accept));
    Request request;
    request.inputs = {{1, 2, 4, 3}};
    const auto proven = prove(sealed->view(), request, entropy);
    ASSERT_TRUE(proven) << proven.error();
    EXPECT_EQ(proven->outputs[0], (std::vector{2, 4}));
    EXPECT_TRUE(proof::verify(sealed->identity, {.context = {}, .data = nullptr, .toy = true}, proven->file));
}

TEST(Rotation, to_other_weights_is_refused)
{
    SeededEntropy entropy(1);
    const auto sealed = testing::seal(model::testing::random_model(5), commit::kToy, entropy);
    ASSERT_TRUE(sealed);
    auto other = sealed->model;
    auto& weight = other.weights.weights[0][0];
    weight = int16_t(weight == other.graph.weights[0].range.lo ? weight + 1 : weight - 1);
    const auto fresh = commit_weights(other, commit::kToy, entropy);
    ASSERT_TRUE(fresh);
    auto identity = sealed->identity;
    identity.epochs.push_back({fresh->root(), {}});
    auto proof = prove_rotation(identity, other.weights, sealed->oracle.view(), fresh->view(), entropy);
    ASSERT_TRUE(proof);
    identity.epochs.back().proof = std::move(*proof);
    const auto verified = proof::verify(identity, proof::Toy::accept);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().why, proof::Refusal::base_claim);
}

} // namespace
} // namespace prover
