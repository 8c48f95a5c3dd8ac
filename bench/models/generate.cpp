/// bench_models FOLDER: writes the models that are too large to commit, their calibration data and one input each.
#include "synthetic.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

namespace {

bool write(const std::filesystem::path& path, const std::string& bytes)
{
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), std::streamsize(bytes.size()));
    file.close();
    if (!file)
        std::cerr << "cannot write " << path.string() << ": is the folder there, is the disk full?\n";
    return bool(file);
}

bool write(const std::filesystem::path& folder, const std::string& name, const bench_models::Synthetic& model)
{
    std::cout << name << ": " << model.parameters << " parameters, " << model.onnx.size() << " bytes\n";
    return write(folder / (name + ".onnx"), model.onnx) &&
           write(folder / (name + "_calibration.npy"), model.calibration) &&
           write(folder / (name + "_input.npy"), model.input);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2)
    {
        std::cerr << "usage: bench_models FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    return write(folder, "mlp4m", bench_models::mlp4m()) && write(folder, "cifar264k", bench_models::cifar264k()) ? 0
                                                                                                                  : 1;
}
