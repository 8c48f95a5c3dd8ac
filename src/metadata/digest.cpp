#include "metadata/digest.hpp"

#include "crypto/blake3.hpp"
#include "primitives/version.hpp"

#include <algorithm>
#include <map>

namespace metadata {
namespace {

using scale::Writer;

/// `TypeRef`: primitives by their number, then compact numbers, nothing, and types by id.
constexpr uint8_t kCompactU8 = 15, kVoid = 21, kPerId = 22;
/// `TypeDef`
constexpr uint8_t kComposite = 0, kEnumeration = 1, kSequence = 2, kArray = 3, kTuple = 4, kBitSequence = 5;
constexpr uint8_t kDigestV1 = 1;

/// Bytes of a bit sequence's store, by its primitive.
std::optional<uint8_t> store_bytes(Primitive which)
{
    if (which < Primitive::u8 || which > Primitive::u64)
        return std::nullopt;
    return uint8_t(1 << (uint8_t(which) - uint8_t(Primitive::u8)));
}

/// Numbers the types that extrinsics reach and encodes them as leaves.
class Tree
{
public:
    explicit Tree(const Portable& metadata) : metadata_(metadata) {}

    std::expected<base::Digest, Refusal> types_root();
    std::expected<base::Digest, Refusal> extrinsic_hash();

private:
    const Type* type(Id id)
    {
        if (id.value < metadata_.types.size())
            return &metadata_.types[id.value];
        fail(Refusal::unknown_type);
        return nullptr;
    }
    void fail(Refusal why)
    {
        if (!failed_)
            failed_ = why;
    }

    void collect();
    void push_parts(const Type& type, std::vector<Id>& open);
    std::optional<Primitive> number_in(Id id, bool& empty);

    void put_compact_ref(Writer& out, Id inner);
    void put_ref(Writer& out, Id id);
    void put_fields(Writer& out, const std::vector<Field>& fields);
    void put_definition(Writer& out, const Definition& definition);
    void put_bits(Writer& out, const BitSequence& bits);
    void put_leaves(const Type& type, std::vector<base::Digest>& leaves);

    const Portable& metadata_;
    std::map<uint32_t, uint32_t> ids_; ///< from the metadata's to the tree's
    std::optional<Refusal> failed_;
};

/// What `type` is made of.  Compact forms end the walk: they are no types of their own.
void Tree::push_parts(const Type& type, std::vector<Id>& open)
{
    const auto push_fields = [&](const std::vector<Field>& fields) {
        for (const auto& field : fields)
            open.push_back(field.type);
    };
    if (const auto* composite = type.definition.get<Composite>())
        push_fields(composite->fields);
    else if (const auto* enumeration = type.definition.get<Enumeration>())
        for (const auto& one : enumeration->cases)
            push_fields(one.fields);
    else if (const auto* sequence = type.definition.get<Sequence>())
        open.push_back(sequence->item);
    else if (const auto* array = type.definition.get<Array>())
        open.push_back(array->item);
    else if (const auto* tuple = type.definition.get<Tuple>())
        open.insert(open.end(), tuple->items.begin(), tuple->items.end());
}

/// True if values of the type take no bytes or are one number, text or bool: such types are no leaves.
bool is_reference(const Definition& definition)
{
    if (const auto* composite = definition.get<Composite>())
        return composite->fields.empty();
    if (const auto* enumeration = definition.get<Enumeration>())
        return enumeration->cases.empty();
    if (const auto* tuple = definition.get<Tuple>())
        return tuple->items.empty();
    return definition.is<PrimitiveType>() || definition.is<CompactType>();
}

void Tree::collect()
{
    std::vector<Id> open{metadata_.extrinsic.call, metadata_.extrinsic.address, metadata_.extrinsic.signature};
    for (const auto& extension : metadata_.extrinsic.extensions)
        open.insert(open.end(), {extension.type, extension.implicit});
    while (!open.empty() && !failed_)
    {
        const auto id = open.back();
        open.pop_back();
        const auto* found = type(id);
        if (found == nullptr || is_reference(found->definition) || !ids_.try_emplace(id.value).second)
            continue;
        push_parts(*found, open);
    }
    uint32_t next = 0;
    for (auto& [id, mine] : ids_)
        mine = next++;
}

/// The number inside newtypes of a compact form; `empty` where there is nothing inside.
std::optional<Primitive> Tree::number_in(Id id, bool& empty)
{
    // A newtype that holds itself would be followed for ever: there are no longer chains than types.
    for (size_t step = 0; step <= metadata_.types.size(); ++step)
    {
        const auto* found = type(id);
        if (found == nullptr)
            return std::nullopt;
        if (const auto* primitive = found->definition.get<PrimitiveType>())
            return primitive->which;
        const auto* composite = found->definition.get<Composite>();
        const auto* tuple = found->definition.get<Tuple>();
        const auto count = composite ? composite->fields.size() : tuple ? tuple->items.size() : 2;
        empty = count == 0;
        if (count != 1)
            return std::nullopt;
        id = composite ? composite->fields[0].type : tuple->items[0];
    }
    return std::nullopt;
}

void Tree::put_compact_ref(Writer& out, Id inner)
{
    bool empty = false;
    const auto number = number_in(inner, empty);
    if (empty)
        return out.put(kVoid);
    if (!number || *number < Primitive::u8 || *number > Primitive::u256)
        return fail(Refusal::compact);
    out.put(uint8_t(kCompactU8 + uint8_t(*number) - uint8_t(Primitive::u8)));
}

void Tree::put_ref(Writer& out, Id id)
{
    const auto* found = type(id);
    if (found == nullptr)
        return;
    if (const auto* primitive = found->definition.get<PrimitiveType>())
        return out.put(uint8_t(primitive->which));
    if (const auto* compact = found->definition.get<CompactType>())
        return put_compact_ref(out, compact->inner);
    const auto mine = ids_.find(id.value);
    if (mine == ids_.end())
        return out.put(kVoid);
    out.put(kPerId);
    scale::encode(Id{mine->second}, out);
}

void Tree::put_fields(Writer& out, const std::vector<Field>& fields)
{
    scale::encode(Id{uint32_t(fields.size())}, out);
    for (const auto& field : fields)
    {
        scale::encode(field.name, out);
        put_ref(out, field.type);
        scale::encode(field.type_name, out);
    }
}

void Tree::put_bits(Writer& out, const BitSequence& bits)
{
    const auto* store = type(bits.store);
    const auto* order = type(bits.order);
    if (store == nullptr || order == nullptr)
        return;
    const auto* primitive = store->definition.get<PrimitiveType>();
    const auto bytes = primitive ? store_bytes(primitive->which) : std::nullopt;
    const bool least_first = std::ranges::find(order->path, "Lsb0") != order->path.end();
    if (!bytes || (!least_first && std::ranges::find(order->path, "Msb0") == order->path.end()))
        return fail(Refusal::bit_sequence);
    out.put(kBitSequence);
    out.put(*bytes);
    out.put(uint8_t(least_first));
}

/// The definition of anything but an enumeration, whose cases are leaves of their own.
void Tree::put_definition(Writer& out, const Definition& definition)
{
    if (const auto* composite = definition.get<Composite>())
    {
        out.put(kComposite);
        put_fields(out, composite->fields);
    }
    else if (const auto* sequence = definition.get<Sequence>())
    {
        out.put(kSequence);
        put_ref(out, sequence->item);
    }
    else if (const auto* array = definition.get<Array>())
    {
        out.put(kArray);
        scale::encode(array->length, out);
        put_ref(out, array->item);
    }
    else if (const auto* tuple = definition.get<Tuple>())
    {
        out.put(kTuple);
        scale::encode(Id{uint32_t(tuple->items.size())}, out);
        for (const auto item : tuple->items)
            put_ref(out, item);
    }
    else if (const auto* bits = definition.get<BitSequence>())
        put_bits(out, *bits);
}

void Tree::put_leaves(const Type& type, std::vector<base::Digest>& leaves)
{
    const auto put_leaf = [&](auto put_middle) {
        Writer leaf;
        scale::encode(type.path, leaf);
        put_middle(leaf);
        scale::encode(Id{ids_.at(type.id.value)}, leaf);
        leaves.push_back(crypto::blake3(leaf.bytes()));
    };
    const auto* enumeration = type.definition.get<Enumeration>();
    if (enumeration == nullptr)
        return put_leaf([&](Writer& leaf) { put_definition(leaf, type.definition); });
    std::vector<const Case*> cases;
    for (const auto& one : enumeration->cases)
        cases.push_back(&one);
    std::ranges::sort(cases, {}, &Case::index);
    for (const auto* one : cases)
        put_leaf([&](Writer& leaf) {
            leaf.put(kEnumeration);
            scale::encode(one->name, leaf);
            put_fields(leaf, one->fields);
            scale::encode(Id{one->index}, leaf);
        });
}

std::expected<base::Digest, Refusal> Tree::types_root()
{
    collect();
    std::vector<base::Digest> leaves;
    for (const auto& [id, mine] : ids_)
        put_leaves(metadata_.types[id], leaves);
    if (failed_)
        return std::unexpected(*failed_);
    return tree_root(std::move(leaves));
}

std::expected<base::Digest, Refusal> Tree::extrinsic_hash()
{
    const auto& format = metadata_.extrinsic;
    Writer out;
    out.put(format.version);
    for (const auto id : {format.address, format.call, format.signature})
        put_ref(out, id);
    scale::encode(Id{uint32_t(format.extensions.size())}, out);
    for (const auto& extension : format.extensions)
    {
        scale::encode(extension.identifier, out);
        put_ref(out, extension.type);
        put_ref(out, extension.implicit);
    }
    if (failed_)
        return std::unexpected(*failed_);
    return crypto::blake3(out.bytes());
}

} // namespace

base::Digest tree_root(std::vector<base::Digest> leaves)
{
    if (leaves.empty())
        return {};
    // The tree as a heap: node i above 2i + 1 and 2i + 2, the leaves at its end, in order.
    const auto inner = leaves.size() - 1;
    std::vector<base::Digest> nodes(inner);
    nodes.insert(nodes.end(), leaves.begin(), leaves.end());
    for (size_t i = inner; i-- != 0;)
        nodes[i] = crypto::Blake3().update(nodes[2 * i + 1]).update(nodes[2 * i + 2]).digest();
    return nodes[0];
}

std::expected<base::Digest, Refusal> digest(base::ByteView metadata, const Token& token)
{
    const auto portable = decode(metadata);
    if (!portable)
        return std::unexpected(portable.error());
    Tree tree(*portable);
    const auto types = tree.types_root();
    const auto extrinsic = types ? tree.extrinsic_hash() : types;
    if (!extrinsic)
        return std::unexpected(extrinsic.error());

    const auto* version = portable->constant("System", "Version");
    const auto* prefix = portable->constant("System", "SS58Prefix");
    if (version == nullptr || prefix == nullptr)
        return std::unexpected(Refusal::constant);
    const auto runtime = scale::decode<primitives::RuntimeVersion>(base::ByteView(*version));
    const auto ss58 = scale::decode<uint16_t>(base::ByteView(*prefix));
    if (!runtime || !ss58)
        return std::unexpected(Refusal::constant);

    Writer out;
    out.put(kDigestV1);
    out.put(*types);
    out.put(*extrinsic);
    scale::encode(runtime->spec_version, out);
    scale::encode(runtime->spec_name, out);
    scale::encode(*ss58, out);
    scale::encode(token.decimals, out);
    scale::encode(token.symbol, out);
    return crypto::blake3(out.bytes());
}

} // namespace metadata
