// Runs a fuzz target on files, without libFuzzer: fuzz_NAME FILE-OR-FOLDER...  Exit code 0 unless the target stops.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void replay(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    // A heap block of the exact size, so that the sanitizer sees the first byte read past the end.
    const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(stream), {}};
    std::printf("%s: %zu bytes\n", file.filename().c_str(), bytes.size());
    std::fflush(stdout);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

} // namespace

int main(int count, char** arguments)
{
    size_t replayed = 0;
    for (int i = 1; i != count; ++i)
    {
        const std::filesystem::path path = arguments[i];
        if (!std::filesystem::is_directory(path))
        {
            replay(path);
            ++replayed;
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator(path))
        {
            replay(entry.path());
            ++replayed;
        }
    }
    std::printf("%zu inputs replayed\n", replayed);
    return replayed == 0 ? 2 : 0;
}
