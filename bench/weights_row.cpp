#include "weights_row.hpp"

#include <ctime>
#include <fstream>

namespace weights {
namespace {

constexpr size_t kColumns = 120;

uint64_t safe(uint64_t measured) { return measured / 100 * kSafetyPercent + measured % 100 * kSafetyPercent / 100; }

/// 1234567 as 1'234'567.
std::string grouped(uint64_t number)
{
    auto text = std::to_string(number);
    for (auto at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3)
        text.insert(size_t(at), "'");
    return text;
}

std::string cpu_name()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.starts_with("model name"))
            return line.substr(line.find(':') + 2);
    return "unknown";
}

/// `between` fields: ", " or a new line, where one line would be too long.
std::string initializer(const Row& row, std::string_view between)
{
    std::string text = "{.call = \"" + row.name + "\"";
    const auto field = [&](std::string_view name, const std::string& value) {
        text.append(",").append(between).append(name).append(" = ").append(value);
    };
    field(".time", grouped(safe(row.time)));
    if (row.reads != 0)
        field(".reads", std::to_string(row.reads));
    if (row.writes != 0)
        field(".writes", std::to_string(row.writes));
    if (!row.unit.empty())
    {
        std::string slope = "{\"" + row.unit + "\", " + grouped(safe(row.unit_time));
        if (row.unit_reads + row.unit_writes != 0)
            slope += ", " + std::to_string(row.unit_reads);
        if (row.unit_writes != 0)
            slope += ", " + std::to_string(row.unit_writes);
        field(".first", slope + "}");
    }
    return text + "}";
}

void add_rows(std::string& text, std::string_view name, const std::vector<Row>& rows)
{
    text.append("\ninline constexpr std::array<CallCost, " + std::to_string(rows.size()) + "> ").append(name);
    text += "{{\n";
    for (const auto& row : rows)
    {
        auto line = "    " + initializer(row, " ") + ",\n";
        if (line.size() > kColumns + 1)
            line = "    " + initializer(row, "\n     ") + ",\n";
        text += line;
    }
    text += "}};\n";
}

} // namespace

std::string header_of(const Table& table, size_t runs)
{
    const auto now = std::time(nullptr);
    char date[16];
    std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
    std::string text = "#pragma once\n\n#include \"runtime/frame/cost.hpp\"\n\n#include <array>\n\n";
    text += std::string("/// Written by `make weights` on ") + date + ", " + cpu_name() + "; not by hand.\n";
    text += "/// Medians of " + std::to_string(runs) + " runs in wasmtime, processor time, times " +
            std::to_string(kSafetyPercent / 100) + "." + std::to_string(kSafetyPercent % 100) +
            "; storage: RocksDB\n/// with a million accounts, by the clock, times the same.\n";
    text += "namespace runtime::product::weights {\n\n";
    text += "inline constexpr RuntimeDbWeight kDb{.read = " + grouped(safe(table.db.read)) +
            ", .write = " + grouped(safe(table.db.write)) + "};\n";
    text += "inline constexpr CallCost kBaseBlock" + initializer(table.block, " ") + ";\n";
    text += "inline constexpr CallCost kBaseExtrinsic" + initializer(table.extrinsic, " ") + ";\n";
    add_rows(text, "kCosts", table.calls);
    text += "\n/// Work that no call asks for, beside what every block does.";
    add_rows(text, "kHooks", table.hooks);
    return text + "\n} // namespace runtime::product::weights\n";
}

} // namespace weights
