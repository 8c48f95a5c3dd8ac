#include "executor/call.hpp"

#include "executor/prepare.hpp"

#include <algorithm>

namespace executor {

std::expected<Prepared, CompileError> prepare_module(ByteView code, const CompileOptions& options)
{
    auto shape = inspect(code, Rules{});
    if (!shape)
        return std::unexpected(CompileError{shape.error(), words(shape.error())});
    auto prepared = prepare(code, *shape, options.heap_pages);
    if (!prepared)
        return std::unexpected(CompileError{std::nullopt, prepared.error()});
    return Prepared{std::move(*shape), std::move(*prepared)};
}

bool has_entry_point(const Shape& shape, std::string_view name)
{
    static const FunctionType kEntryPoint{{ValueType::i32, ValueType::i32}, ValueType::i64};
    const auto found = std::ranges::find(shape.exports, name, &ExportedFunction::name);
    return found != shape.exports.end() && found->type == kEntryPoint;
}

} // namespace executor
