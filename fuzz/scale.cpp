// SCALE: the first byte chooses a type that covers some codecs; what decodes is the only encoding of its value.
#include "canonical.hpp"

#include "scale/scale.hpp"

namespace {

enum class Few : uint8_t
{
    one = 1,
    nine = 9,
};

struct Node;
struct Leaf
{
    scale::Compact<scale::u128> number;
    std::optional<Few> few;
};
struct List
{
    static constexpr uint8_t kIndex = 200;
    std::vector<Node> nodes;
};
struct Link
{
    scale::Box<Node> node;
};
struct Node : scale::Variant<Leaf, List, Link>
{
    using Variant::Variant;
};

struct Mixed
{
    std::map<std::string, std::vector<scale::i128>> map;
    std::set<uint16_t> set;
    scale::BitVec bits;
    scale::BoundedVec<scale::OptionBool, 8> bounded;
    std::expected<std::array<int32_t, 2>, std::string> result;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0)
        return 0;
    const base::ByteView rest{data + 1, size - 1};
    switch (data[0] % 8)
    {
    case 0:
        fuzz::canonical<Node>(rest);
        break;
    case 1:
        fuzz::canonical<Mixed>(rest);
        break;
    case 2:
        fuzz::canonical<scale::Compact<uint8_t>>(rest);
        break;
    case 3:
        fuzz::canonical<scale::Compact<uint16_t>>(rest);
        break;
    case 4:
        fuzz::canonical<scale::Compact<uint64_t>>(rest);
        break;
    case 5:
        fuzz::canonical<std::vector<bool>>(rest);
        break;
    case 6:
        fuzz::canonical<std::tuple<base::ByteView, base::Bytes, std::string>>(rest);
        break;
    default:
        fuzz::canonical<std::vector<std::pair<scale::Compact<uint32_t>, base::Bytes>>>(rest);
        break;
    }
    return 0;
}
