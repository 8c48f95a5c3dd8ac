#include "artifact/estimate.hpp"
#include "artifact/operations.hpp"
#include "commands.hpp"
#include "env/entropy.hpp"
#include "files.hpp"
#include "model/evaluate.hpp"
#include "progress.hpp"
#include "words.hpp"

#include <algorithm>
#include <chrono>
#include <set>

/// `zkp infer` and `zkp prove`.
namespace cmd {
namespace {

using circuit::Flag;
using Clock = std::chrono::steady_clock;

struct Flags
{
    Flag input = Flag::hidden, output = Flag::open;
};

/// --private and --mask as flags of the two tensors. The weights are private whatever is listed.
Or<Flags> flags_of(const Prove& options)
{
    Flags flags;
    if (options.hidden)
    {
        const std::set<std::string> names(options.hidden->begin(), options.hidden->end());
        for (const auto& name : names)
            if (name != "model" && name != "input" && name != "output")
                return usage("--private: '" + name + "' is no tensor; list some of model,input,output");
        flags.input = names.contains("input") ? Flag::hidden : Flag::open;
        flags.output = names.contains("output") ? Flag::hidden : Flag::open;
    }
    if (options.mask.empty())
        return flags;
    if (options.mask != "output")
        return usage("--mask: only the output can be masked; say --mask output");
    if (flags.output == Flag::hidden)
        return usage("--private output and --mask output exclude each other; keep one");
    if (options.data.empty())
        return usage("--mask output needs --data: a data set committed with --pad-output");
    flags.output = Flag::masked;
    return flags;
}

Or<void> check_sources(const Prove& options)
{
    if (options.input.empty() == options.data.empty())
        return usage("give either --input x.npy, or --data d.zkd with --row");
    if (!options.data.empty() && !options.row)
        return usage("--data needs --row: which row of the data set the proof is about");
    if (options.data.empty() && options.row)
        return usage("--row goes with --data");
    return {};
}

/// The proof's rows: from the array, or the data set's row, which `data` keeps alive.
Or<prover::Request> request_of(const Prove& options, const artifact::ModelFile& model,
                               std::optional<artifact::DataFile>& data)
{
    const auto flags = flags_of(options);
    if (!flags)
        return std::unexpected(flags.error());
    const auto context = parse_context(options.context);
    if (!context)
        return std::unexpected(context.error());
    prover::Request request{
        .context = *context, .input = flags->input, .output = flags->output, .inputs = {}, .data = nullptr, .row = 0};
    if (options.data.empty())
    {
        const auto array = read_array(options.input);
        if (!array)
            return std::unexpected(array.error());
        auto rows = encode_rows(model.model().graph, *array, options.input);
        if (!rows)
            return std::unexpected(rows.error());
        request.inputs = std::move(*rows);
        return request;
    }
    auto opened = artifact::DataFile::open(options.data);
    if (!opened)
        return refused(opened.error());
    data.emplace(std::move(*opened));
    request.data = &data->data();
    request.row = *options.row;
    return request;
}

} // namespace

Answer run(const Infer& options)
{
    const auto file = artifact::ModelFile::open(options.model);
    if (!file)
        return refused(file.error());
    const auto array = read_array(options.input);
    if (!array)
        return std::unexpected(array.error());
    const auto rows = encode_rows(file->model().graph, *array, options.input);
    if (!rows)
        return std::unexpected(rows.error());
    const Progress progress("running", 1e-6 * double(rows->size()), double(rows->size()), "rows");
    std::vector<std::vector<int32_t>> outputs;
    for (const auto& row : *rows)
    {
        auto evaluation = model::evaluate(file->model(), row);
        if (!evaluation)
            return refused(evaluation.error().words);
        outputs.push_back(std::move(evaluation->tensors[file->model().graph.output]));
    }
    auto result = outcomes(file->model().graph, outputs);
    Report report;
    report.text = "computed with the integer graph, not proven\n" + result.text;
    report.json = {{"proven", false}, {"rows", std::move(result.json)}};
    return report;
}

Answer run(const Prove& options)
{
    if (const auto clear = check_sources(options); !clear)
        return std::unexpected(clear.error());
    const auto file = artifact::ModelFile::open(options.model);
    if (!file)
        return refused(file.error());
    std::optional<artifact::DataFile> data;
    const auto request = request_of(options, *file, data);
    if (!request)
        return std::unexpected(request.error());
    const auto uses = artifact::Uses::open();
    if (!uses)
        return refused(uses.error());
    const auto batch = std::max<size_t>(request->inputs.size(), 1);
    const auto cost = artifact::estimate_inference(file->model().graph, file->identity().profile, uint32_t(batch));
    if (!cost)
        return refused(cost.error());

    const auto start = Clock::now();
    env::OsEntropy entropy;
    std::expected<prover::Proven, artifact::Error> proven;
    {
        const Progress progress("proving", cost->seconds, double(cost->work_units), "work units");
        proven = artifact::prove_file(*file, *request, *uses, entropy, options.out);
    }
    if (!proven)
        return refused(proven.error());
    const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    auto result = outcomes(file->model().graph, proven->outputs);
    const auto left = artifact::proofs_left(*file, *uses);
    const std::string left_text = left ? count(*left) + " proofs left on this root" : left.error().words;
    Report report;
    report.text = "proven: " + options.out + ", " + bytes(proven->file.size()) + ", in " + seconds(elapsed) + "; " +
                  left_text + "\n  weights private, input " + name_of(request->input) + ", output " +
                  name_of(request->output) + "\n" + result.text;
    report.json = {{"file", options.out},
                   {"proof_bytes", proven->file.size()},
                   {"seconds", elapsed},
                   {"work_units", cost->work_units},
                   {"proofs_left", left ? Json(*left) : Json(nullptr)},
                   {"weights", "private"},
                   {"input", name_of(request->input)},
                   {"output", name_of(request->output)},
                   {"rows", std::move(result.json)}};
    return report;
}

} // namespace cmd
