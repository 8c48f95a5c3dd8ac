#include "tests/long/proof_subjects.hpp"

#include "model/testing/small_model.hpp"

#include <memory>
#include <optional>

namespace long_run {
namespace {

using base::Bytes;
using base::ByteView;
using prover::testing::Sealed;
using prover::testing::SeededEntropy;

constexpr uint32_t kRows = 3;

std::string_view verdict_of(const auto& result) { return result ? kProven : proof::name_of(result.error().why); }

/// Who holds the model and the data set.
struct Owner
{
    explicit Owner(uint64_t seed)
        : entropy(seed), rng(seed),
          sealed(prover::testing::seal(model::testing::small_model(), commit::kP100, entropy).value())
    {
        rotate();
        std::vector<int32_t> codes;
        for (uint32_t row = 0; row != kRows; ++row)
            for (const auto code : prover::testing::random_input(sealed.model.graph, rng))
                codes.push_back(code);
        auto made = prover::commit_data(sealed.model.graph, commit::kP100, codes, kRows, true, entropy).value();
        oracle.emplace(std::move(made.oracle));
        data.emplace(prover::SealedData{made.identity, std::move(codes), std::move(made.pads), oracle->view()});
    }

    void rotate()
    {
        auto fresh = prover::commit_weights(sealed.model, commit::kP100, entropy).value();
        sealed.identity.epochs.push_back({fresh.root(), {}});
        sealed.identity.epochs.back().proof =
            prover::prove_rotation(sealed.identity, sealed.model.weights, sealed.oracle.view(), fresh.view(), entropy)
                .value();
        sealed.oracle = std::move(fresh);
    }

    SeededEntropy entropy;
    model::testing::Rng rng;
    Sealed sealed;
    std::optional<commit::OracleStorage> oracle;
    std::optional<prover::SealedData> data;
};

std::string_view judge_proof(const Owner& owner, const proof::DataIdentity* data, ByteView file)
{
    return verdict_of(proof::verify(owner.sealed.identity, {.context = {}, .data = data, .toy = false}, file));
}

Subject proof_subject(const std::shared_ptr<Owner>& owner, std::string name, const prover::Request& request)
{
    const auto prepared = prover::testing::prepare(owner->sealed.view(), request).value();
    auto made = prover::testing::reference_prove(prepared, owner->entropy);
    auto file = prover::testing::file_of(prepared.statement, made.body);
    const auto header = file.size() - made.body.size();
    const auto* data = request.data == nullptr ? nullptr : &request.data->identity;
    return {std::move(name), std::move(file),
            [owner, data](ByteView bytes) { return judge_proof(*owner, data, bytes); }, header,
            std::move(made.sections)};
}

std::string_view judge_identity(ByteView bytes)
{
    const auto identity = proof::decode_identity(bytes);
    return identity ? verdict_of(proof::verify(*identity)) : verdict_of(identity);
}

std::string_view judge_data_identity(const Owner& owner, ByteView file, ByteView bytes)
{
    const auto data = proof::decode_data_identity(bytes);
    return data ? judge_proof(owner, &*data, file) : verdict_of(data);
}

} // namespace

std::vector<Subject> make_subjects(uint64_t seed)
{
    const auto owner = std::make_shared<Owner>(seed);
    prover::Request plain;
    plain.inputs.push_back(prover::testing::random_input(owner->sealed.model.graph, owner->rng));
    prover::Request row;
    row.output = circuit::Flag::masked;
    row.data = &*owner->data;
    row.row = kRows - 1;

    std::vector<Subject> subjects;
    subjects.push_back(proof_subject(owner, "proof", plain));
    subjects.push_back(proof_subject(owner, "masked row", row));
    const auto file = subjects.back().bytes;
    subjects.push_back({"m.id", proof::encode(owner->sealed.identity), judge_identity, 0, {}});
    subjects.push_back({"d.id",
                        proof::encode(owner->data->identity),
                        [owner, file](ByteView bytes) { return judge_data_identity(*owner, file, bytes); },
                        0,
                        {}});
    return subjects;
}

} // namespace long_run
