#include "harness.hpp"
#include "synthetic.hpp"

#include "artifact/operations.hpp"
#include "env/entropy.hpp"
#include "model/evaluate.hpp"
#include "npy/npy.hpp"
#include "onnx/import.hpp"
#include "proof/verify.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/wait.h>
#include <unistd.h>

/// prove/, verify/, verify_id/, proof_bytes/ of the three published models and of the clinic's: private weights,
/// private input, public output, profile P100. Timed is an opened model to a complete file, use counter and grinding
/// included.
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
    const std::string folder = ZKP_ROOT "/bench/models";
    return {read_file(folder + "/lenet5.onnx"), read_file(folder + "/lenet5_calibration.npy"),
            read_file(folder + "/lenet5_input.npy"), 61706};
}

bench_models::Synthetic clinic()
{
    const std::string folder = ZKP_ROOT "/examples/clinic";
    return {read_file(folder + "/model.onnx"), read_file(folder + "/calibration.npy"),
            read_file(folder + "/record.npy"), 0};
}

/// A folder for the sealed model and its counter; gone at the end.
struct Folder
{
    std::string path = (std::filesystem::temp_directory_path() / "zkp_bench_XXXXXX").string();
    Folder()
    {
        if (!mkdtemp(path.data()))
            fail("cannot make a temporary folder");
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

npy::Array array_of(const std::string& bytes)
{
    auto array = npy::read(base::view(bytes));
    if (!array)
        fail("an .npy file does not read");
    return std::move(*array);
}

/// Imports and seals a model, and keeps its input beside it.
void seal(const bench_models::Synthetic& files, const std::string& sealed_path, const std::string& input_path,
          const artifact::Uses& uses)
{
    auto imported = onnx::import_model(base::view(files.onnx), array_of(files.calibration));
    if (!imported)
        fail(imported.error().error.words);
    env::OsEntropy entropy;
    if (const auto sealed = artifact::seal_model(sealed_path, std::move(imported->model), commit::kP100, uses, entropy);
        !sealed)
        fail(sealed.error().words);
    std::ofstream(input_path, std::ios::binary) << files.input;
}

/// The same in a process of its own: registration holds several times the weights, and must not count as proving's
/// peak.
void seal_apart(bench_models::Synthetic (*make)(), const std::string& sealed_path, const std::string& input_path,
                const artifact::Uses& uses)
{
    const auto child = fork();
    if (child == 0)
    {
        seal(make(), sealed_path, input_path, uses);
        _exit(0);
    }
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        fail("sealing a model failed");
}

void run(const bench::Session& session, const std::string& name, bench_models::Synthetic (*make)())
{
    const auto prove = "prove/" + name, verify = "verify/" + name, identity_name = "verify_id/" + name;
    const auto bytes = "proof_bytes/" + name;
    if (!session.wants(prove) && !session.wants(verify) && !session.wants(identity_name) && !session.wants(bytes))
        return;
    const Folder folder;
    const artifact::Uses uses(folder.path);
    const auto sealed_path = folder.path + "/m.zkm", input_path = folder.path + "/x.npy";
    const auto proof_path = folder.path + "/p.zkp";
    seal_apart(make, sealed_path, input_path, uses);
    env::OsEntropy entropy;
    const auto file = artifact::ModelFile::open(sealed_path);
    if (!file)
        fail(file.error().words);
    const auto& identity = file->identity();
    const auto& graph = identity.graph;

    const auto records = onnx::records(array_of(read_file(input_path)), graph.tensors[graph.input].shape);
    const auto codes = model::encode_input(graph, std::span<const double>(*records));
    prover::Request request;
    request.inputs.push_back(*codes);
    const auto prove_once = [&] {
        auto proven = artifact::prove_file(*file, request, uses, entropy, proof_path);
        if (!proven)
            fail(proven.error().words);
        return std::move(*proven);
    };
    auto proven = prove_once();
    if (const auto checked = proof::verify(identity, {}, proven.file); !checked)
        fail(checked.error().words);
    session.count(bytes, double(proven.file.size()), "B");
    session.count("trace_entries/" + name, double(proven.trace_entries), "entries");
    session.count("log_leaves/" + name, double(proven.log_leaves), "bits");
    session.time(prove, 50, [&] { proven = prove_once(); });
    session.time(verify, 50, [&] {
        if (!proof::verify(identity, {}, proven.file))
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
    run(session, "clinic", clinic); // by growing memory: the kernel may not let a peak be reset
    run(session, "lenet5", lenet5);
    run(session, "cifar264k", bench_models::cifar264k);
    run(session, "mlp4m", bench_models::mlp4m);
}
