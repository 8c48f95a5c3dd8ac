#include "artifact/uses.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "model/shape.hpp"
#include "proof/verify.hpp"
#include "words.hpp"

#include <algorithm>
#include <chrono>
#include <span>

/// `zkp verify`: what is proven, who saw what, and what is not proven.
namespace cmd {
namespace {

using circuit::Flag;
using circuit::K;
using proof::Statement;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::unexpected<Failure> not_proven(const proof::Error& error, const std::string& path)
{
    const std::string reason(proof::name_of(error.why));
    return std::unexpected(Failure{Exit::refused,
                                   "refused (" + reason + "): " + path + ": " + error.words,
                                   {{"proven", false}, {"reason", reason}},
                                   {}});
}

/// Public values as codes, one vector a batch row.
std::vector<std::vector<int32_t>> rows_of(std::span<const K> values, size_t width)
{
    std::vector<std::vector<int32_t>> rows;
    for (size_t i = 0; i != values.size(); ++i)
    {
        if (i % width == 0)
            rows.emplace_back();
        const auto canonical = int64_t{values[i].value()};
        rows.back().push_back(
            int32_t(canonical > int64_t{K::kModulus} / 2 ? canonical - int64_t{K::kModulus} : canonical));
    }
    return rows;
}

std::string seen_by(Flag flag, const char* masked)
{
    switch (flag)
    {
    case Flag::hidden:
        return "private: only whoever proved";
    case Flag::open:
        return "public: everybody who has the proof";
    case Flag::masked:
        return masked;
    }
    return "";
}

std::vector<std::string> not_proven_by(const model::Graph& graph, const Statement& statement)
{
    std::vector<std::string> lines{
        "that the model is good, fair or trained on any particular data",
        "that the integer graph answers as some float model would",
        statement.data ? "that the data set is true; only that the input is the row that was committed"
                       : "where the input came from, or that it was the only one tried",
    };
    if (graph.reading != model::Reading::values)
        lines.push_back("the reading of the output (largest, probability): it is computed from the proven numbers");
    lines.push_back(statement.context == base::Digest{}
                        ? "when and for whom: the context is empty, so that anybody can show this proof again"
                        : "when: only that it was made for this context");
    return lines;
}

/// What the proof is about, as JSON.
Json statement_json(const Statement& statement)
{
    Json json = {{"profile", "P100"},
                 {"model_id", artifact::hex(statement.model_id)},
                 {"epoch", statement.epoch},
                 {"context", artifact::hex(statement.context)},
                 {"batch", statement.batch},
                 {"weights", "private"},
                 {"input", name_of(statement.flags[0])},
                 {"output", name_of(statement.flags[1])}};
    if (statement.data)
        json["data"] = {{"data_id", artifact::hex(statement.data->data_id)}, {"row", statement.data->row}};
    return json;
}

std::string proven_text(const Statement& statement)
{
    std::string text = "  model     " + artifact::hex(statement.model_id) + ", weights of epoch " +
                       std::to_string(statement.epoch) + "\n  context   " + artifact::hex(statement.context) + "\n";
    text += "  claim     these weights, run on ";
    if (statement.data)
        text += "row " + std::to_string(statement.data->row) + " of data set " + artifact::hex(statement.data->data_id);
    else if (statement.batch == 1)
        text += std::string("one ") + name_of(statement.flags[0]) + " input";
    else
        text += count(statement.batch) + " " + name_of(statement.flags[0]) + " inputs";
    const char* output = statement.flags[1] == Flag::hidden   ? "an output that stays private"
                         : statement.flags[1] == Flag::masked ? "an output that is published under a one-time pad"
                                                              : "this output";
    return text + ", give " + output + "; every integer of the computation is as the graph says\n";
}

Report describe_proof(const model::Graph& graph, const Statement& statement)
{
    Report report;
    report.json = statement_json(statement);
    report.text = proven_text(statement);
    const auto width = model::elements(graph.tensors[graph.output].shape);
    if (statement.flags[1] == Flag::open)
    {
        auto result = outcomes(graph, rows_of(statement.values[1], width));
        report.text += result.text;
        report.json["rows"] = std::move(result.json);
    }
    if (statement.flags[0] == Flag::open)
        report.json["input_codes"] = rows_of(statement.values[0], model::elements(graph.tensors[graph.input].shape));

    report.text += "who sees what\n  weights   private: only whoever proved; shapes, scales and shifts are public\n"
                   "  input     " +
                   seen_by(statement.flags[0], "") + "\n  output    " +
                   seen_by(statement.flags[1], "masked: only whoever holds the data set's pads (zkp open)") + "\n";
    report.text += "not proven\n";
    report.json["not_proven"] = Json::array();
    for (const auto& line : not_proven_by(graph, statement))
    {
        report.text += "  " + line + "\n";
        report.json["not_proven"].push_back(line);
    }
    return report;
}

} // namespace

Answer run(const Verify& options)
{
    const auto context = parse_context(options.context);
    if (!context)
        return std::unexpected(context.error());
    const auto identity_bytes = read(options.model), file = read(options.proof);
    for (const auto* each : {&identity_bytes, &file})
        if (!*each)
            return std::unexpected(each->error());
    proof::Expectation expected{.context = *context};
    std::optional<proof::DataIdentity> data;
    if (!options.data.empty())
    {
        const auto data_bytes = read(options.data);
        if (!data_bytes)
            return std::unexpected(data_bytes.error());
        const auto decoded = proof::decode_data_identity(*data_bytes);
        if (!decoded)
            return not_proven(decoded.error(), options.data);
        data = *decoded;
        expected.data = &*data;
    }

    const auto start = Clock::now();
    const auto identity = proof::decode_identity(*identity_bytes);
    if (!identity)
        return not_proven(identity.error(), options.model);
    if (const auto registered = proof::verify(*identity); !registered)
        return not_proven(registered.error(), options.model);
    const double identity_seconds = seconds_since(start);
    const auto middle = Clock::now();
    const auto verified = proof::verify(*identity, expected, *file);
    const double proof_seconds = seconds_since(middle);
    if (!verified)
        return not_proven(verified.error(), options.proof);

    auto report = describe_proof(identity->graph, verified->statement);
    report.text = "PROVEN, 100 bits, 16 of them grinding, in the random-oracle model; the proof checked in " +
                  seconds(proof_seconds) + ", the model's identity in " + seconds(identity_seconds) + "\n" +
                  report.text;
    Json json = {{"proven", true}, {"bits", 100}, {"seconds", proof_seconds}, {"identity_seconds", identity_seconds}};
    json.update(report.json);
    report.json = std::move(json);
    return report;
}

} // namespace cmd
