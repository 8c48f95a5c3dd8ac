#include "artifact/operations.hpp"
#include "commands.hpp"
#include "env/entropy.hpp"
#include "files.hpp"
#include "progress.hpp"
#include "proof/verify.hpp"
#include "words.hpp"

/// `zkp data commit` and `zkp open`.
namespace cmd {
namespace {

constexpr size_t kRowsMax = size_t{1} << 24;
/// Measured: committing costs about this for each value, whatever the model.
constexpr double kSecondsPerValue = 2e-7;

} // namespace

Answer run(const DataCommit& options)
{
    const auto identity = read_identity(options.like);
    if (!identity)
        return std::unexpected(identity.error());
    const auto array = read_array(options.array);
    if (!array)
        return std::unexpected(array.error());
    const auto rows = encode_rows(identity->graph, *array, options.array);
    if (!rows)
        return std::unexpected(rows.error());
    if (rows->size() > kRowsMax)
        return refused(options.array + ": more than " + count(kRowsMax) + " rows; split the data set");
    const auto uses = artifact::Uses::open();
    if (!uses)
        return refused(uses.error());
    std::vector<int32_t> codes;
    for (const auto& row : *rows)
        codes.insert(codes.end(), row.begin(), row.end());

    const Progress progress("committing", double(codes.size()) * kSecondsPerValue, double(codes.size()), "values");
    env::OsEntropy entropy;
    const auto committed = artifact::commit_data(options.out, options.identity, *identity, codes,
                                                 uint32_t(rows->size()), options.pad_output, *uses, entropy);
    if (!committed)
        return refused(committed.error());
    const auto shape = artifact::data_shape(identity->graph, committed->profile, committed->rows, committed->pads);
    const auto budget = shape ? commit::budget(*shape) : 0;
    const auto id = artifact::hex(proof::data_id(*committed));
    Report report;
    report.text = "committed " + count(rows->size()) + " rows to " + options.out + " (" + bytes(size_of(options.out)) +
                  ", keep it to yourself)\n  " + options.identity + " (" + bytes(size_of(options.identity)) +
                  ") is for verifiers\n  good for    " + count(budget) + " proofs" +
                  (committed->pads ? ", and one masked output a row" : "") + "\n  DataId      " + id + "\n";
    report.json = {{"data_id", id},           {"rows", committed->rows},
                   {"pads", committed->pads}, {"proofs_per_root", budget},
                   {"file", options.out},     {"identity", options.identity}};
    return report;
}

Answer run(const Open& options)
{
    const auto file = artifact::DataFile::open(options.data);
    if (!file)
        return refused(file.error());
    const auto proof_bytes = read(options.proof);
    if (!proof_bytes)
        return std::unexpected(proof_bytes.error());
    auto graph = file->graph();
    auto model = file->like();
    if (!options.model.empty())
    {
        auto identity = read_identity(options.model);
        if (!identity)
            return std::unexpected(identity.error());
        model = proof::model_id(*identity);
        graph = std::move(identity->graph);
    }
    base::Reader in(*proof_bytes);
    if (const auto statement = proof::read_header(in, graph); statement && statement->model_id != model)
        return refused(options.proof + ": the proof is about another model than the data set was committed for; give "
                                       "that model's m.id with --model");
    const auto codes = artifact::open_output(*file, graph, *proof_bytes);
    if (!codes)
        return refused(options.proof + ": " + codes.error().words);
    const auto result = outcome(graph, *codes);
    Report report;
    report.text = "opened with the committed pad (what the proof proves, zkp verify says)\n" + result.text;
    report.json = {{"output", result.json}};
    return report;
}

} // namespace cmd
