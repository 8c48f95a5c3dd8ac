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

std::vector<double> answer(model::Reading reading, std::vector<double> output, size_t wanted)
{
    const auto first_max = std::ranges::max_element(output);
    switch (reading)
    {
    case model::Reading::values:
        return output;
    case model::Reading::argmax:
        if (output.size() == wanted) // the file also puts out what the class is chosen from
            return output;
        return {double(first_max - output.begin())};
    case model::Reading::softmax: {
        const double top = *first_max;
        double sum = 0;
        for (double& value : output)
            sum += value = std::exp(value - top);
        for (double& value : output)
            value /= sum;
        return output;
    }
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
