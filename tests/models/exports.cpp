#include "exports.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

namespace exports {

std::filesystem::path source_root() { return ZKP_SOURCE_ROOT; }

base::Bytes read_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return base::Bytes(text.begin(), text.end());
}

npy::Array read_npy(const std::filesystem::path& path) { return npy::read(read_file(path)).value(); }

std::vector<Entry> manifest()
{
    std::ifstream file(source_root() / "tests/models/manifest.json");
    std::vector<Entry> entries;
    for (const auto& model : nlohmann::json::parse(file)["models"])
        entries.push_back({model["name"], model["supported"]});
    return entries;
}

namespace {

void softmax(std::span<double> row)
{
    const double top = *std::ranges::max_element(row);
    double sum = 0;
    for (double& value : row)
        sum += value = std::exp(value - top);
    for (double& value : row)
        value /= sum;
}

} // namespace

std::vector<double> answer(model::Reading reading, std::vector<double> output, size_t classes, size_t wanted)
{
    switch (reading)
    {
    case model::Reading::values:
        return output;
    case model::Reading::argmax: {
        if (output.size() == wanted) // the file also puts out what the class is chosen from
            return output;
        std::vector<double> chosen;
        for (size_t at = 0; at != output.size(); at += classes)
        {
            const auto row = std::span(output).subspan(at, classes);
            chosen.push_back(double(std::ranges::max_element(row) - row.begin()));
        }
        return chosen;
    }
    case model::Reading::softmax:
        for (size_t at = 0; at != output.size(); at += classes)
            softmax(std::span(output).subspan(at, classes));
        return output;
    case model::Reading::sigmoid_label: {
        const double positive = 1 / (1 + std::exp(-output[0]));
        return wanted == 2 ? std::vector{1 - positive, positive} : std::vector{positive};
    }
    }
    return {};
}

double rms(std::span<const double> values)
{
    double sum = 0;
    for (const double value : values)
        sum += value * value;
    return std::sqrt(sum / double(values.size()));
}

} // namespace exports
