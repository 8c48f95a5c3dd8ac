#include "harness.hpp"
#include "synthetic.hpp"

#include "env/entropy.hpp"
#include "model/evaluate.hpp"
#include "npy/npy.hpp"
#include "onnx/import.hpp"
#include "proof/verify.hpp"
#include "prover/seal.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

/// prove/, verify/, verify_id/, proof_bytes/ of the three published models: private weights, private input, public
/// output, profile P100. What is timed: docs/specs and bench/README.md.
namespace {

[[noreturn]] void fail(const std::string& words)
{
    std::fprintf(stderr, "bench_prove: %s\n", words.c_str());
    std::exit(1);
}

std::string read_file(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    if (!in)
        fail("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

bench_models::Synthetic lenet5()
{
    const std::string folder = BENCH_MODELS;
    return {read_file(folder + "/lenet5.onnx"), read_file(folder + "/lenet5_calibration.npy"),
            read_file(folder + "/lenet5_input.npy"), 61706};
}

npy::Array array_of(const std::string& bytes)
{
    auto array = npy::read(base::view(bytes));
    if (!array)
        fail("an .npy file does not read");
    return std::move(*array);
}

void run(const bench::Session& session, const std::string& name, const bench_models::Synthetic& files)
{
    const auto prove = "prove/" + name, verify = "verify/" + name, identity_name = "verify_id/" + name;
    const auto bytes = "proof_bytes/" + name;
    if (!session.wants(prove) && !session.wants(verify) && !session.wants(identity_name) && !session.wants(bytes))
        return;
    auto imported = onnx::import_model(base::view(files.onnx), array_of(files.calibration));
    if (!imported)
        fail(imported.error().error.words);
    const auto& model = imported->model;
    env::OsEntropy entropy;
    const auto oracle = prover::commit_weights(model, commit::kP100, entropy);
    if (!oracle)
        fail(oracle.error());
    proof::Identity identity{.profile = commit::kP100, .graph = model.graph, .epochs = {{oracle->root(), {}}}};
    auto registration = prover::prove_registration(identity, model.weights, oracle->view(), entropy);
    if (!registration)
        fail(registration.error());
    identity.epochs[0].proof = std::move(*registration);

    const auto records = onnx::records(array_of(files.input), model.graph.tensors[model.graph.input].shape);
    const auto codes = model::encode_input(model.graph, std::span<const double>(*records));
    prover::Request request;
    request.inputs.push_back(*codes);
    const prover::SealedModel sealed{identity, model, oracle->view()};
    auto proven = prover::prove(sealed, request, entropy);
    if (!proven)
        fail(proven.error());
    if (const auto checked = proof::verify(identity, {}, proven->file); !checked)
        fail(checked.error().words);
    session.count(bytes, double(proven->file.size()), "B");
    session.count("trace_entries/" + name, double(proven->trace_entries), "entries");
    session.count("log_leaves/" + name, double(proven->log_leaves), "bits");
    session.time(prove, 50, [&] { proven = prover::prove(sealed, request, entropy); });
    session.time(verify, 50, [&] {
        if (!proof::verify(identity, {}, proven->file))
            fail("a proof was refused");
    });
    session.time(identity_name, 10, [&] {
        if (!proof::verify(identity))
            fail("an identity was refused");
    });
}

} // namespace

int main(int argc, char** argv)
{
    const bench::Session session(std::span<char* const>(argv, size_t(argc)));
    run(session, "lenet5", lenet5());
    run(session, "cifar264k", bench_models::cifar264k());
    run(session, "mlp4m", bench_models::mlp4m());
}
