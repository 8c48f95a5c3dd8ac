#include "executor/code_walk.hpp"

namespace executor {
namespace {

constexpr uint8_t kEmptyBlock = 0x40;
constexpr uint8_t kEnd = 0x0B, kMemoryGrow = 0x40, kPrefix = 0xFC;

class BodyWalk
{
public:
    BodyWalk(BinaryReader body, const BodyRules& rules) : at_(body), rules_(rules) {}

    std::expected<BodyWalked, InspectError> run();

private:
    using Checked = std::expected<void, InspectError>;

    std::unexpected<InspectError> refuse(Refusal why, uint64_t offset, std::string name) const
    {
        return std::unexpected(InspectError{why, Section::code, offset, std::move(name)});
    }
    Checked read(bool good, std::string_view what) const
    {
        return good ? Checked{} : refuse(Refusal::malformed, at_.offset(), std::string(what));
    }

    /// Refuses what is above a bound.
    Checked within(std::string_view what, uint64_t count, uint64_t most) const
    {
        return count <= most ? Checked{} : refuse(Refusal::too_complex, at_.offset(), above(what, most));
    }

    Checked locals();
    Checked block();
    Checked labels();
    Checked targets(uint64_t more);
    Checked type(std::string_view what, bool block);
    Checked instruction();
    Checked immediate(const Opcode& op);
    Checked reserved(std::string_view what);

    BinaryReader at_;
    BodyRules rules_;
    uint64_t depth_ = 1;  ///< blocks open, the function's own included
    uint64_t blocks_ = 1; ///< the function's own included
    uint64_t loops_ = 0;
    uint64_t targets_ = 0;
    uint64_t locals_ = 0;
};

std::expected<BodyWalked, InspectError> BodyWalk::run()
{
    if (const auto good = locals(); !good)
        return std::unexpected(good.error());
    uint64_t count = 0;
    for (; depth_ != 0; ++count)
        if (const auto good = instruction(); !good)
            return std::unexpected(good.error());
    if (!at_.at_end())
        return refuse(Refusal::malformed, at_.offset(), "bytes after the end of the function");
    const auto flow = (blocks_ + targets_) * (locals_ + 1); // both bounded: far from an overflow
    if (const auto good = within("blocks and branches, times locals", flow, kFunctionFlowMax); !good)
        return std::unexpected(good.error());
    const auto spread = count * (locals_ + 1);
    if (const auto good = within("instructions, times locals", spread, kFunctionSpreadMax); !good)
        return std::unexpected(good.error());
    return BodyWalked{count, flow, spread};
}

BodyWalk::Checked BodyWalk::locals()
{
    const auto groups = at_.u32();
    if (!groups)
        return read(false, "locals");
    locals_ = rules_.params;
    for (uint32_t i = 0; i != *groups; ++i)
    {
        const auto count = at_.u32();
        if (!count)
            return read(false, "locals");
        locals_ += *count;
        if (const auto good = within("locals", locals_, kLocalsMax); !good)
            return good;
        if (const auto good = type("local", false); !good)
            return good;
    }
    return {};
}

BodyWalk::Checked BodyWalk::type(std::string_view what, bool block)
{
    const auto offset = at_.offset();
    const auto byte = at_.byte();
    if (!byte)
        return read(false, what);
    if (block && *byte == kEmptyBlock)
        return {};
    const auto number = number_type(*byte);
    if (!number && block && *byte < 0x40)
        return refuse(Refusal::later_version, offset, "multi-value block");
    if (!number)
        return refuse(later_type(*byte).empty() ? Refusal::malformed : Refusal::later_version, offset,
                      later_type(*byte));
    if (is_float(*number) && !rules_.floats)
        return refuse(Refusal::floats, offset, *number == ValueType::f32 ? "f32" : "f64");
    return {};
}

BodyWalk::Checked BodyWalk::instruction()
{
    const auto offset = at_.offset();
    const auto byte = at_.byte();
    if (!byte)
        return read(false, "function without end");
    const auto& op = opcode(*byte);
    if (op.name.empty())
    {
        const auto second = *byte == kPrefix ? at_.u32() : std::optional<uint32_t>{0};
        return refuse(Refusal::later_version, offset, later_opcode(*byte, second.value_or(0)));
    }
    if (op.floats && !rules_.floats)
        return refuse(Refusal::floats, offset, std::string(op.name));
    if (*byte == kMemoryGrow && !rules_.memory_grow)
        return refuse(Refusal::memory_grow, offset, std::string(op.name));
    if (*byte == kEnd)
        --depth_;
    return immediate(op);
}

BodyWalk::Checked BodyWalk::reserved(std::string_view what)
{
    const auto offset = at_.offset();
    const auto byte = at_.byte();
    if (byte && *byte != 0)
        return refuse(Refusal::later_version, offset, std::string(what));
    return read(byte.has_value(), what);
}

BodyWalk::Checked BodyWalk::targets(uint64_t more)
{
    targets_ += more;
    return within("targets of branches", targets_, kTargetsMax);
}

BodyWalk::Checked BodyWalk::block()
{
    const auto good = within("blocks", blocks_++, kBlocksMax);
    return good ? within("blocks in blocks", depth_++, kDepthMax) : good;
}

/// Of br_table.
BodyWalk::Checked BodyWalk::labels()
{
    const auto count = at_.u32();
    if (!count)
        return read(false, "br_table");
    const auto all = *count + uint64_t{1}; // the default too
    if (const auto good = targets(all); !good)
        return good;
    bool good = true;
    for (uint64_t i = 0; good && i != all; ++i)
        good = at_.u32().has_value();
    return read(good, "br_table");
}

BodyWalk::Checked BodyWalk::immediate(const Opcode& op)
{
    switch (op.immediate)
    {
    case Immediate::none:
        return {};
    case Immediate::loop:
        if (const auto good = within("loops", ++loops_, kLoopsMax); !good)
            return good;
        [[fallthrough]];
    case Immediate::block:
        if (const auto good = block(); !good)
            return good;
        return type(op.name, true);
    case Immediate::label:
        if (const auto good = targets(1); !good)
            return good;
        return read(at_.u32().has_value(), op.name);
    case Immediate::index:
        return read(at_.u32().has_value(), op.name);
    case Immediate::labels:
        return labels();
    case Immediate::call_indirect:
        if (!at_.u32())
            return read(false, op.name);
        return reserved("call_indirect with a table index");
    case Immediate::memory_access: {
        const auto alignment = at_.u32(), offset = at_.u32();
        return read(alignment && offset, op.name);
    }
    case Immediate::memory:
        return reserved("an instruction with a memory index");
    case Immediate::i32:
        return read(at_.s32().has_value(), op.name);
    case Immediate::i64:
        return read(at_.s64().has_value(), op.name);
    case Immediate::f32:
        return read(at_.take(4).has_value(), op.name);
    case Immediate::f64:
        return read(at_.take(8).has_value(), op.name);
    }
    return {};
}

} // namespace

std::expected<BodyWalked, InspectError> walk_body(BinaryReader body, const BodyRules& rules)
{
    return BodyWalk(body, rules).run();
}

std::optional<ValueType> number_type(uint8_t byte)
{
    if (byte < uint8_t(ValueType::f64) || byte > uint8_t(ValueType::i32))
        return std::nullopt;
    return ValueType(byte);
}

std::string later_type(uint8_t byte)
{
    switch (byte)
    {
    case 0x7B:
        return "v128 (simd)";
    case 0x70:
        return "funcref (reference types)";
    case 0x6F:
        return "externref (reference types)";
    case 0x63:
    case 0x64:
        return "typed reference";
    default:
        return byte >= 0x69 && byte <= 0x74 ? "reference type" : "";
    }
}

} // namespace executor
