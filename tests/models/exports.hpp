#pragma once

#include "base/bytes.hpp"
#include "model/graph.hpp"
#include "npy/npy.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// Reads the committed models, and turns a graph's outputs into what the exported model answers. For tests only.
namespace exports {

/// One line of manifest.json.
struct Entry
{
    std::string name;
    bool supported = true;
};

std::filesystem::path source_root();

base::Bytes read_file(const std::filesystem::path& path);
npy::Array read_npy(const std::filesystem::path& path);
std::vector<Entry> manifest();

/// The answer to one record: the output after its reading (softmax, probabilities of two classes, or the class) along
/// its last dimension, of `classes`.
std::vector<double> answer(model::Reading reading, std::vector<double> output, size_t classes, size_t wanted);

/// Root of the mean square.
double rms(std::span<const double> values);

} // namespace exports
