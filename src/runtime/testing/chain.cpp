#include "runtime/testing/chain.hpp"

#include "base/invariant.hpp"
#include "runtime/testing/keys.hpp"

#include <algorithm>

namespace runtime::testing {
namespace {

Bytes encode_block(const Header& header, const std::vector<Bytes>& bodies)
{
    return scale::encode(std::tuple{header, bodies});
}

} // namespace

host::Signature64 Person::sign(ByteView message) const { return sign_with(pair_, message); }

const Person& alice()
{
    static const Person person{"//Alice"};
    return person;
}
const Person& bob()
{
    static const Person person{"//Bob"};
    return person;
}

Chain::Chain(std::string_view preset)
{
    const auto name = std::optional{std::string{preset}};
    const auto json = query<std::optional<Bytes>>("GenesisBuilder_get_preset", scale::encode(name));
    const auto built = call("GenesisBuilder_build_state", scale::encode(json.value()));
    base::invariant(built == Bytes{0});
    Header genesis;
    genesis.state_root = state_.root(1);
    headers_.push_back(genesis);
}

std::expected<Bytes, std::string> Chain::call(std::string_view name, const Bytes& arguments)
{
    return native::call(state_, name, arguments);
}

Header Chain::open_header(Slot slots) const
{
    Header header;
    header.parent_hash = primitives::hash_of(best());
    header.number = best().number + 1;
    primitives::babe::SecondaryVrf claim;
    claim.authority_index = seat;
    claim.slot = slot_ + slots;
    claim.vrf.output.fill(uint8_t(claim.slot));
    header.digest.logs.push_back(
        primitives::digest::PreRuntime{primitives::kBabeEngine, scale::encode(primitives::babe::PreDigest{claim})});
    return header;
}

primitives::InherentData Chain::inherents(Slot slot) const
{
    primitives::InherentData data;
    data.data[primitives::kTimestampInherent] = scale::encode(uint64_t{slot * 1000});
    return data;
}

Chain::Built Chain::build(const std::vector<Bytes>& extrinsics, Slot slots)
{
    Built built;
    const auto open = open_header(slots);
    slot_ += slots;
    parent_state = state_.top;
    base::invariant(call("Core_initialize_block", scale::encode(open)).has_value());
    const auto made = call("BlockBuilder_inherent_extrinsics", scale::encode(inherents(slot_))).value();
    auto all = scale::decode<std::vector<Bytes>>(ByteView{made}).value();
    all.insert(all.end(), extrinsics.begin(), extrinsics.end());
    for (const auto& body : all)
    {
        const auto before = state_.top;
        const auto raw = call("BlockBuilder_apply_extrinsic", scale::encode(body)).value();
        built.results.push_back(scale::decode<ApplyResult>(ByteView{raw}).value());
        if (built.results.back())
            built.bodies.push_back(body);
        else
            state_.top = before;
    }
    const auto header = call("BlockBuilder_finalize_block").value();
    built.header = scale::decode<Header>(ByteView{header}).value();
    headers_.push_back(built.header);

    Memory importer;
    importer.top = parent_state;
    importer.version_of_code = state_.version_of_code;
    built.executed = native::call(importer, "Core_execute_block", encode_block(built.header, built.bodies));
    base::invariant(!built.executed || importer.top == state_.top);
    return built;
}

Bytes signed_extrinsic(const Person& who, ByteView call, const Terms& terms, const primitives::Hash& genesis,
                       const primitives::Hash& birth)
{
    const auto extra = std::tuple{terms.era, Compact<Nonce>{terms.nonce}, Compact<Balance>{terms.tip}, uint8_t{0}};
    scale::Writer message;
    message.put(call);
    scale::encode(extra, message);
    scale::encode(std::tuple{terms.spec_version, Runtime::kTransactionVersion, genesis, birth, uint8_t{0}}, message);
    Bytes payload = message.take();
    if (payload.size() > 256)
    {
        const auto hash = hash::blake2_256(ByteView{payload});
        payload.assign(hash.begin(), hash.end());
    }
    scale::Writer extrinsic;
    extrinsic.put(uint8_t{0x84});
    scale::encode(MultiAddress{who.id()}, extrinsic);
    scale::encode(primitives::MultiSignature{primitives::Sr25519Signature{who.sign(payload)}}, extrinsic);
    scale::encode(extra, extrinsic);
    extrinsic.put(call);
    return extrinsic.take();
}

Bytes Chain::signed_by(const Person& who, const Call<Runtime>& call, const Terms& terms)
{
    const auto genesis = terms.genesis.value_or(primitives::hash_of(headers_.front()));
    const auto birth =
        terms.era.is_immortal() ? genesis : primitives::hash_of(headers_.at(terms.era.birth(best().number)));
    return signed_extrinsic(who, scale::encode(call), terms, genesis, birth);
}

bool Chain::has_event(const Bytes& event)
{
    const auto raw = state_.get(system::kEventsKey).value_or(Bytes{});
    return !std::ranges::search(raw, event).empty();
}

} // namespace runtime::testing
