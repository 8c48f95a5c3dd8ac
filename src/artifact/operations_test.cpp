#include "artifact/operations.hpp"

#include "artifact/testing/folder.hpp"
#include "env/entropy.hpp"
#include "model/evaluate.hpp"
#include "model/testing/rng.hpp"
#include "model/testing/small_model.hpp"
#include "proof/verify.hpp"
#include "prover/testing/scenario.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>

namespace {

using artifact::DataFile;
using artifact::Fault;
using artifact::ModelFile;
using circuit::Flag;
using model::testing::small_model;

/// Some tests prove in a forked process, where the threads of a pool would not exist.
const int one_thread = setenv("ZKP_THREADS", "1", 1);

/// The toy profile: a root serves few proofs, so exhaustion is reached for real.
class Operations : public artifact::testing::Folder
{
protected:
    Operations()
    {
        std::filesystem::create_directories(folder / "state");
        const auto sealed = artifact::seal_model(model_path, small_model(), commit::kToy, uses, entropy);
        EXPECT_TRUE(sealed) << sealed.error().words;
    }

    ModelFile opened() const
    {
        auto file = ModelFile::open(model_path);
        EXPECT_TRUE(file) << file.error().words;
        return std::move(*file);
    }
    DataFile committed(uint32_t rows, bool pads)
    {
        const auto like = opened().identity();
        std::vector<int32_t> codes;
        for (uint32_t row = 0; row != rows; ++row)
        {
            const auto input = prover::testing::random_input(like.graph, rng);
            codes.insert(codes.end(), input.begin(), input.end());
        }
        const auto made = artifact::commit_data(data_path, path("d.id"), like, codes, rows, pads, uses, entropy);
        EXPECT_TRUE(made) << made.error().words;
        auto file = DataFile::open(data_path);
        EXPECT_TRUE(file) << file.error().words;
        return std::move(*file);
    }
    prover::Request request()
    {
        prover::Request one;
        one.inputs = {prover::testing::random_input(small_model().graph, rng)};
        return one;
    }
    auto prove(const ModelFile& file, const prover::Request& one)
    {
        return artifact::prove_file(file, one, uses, entropy, proof_path);
    }
    static auto verified(const ModelFile& file, base::ByteView proof, const proof::DataIdentity* data = nullptr)
    {
        return proof::verify(file.identity(), {.context = {}, .data = data, .toy = true}, proof);
    }

    std::string model_path = path("m.zkm"), data_path = path("d.zkd"), proof_path = path("p.zkp");
    artifact::Uses uses{path("state")};
    env::OsEntropy entropy;
    model::testing::Rng rng{1};
};

TEST_F(Operations, a_sealed_model_opens_again_as_it_was)
{
    const auto file = opened();
    EXPECT_EQ(file.model(), small_model());
    EXPECT_EQ(file.stamp(), 1u);
    EXPECT_TRUE(proof::verify(file.identity(), proof::Toy::accept));
    EXPECT_EQ(artifact::proofs_left(file, uses), commit::budget(file.shape()));
    EXPECT_EQ(names(), (std::vector<std::string>{"m.zkm", "state"}));
}

TEST_F(Operations, a_proof_is_written_counted_and_verifies)
{
    const auto file = opened();
    const auto one = request();
    const auto proven = prove(file, one);
    ASSERT_TRUE(proven) << proven.error().words;
    const auto written = env::read_file(proof_path, 1 << 26);
    ASSERT_TRUE(written);
    EXPECT_EQ(*written, proven->file);
    EXPECT_TRUE(verified(file, *written));
    EXPECT_EQ(artifact::proofs_left(file, uses), commit::budget(file.shape()) - 1);
    const auto expected = model::evaluate(file.model(), one.inputs[0]);
    EXPECT_EQ(proven->outputs[0], expected->tensors[file.model().graph.output]);
}

TEST_F(Operations, a_root_serves_its_budget_then_one_rotation_then_nothing)
{
    const auto file = opened();
    const auto budget = commit::budget(file.shape());
    for (size_t i = 0; i != budget; ++i)
        ASSERT_TRUE(prove(file, request())) << i;
    const auto refused = prove(file, request());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().fault, Fault::uses);
    EXPECT_NE(refused.error().words.find("zkp model renew"), std::string::npos) << refused.error().words;

    const auto before = proof::model_id(file.identity());
    const auto renewed = artifact::renew_model(model_path, file, uses, entropy);
    ASSERT_TRUE(renewed) << renewed.error().words;
    EXPECT_EQ(proof::model_id(*renewed), before);
    EXPECT_TRUE(proof::verify(*renewed, proof::Toy::accept));
    const auto fresh = opened();
    const auto proven = prove(fresh, request());
    ASSERT_TRUE(proven) << proven.error().words;
    EXPECT_TRUE(verified(fresh, proven->file));
    EXPECT_FALSE(verified(file, proven->file)) << "the old identity does not list the new root";

    EXPECT_FALSE(artifact::renew_model(path("second.zkm"), file, uses, entropy)) << "the old root's rotation is spent";
    EXPECT_FALSE(std::filesystem::exists(path("second.zkm")));
}

TEST_F(Operations, without_its_counter_a_model_neither_proves_nor_rotates)
{
    const auto file = opened();
    std::filesystem::remove_all(path("state"));
    std::filesystem::create_directories(path("state"));
    for (const auto& words :
         {prove(file, request()).error().words, artifact::renew_model(model_path, file, uses, entropy).error().words})
        EXPECT_NE(words.find("missing"), std::string::npos) << words;
    EXPECT_FALSE(std::filesystem::exists(proof_path));
}

TEST_F(Operations, a_counter_older_than_the_model_is_refused)
{
    const auto file = opened();
    write(path("state") + "/" + artifact::hex(file.root()), "zkp uses 1\nused 0\n");
    EXPECT_EQ(prove(file, request()).error().fault, Fault::uses);
    EXPECT_EQ(artifact::renew_model(model_path, file, uses, entropy).error().fault, Fault::uses);
}

/// The proof cannot be written: the use is lost, and nothing but the use.
TEST_F(Operations, a_full_disk_costs_one_use_and_leaves_nothing)
{
    const auto file = opened();
    const auto one = request();
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
        const rlimit limit{1000, 1000};
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto proven = prove(file, one);
        _exit(!proven && proven.error().fault == Fault::file ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(names(), (std::vector<std::string>{"m.zkm", "state"}));
    EXPECT_EQ(artifact::proofs_left(file, uses), commit::budget(file.shape()) - 1);
}

TEST_F(Operations, a_full_disk_does_not_cost_the_rotation)
{
    const auto file = opened();
    const auto before = uses.read(file.root(), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
    {
        const rlimit limit{1000, 1000};
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(artifact::renew_model(model_path, file, uses, entropy) ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(uses.read(file.root(), 0), before);
    EXPECT_EQ(proof::encode(opened().identity()), proof::encode(file.identity()));
}

/// Draws of the proof come after the count: a process killed at its first draw has spent one use.
class Deadly final : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t>, std::string_view) override { raise(SIGKILL); }
};

TEST_F(Operations, killed_between_count_and_proof_loses_one_use_only)
{
    const auto file = opened();
    const auto one = request();
    for (uint64_t round = 1; round != 4; ++round)
    {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0)
        {
            Deadly deadly;
            _exit(artifact::prove_file(file, one, uses, deadly, proof_path) ? 1 : 2);
        }
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status));
        EXPECT_EQ(uses.read(file.root(), 0)->count, 1 + round);
        EXPECT_FALSE(std::filesystem::exists(proof_path));
    }
    const auto proven = prove(file, one);
    ASSERT_TRUE(proven) << proven.error().words;
    EXPECT_TRUE(verified(file, proven->file));
}

TEST_F(Operations, a_row_of_a_data_set_is_proven_masked_and_opened)
{
    const auto data = committed(5, true);
    const auto file = opened();
    prover::Request one;
    one.output = Flag::masked;
    one.data = &data.data();
    one.row = 3;
    const auto proven = prove(file, one);
    ASSERT_TRUE(proven) << proven.error().words;
    const auto checked = verified(file, proven->file, &data.data().identity);
    ASSERT_TRUE(checked) << checked.error().words;
    EXPECT_EQ(checked->statement.data->row, 3u);
    const auto opened_codes = artifact::open_output(data, data.graph(), proven->file);
    ASSERT_TRUE(opened_codes) << opened_codes.error().words;
    EXPECT_EQ(*opened_codes, proven->outputs[0]);

    EXPECT_EQ(prove(file, one).error().fault, Fault::uses) << "the row's pad is spent";
    one.output = Flag::open;
    EXPECT_TRUE(prove(file, one));
    EXPECT_EQ(uses.read(data.data().identity.root, 0)->count, 2u);
    const auto unmasked = env::read_file(proof_path, 1 << 26);
    EXPECT_FALSE(artifact::open_output(data, data.graph(), *unmasked)) << "nothing to open";
}

TEST_F(Operations, requests_that_do_not_fit_cost_no_use)
{
    const auto data = committed(2, false);
    const auto file = opened();
    std::vector<prover::Request> unfit(6);
    unfit[1].inputs = {{1, 2, 3}};
    unfit[2] = request();
    unfit[2].inputs[0][0] = 256;
    unfit[3] = request();
    unfit[3].output = Flag::masked;
    unfit[4].data = &data.data();
    unfit[4].row = 2;
    unfit[5].data = &data.data();
    unfit[5].output = Flag::masked;
    for (const auto& one : unfit)
    {
        const auto refused = prove(file, one);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().fault, Fault::unfit);
    }
    EXPECT_EQ(uses.read(file.root(), 0)->count, 1u);
    EXPECT_EQ(uses.read(data.data().identity.root, 0)->count, 0u);
}

TEST_F(Operations, a_data_set_for_another_input_encoding_is_refused)
{
    const auto data = committed(2, false);
    auto other = small_model();
    other.graph.encoding.offset = {-2, 2};
    ASSERT_TRUE(artifact::seal_model(path("other.zkm"), other, commit::kToy, uses, entropy));
    const auto file = ModelFile::open(path("other.zkm"));
    ASSERT_TRUE(file);
    prover::Request one;
    one.data = &data.data();
    EXPECT_EQ(prove(*file, one).error().fault, Fault::unfit);
}

TEST_F(Operations, a_model_without_weights_is_refused)
{
    model::Model bare;
    EXPECT_EQ(artifact::seal_model(path("x.zkm"), bare, commit::kToy, uses, entropy).error().fault, Fault::unfit);
}

/// Every byte of the head and a sample of the rest: no crash, and no change that opens but for the oracle's own bytes.
TEST_F(Operations, damaged_and_shortened_files_are_refused)
{
    committed(2, true);
    for (const auto& good : {model_path, data_path})
    {
        const auto bytes = env::read_file(good, 1 << 26);
        ASSERT_TRUE(bytes);
        const auto bad = path("bad");
        const auto opens = [&](base::ByteView content) {
            const std::array parts{content};
            EXPECT_TRUE(env::write_file(bad, parts, 0600));
            return good == model_path ? ModelFile::open(bad).has_value() : DataFile::open(bad).has_value();
        };
        EXPECT_TRUE(opens(*bytes));
        for (size_t size = 0; size < bytes->size(); size += 997)
            EXPECT_FALSE(opens(base::ByteView(*bytes).first(size))) << size;
        for (size_t i = 0; i < 600; i += 7)
        {
            auto changed = *bytes;
            changed[i] ^= 1;
            EXPECT_FALSE(opens(changed)) << i;
        }
    }
}

} // namespace
