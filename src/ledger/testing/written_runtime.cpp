#include "ledger/testing/written_runtime.hpp"

#include "base/hex.hpp"
#include "executor/testing/wat.hpp"
#include "primitives/inherent.hpp"
#include "primitives/version.hpp"
#include "scale/scale.hpp"

namespace ledger::testing {

std::string escaped(base::ByteView bytes)
{
    std::string text;
    for (const auto& byte : bytes)
    {
        text += '\\';
        text += base::hex({&byte, 1});
    }
    return text;
}

base::Bytes written_runtime(const primitives::babe::Configuration& configuration, std::string_view imports,
                            std::string_view functions)
{
    std::string text = "(module (import \"env\" \"memory\" (memory 40)) ";
    text += imports;
    text += "(global (export \"__heap_base\") i32 (i32.const 65536))";
    size_t at = 2048;
    const auto answers = [&](std::string_view function, base::ByteView answer) {
        text += "(data (i32.const " + std::to_string(at) + ") \"" + escaped(answer) + "\") (func (export \"" +
                std::string(function) + "\") (param i32 i32) (result i64) (i64.const " +
                std::to_string(uint64_t{answer.size()} << 32 | at) + "))";
        at += answer.size();
    };
    answers("Core_version", scale::encode(primitives::RuntimeVersion{
                                .spec_name = "written", .impl_name = "written", .apis = {}, .state_version = 1}));
    answers("BabeApi_configuration", scale::encode(configuration));
    answers("BlockBuilder_check_inherents", scale::encode(primitives::CheckInherentsResult{}));
    text += functions;
    return executor::testing::wat(text + ")");
}

} // namespace ledger::testing
