#include "executor/testing/wat.hpp"

#include "base/invariant.hpp"

#include <wabt/binary-writer.h>
#include <wabt/error.h>
#include <wabt/ir.h>
#include <wabt/stream.h>
#include <wabt/wast-lexer.h>
#include <wabt/wast-parser.h>

#include <cstdio>

namespace executor::testing {

base::Bytes wat(std::string_view text)
{
    wabt::Features features;
    features.EnableAll();
    wabt::Errors errors;
    const auto lexer = wabt::WastLexer::CreateBufferLexer("test", text.data(), text.size(), &errors);
    std::unique_ptr<wabt::Module> module;
    wabt::WastParseOptions options(features);
    const auto parsed = wabt::ParseWatModule(lexer.get(), &module, &errors, &options);
    for (const auto& error : errors)
        std::fprintf(stderr, "wat:%d: %s\n", error.loc.line, error.message.c_str());
    base::invariant(Succeeded(parsed));
    wabt::MemoryStream stream;
    wabt::WriteBinaryOptions how;
    how.features = features;
    how.features.disable_bulk_memory(); // no data count section
    how.canonicalize_lebs = true;
    base::invariant(Succeeded(wabt::WriteBinaryModule(&stream, module.get(), how)));
    return stream.output_buffer().data;
}

base::Bytes runtime(std::string_view body)
{
    return wat(R"((module
      (import "env" "memory" (memory 1))
      (global (export "__heap_base") i32 (i32.const 65536)))" +
               std::string(body) + ")");
}

base::Bytes entry(std::string_view instructions, std::string_view before)
{
    // Imports stand before definitions.
    return wat("(module (import \"env\" \"memory\" (memory 1)) " + std::string(before) +
               "(global (export \"__heap_base\") i32 (i32.const 65536))"
               "(func (export \"run\") (param $pointer i32) (param $size i32) (result i64) " +
               std::string(instructions) + "))");
}

} // namespace executor::testing
