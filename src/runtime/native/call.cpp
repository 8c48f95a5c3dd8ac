#include "runtime/native/call.hpp"

#include "runtime/product/call.hpp"

namespace runtime::native {

std::expected<Bytes, std::string> call(Externalities& externalities, std::string_view export_name, ByteView arguments)
{
    const Enter enter{externalities};
    try
    {
        return product::call(export_name, arguments);
    } catch (const Panic& panic)
    {
        return std::unexpected(panic.message);
    }
}

} // namespace runtime::native
