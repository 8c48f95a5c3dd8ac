#pragma once

#include "executor/binary.hpp"
#include "executor/code_bounds.hpp"
#include "executor/inspect.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The state of one inspect(): inspect.cpp goes through the file, inspect_sections.cpp through each section.
namespace executor {

inline constexpr uint8_t kFunction = 0, kMemory = 2, kGlobal = 3; // kinds of imports and exports; 1 is a table

struct Global
{
    ValueType type;
    bool variable;
    std::optional<uint32_t> constant; ///< the value, if its initialiser is i32.const
};

struct Limits
{
    uint32_t least;
    std::optional<uint32_t> most;
};

struct Export
{
    std::string_view name;
    uint8_t kind;
    uint32_t index;
    uint64_t offset;
};

class Inspector
{
public:
    Inspector(ByteView code, const Rules& rules) : code_(code), rules_(rules), at_(code, 0) {}

    std::expected<Shape, InspectError> run();

private:
    using Checked = std::expected<void, InspectError>;

    std::unexpected<InspectError> refuse(Refusal why, uint64_t offset, std::string name = {}) const
    {
        return std::unexpected(InspectError{why, section_, offset, std::move(name)});
    }
    std::unexpected<InspectError> malformed(std::string what = {}) const
    {
        return refuse(Refusal::malformed, at_.offset(), std::move(what));
    }

    /// Refuses what is above a bound.
    Checked within(std::string_view what, uint64_t count, uint64_t most) const
    {
        return count <= most ? Checked{} : refuse(Refusal::too_complex, at_.offset(), above(what, most));
    }

    Checked one_section();
    Checked count_of_section(uint32_t count) const;
    Checked content(uint32_t count);
    Checked types(uint32_t count);
    Checked imports(uint32_t count);
    Checked one_type();
    Checked one_import();
    Checked functions(uint32_t count);
    Checked tables(uint32_t count);
    Checked memories(uint32_t count);
    Checked globals(uint32_t count);
    Checked exports(uint32_t count);
    Checked elements(uint32_t count);
    Checked bodies(uint32_t count);
    Checked one_body(uint32_t function);
    Checked data(uint32_t count);
    Checked whole_file();
    Checked heap_base();

    std::expected<ValueType, InspectError> value_type();
    std::expected<Limits, InspectError> limits();
    std::expected<std::optional<uint32_t>, InspectError> constant();
    Checked offset_of_segment(bool there);

    ByteView code_;
    const Rules& rules_;
    BinaryReader at_;
    Section section_ = Section::none;

    Shape shape_;
    std::vector<FunctionType> types_;
    std::vector<uint32_t> function_types_; ///< by function index
    std::map<std::string_view, uint32_t> import_types_;
    std::vector<Global> globals_;
    std::vector<Export> exports_;
    uint32_t bodies_wanted_ = 0;
    uint64_t flow_ = 0, spread_ = 0; ///< of all bodies
    bool has_table_ = false;
    bool has_memory_ = false;
};

} // namespace executor
