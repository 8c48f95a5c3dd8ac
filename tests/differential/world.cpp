#include "world.hpp"

#include "base/invariant.hpp"

#include <fstream>
#include <iterator>

namespace differential {
namespace {

using runtime::Header;
using runtime::testing::Terms;

std::string hex(ByteView bytes)
{
    constexpr size_t kShown = 200;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes.first(std::min(bytes.size(), kShown)))
    {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return bytes.size() > kShown ? text + "…" : text;
}

std::string show(const Outcome& outcome)
{
    auto text = outcome.result ? "0x" + hex(*outcome.result) : std::string{"trap"};
    for (const auto& line : outcome.log)
        text += "\n      log: " + line;
    return text;
}

std::string show(const std::optional<Bytes>& value) { return value ? "0x" + hex(*value) : "nothing"; }

/// The first key at which two states differ.
std::string first_difference(const Pairs& a, const Pairs& b)
{
    const auto value = [](const Pairs& of, const Bytes& key) -> std::optional<Bytes> {
        const auto found = of.find(key);
        return found == of.end() ? std::nullopt : std::optional{found->second};
    };
    Pairs all = a;
    all.insert(b.begin(), b.end());
    for (const auto& [key, any] : all)
        if (value(a, key) != value(b, key))
            return "key 0x" + hex(key) + "\n  " + show(value(a, key)) + "\n  " + show(value(b, key));
    return "none";
}

/// Whether the built block is still the one that was opened: root may clear the keys in which System keeps its header
/// until the end.
bool continues(const Header& open, const Header& built)
{
    const auto &begun = open.digest.logs, &logs = built.digest.logs;
    return built.parent_hash == open.parent_hash && built.number.value == open.number.value &&
           logs.size() >= begun.size() && std::equal(begun.begin(), begun.end(), logs.begin());
}

bool is_applied(const Bytes& result) { return !result.empty() && result[0] == 0; }
bool is_success(const Bytes& result) { return result == Bytes{0, 0}; }

} // namespace

std::expected<Outcome, std::string> World::call(std::string_view function, const Bytes& input)
{
    auto first = machines_.front()->call(function, input);
    for (size_t i = 1; i != machines_.size(); ++i)
        if (const auto other = machines_[i]->call(function, input); other != first)
            return std::unexpected(std::string(function) + "(0x" + hex(input) + ")\n  " +
                                   std::string(machines_.front()->name()) + ": " + show(first) + "\n  " +
                                   std::string(machines_[i]->name()) + ": " + show(other));
    tally_.trapped += !first.result;
    return first;
}

std::expected<Outcome, std::string> World::attempt(std::string_view function, const Bytes& input,
                                                   const std::function<bool(const Bytes&)>& kept)
{
    for (auto* machine : machines_)
        machine->begin();
    auto outcome = call(function, input);
    const bool keep = outcome && outcome->result && kept(*outcome->result);
    for (auto* machine : machines_)
        keep ? machine->keep() : machine->undo();
    return outcome;
}

Agreed World::same_state(std::string_view when)
{
    const auto first = machines_.front()->pairs();
    for (size_t i = 1; i != machines_.size(); ++i)
        if (const auto other = machines_[i]->pairs(); other != first)
            return std::unexpected("states differ " + std::string(when) + ", " +
                                   std::string(machines_.front()->name()) + " and " +
                                   std::string(machines_[i]->name()) + ": " + first_difference(first, other));
    random_.keys.clear();
    for (const auto& [key, value] : first)
        random_.keys.push_back(key);
    return {};
}

Agreed World::begin()
{
    for (auto* machine : machines_)
        machine->load({});
    authorities_ = random_.one_in(2) ? 1 : 16; // as many as the preset has seats
    const auto name = std::string{authorities_ == 1 ? "development" : "local_testnet"};
    const auto json = call("GenesisBuilder_get_preset", scale::encode(std::optional{name}));
    if (!json)
        return std::unexpected(json.error());
    const auto preset = scale::decode<std::optional<Bytes>>(ByteView{json->result.value()}).value().value();
    if (const auto built = call("GenesisBuilder_build_state", scale::encode(preset)); !built)
        return std::unexpected(built.error());
    if (const auto same = same_state("at genesis"); !same)
        return same;
    for (auto* machine : machines_)
        machine->settle();
    headers_.assign(1, Header{});
    return {};
}

Agreed World::step()
{
    random_.now = headers_.back().number + 1;
    bodies_.clear();
    built_.reset();
    if (const auto agreed = build(); !agreed)
        return agreed;
    if (!built_)
    {
        for (auto* machine : machines_)
            machine->reset();
        ++tally_.abandoned;
        ++failures_;
        return {};
    }
    if (const auto agreed = execute(); !agreed)
        return agreed;
    failures_ = 0;
    ++tally_.blocks;
    headers_.push_back(*built_);
    return query();
}

Header World::open_header()
{
    Header header;
    header.parent_hash = primitives::hash_of(headers_.back());
    header.number = headers_.back().number + 1;
    slot_ += random_.one_in(12) ? 1 + random_.below(60) : 1 + random_.below(2);
    const primitives::babe::PreDigest claim = [&] -> primitives::babe::PreDigest {
        primitives::babe::SecondaryVrf vrf{random_.one_in(40) ? 17 : random_.below(authorities_), slot_, {}};
        vrf.vrf.output = random_.any<std::array<uint8_t, 32>>();
        if (random_.one_in(3))
            return primitives::babe::Primary{vrf.authority_index, slot_, vrf.vrf};
        if (random_.one_in(4))
            return primitives::babe::SecondaryPlain{vrf.authority_index, slot_};
        return vrf;
    }();
    auto bytes = scale::encode(claim);
    if (random_.one_in(40))
        bytes = spoilt(std::move(bytes));
    if (!random_.one_in(40))
        header.digest.logs.push_back(primitives::digest::PreRuntime{primitives::kBabeEngine, bytes});
    return header;
}

Bytes World::inherent_data()
{
    primitives::InherentData data;
    auto moment = slot_ * 1000 + random_.below(1000);
    if (random_.one_in(40))
        moment = random_.any<uint64_t>();
    data.data[primitives::kTimestampInherent] = scale::encode(moment);
    return scale::encode(data);
}

/// Leaves `built_` empty where the runtime panics outside extrinsics, or builds another block than it was told to.
Agreed World::build()
{
    const auto open = open_header();
    const auto opened = call("Core_initialize_block", scale::encode(open));
    if (!opened || !opened->result)
        return opened ? Agreed{} : std::unexpected(opened.error());
    const auto made = call("BlockBuilder_inherent_extrinsics", inherent_data());
    if (!made || !made->result)
        return made ? Agreed{} : std::unexpected(made.error());
    for (const auto& body : scale::decode<std::vector<Bytes>>(ByteView{*made->result}).value())
        if (const auto agreed = apply(body); !agreed)
            return agreed;
    for (auto n = random_.below(8); n != 0; --n)
        if (const auto agreed = apply(extrinsic()); !agreed)
            return agreed;
    const auto finished = call("BlockBuilder_finalize_block", {});
    if (!finished || !finished->result)
        return finished ? Agreed{} : std::unexpected(finished.error());
    const auto built = scale::decode<Header>(ByteView{*finished->result}).value();
    if (continues(open, built))
        built_ = built;
    return same_state("after building block " + std::to_string(open.number));
}

Agreed World::apply(const Bytes& extrinsic)
{
    const auto outcome = attempt("BlockBuilder_apply_extrinsic", scale::encode(extrinsic), is_applied);
    if (!outcome)
        return std::unexpected(outcome.error());
    if (!outcome->result || !is_applied(*outcome->result))
    {
        ++tally_.refused;
        return {};
    }
    ++tally_.applied;
    tally_.succeeded += is_success(*outcome->result);
    bodies_.push_back(extrinsic);
    if (applied_)
        applied_(extrinsic);
    return {};
}

Agreed World::execute()
{
    const auto built = machines_.front()->pairs();
    for (auto* machine : machines_)
        machine->reset();
    auto header = *built_;
    if (random_.one_in(10))
    {
        // What an importer must refuse, and then the block itself.
        header.state_root[random_.below(32)] ^= 1;
        if (const auto wrong = call("Core_execute_block", scale::encode(std::tuple{header, bodies_})); !wrong)
            return std::unexpected(wrong.error());
        for (auto* machine : machines_)
            machine->reset();
    }
    const auto executed = call("Core_execute_block", scale::encode(std::tuple{*built_, bodies_}));
    if (!executed)
        return std::unexpected(executed.error());
    if (!executed->result)
        return std::unexpected("block " + std::to_string(built_->number) +
                               " was built but does not execute: " + show(*executed));
    if (const auto same = same_state("after executing block " + std::to_string(built_->number)); !same)
        return same;
    if (const auto now = machines_.front()->pairs(); now != built)
        return std::unexpected("building and executing block " + std::to_string(built_->number) +
                               " leave different states: " + first_difference(built, now));
    for (auto* machine : machines_)
        machine->settle();
    return {};
}

Bytes World::extrinsic()
{
    switch (random_.below(12))
    {
    case 0:
        return spoilt(signed_extrinsic());
    case 1: {
        Bytes bare{runtime::Extrinsic<Runtime>::kVersion};
        const auto call = scale::encode(random_.any<Call>());
        bare.insert(bare.end(), call.begin(), call.end());
        return bare;
    }
    default:
        return signed_extrinsic();
    }
}

Bytes World::signed_extrinsic()
{
    auto call = random_.any<Call>();
    const Person* who = &random_.person();
    if (random_.one_in(3))
    {
        call = runtime::sudo::Sudo<Runtime>{std::move(call)};
        who = &people().front();
    }
    const auto genesis = primitives::hash_of(headers_.front());
    auto nonce_of = machines_.front()->call("AccountNonceApi_account_nonce", scale::encode(who->id()));
    Terms terms;
    if (nonce_of.result)
        terms.nonce = scale::decode<uint32_t>(ByteView{*nonce_of.result}).value();
    if (random_.one_in(20))
        terms.nonce += random_.any<uint32_t>();
    if (random_.one_in(4))
        terms.tip = random_.any<runtime::u128>();
    if (random_.one_in(40))
        ++terms.spec_version;
    auto birth = genesis;
    if (random_.one_in(4))
    {
        const auto now = headers_.back().number.value;
        terms.era = primitives::Era::mortal(uint64_t{4} << random_.below(6), random_.one_in(4) ? random_.word() : now);
        const auto at = terms.era.birth(now);
        birth = at < headers_.size() ? primitives::hash_of(headers_[at]) : genesis;
    }
    return runtime::testing::signed_extrinsic(*who, scale::encode(call), terms,
                                              random_.one_in(40) ? primitives::Hash{1} : genesis, birth);
}

/// Cut, extended, or with a bit changed.
Bytes World::spoilt(Bytes bytes)
{
    switch (random_.below(4))
    {
    case 0:
        bytes.resize(random_.below(uint32_t(bytes.size()) + 1));
        return bytes;
    case 1:
        bytes.push_back(uint8_t(random_.word()));
        return bytes;
    case 2:
        return random_.bytes(random_.below(100));
    default:
        if (!bytes.empty())
            bytes[random_.below(uint32_t(bytes.size()))] ^= uint8_t(1u << random_.below(8));
        return bytes;
    }
}

Agreed World::query()
{
    for (int i = 0; i != 3; ++i)
        if (const auto agreed = query_once(); !agreed)
            return agreed;
    return {};
}

Agreed World::query_once()
{
    const auto sized = [&](Bytes body) {
        const auto length = uint32_t(body.size());
        return scale::encode(std::tuple{std::move(body), length});
    };
    const auto call = [&] { return scale::encode(std::tuple{random_.any<Call>(), random_.any<uint32_t>()}); };
    const auto block = [&] { return scale::encode(std::tuple{headers_.back(), bodies_, primitives::InherentData{}}); };
    const std::pair<std::string_view, std::function<Bytes()>> queries[]{
        {"TaggedTransactionQueue_validate_transaction",
         [&] {
             return scale::encode(std::tuple{random_.any<primitives::TransactionSource>(), extrinsic(),
                                             primitives::hash_of(headers_.back())});
         }},
        {"AccountNonceApi_account_nonce", [&] { return scale::encode(random_.any<AccountId>()); }},
        {"TransactionPaymentApi_query_info", [&] { return sized(extrinsic()); }},
        {"TransactionPaymentApi_query_fee_details", [&] { return sized(extrinsic()); }},
        {"TransactionPaymentApi_query_length_to_fee", [&] { return scale::encode(random_.any<uint32_t>()); }},
        {"TransactionPaymentApi_query_weight_to_fee", [&] { return scale::encode(random_.any<runtime::Weight>()); }},
        {"TransactionPaymentCallApi_query_call_info", call},
        {"TransactionPaymentCallApi_query_call_fee_details", call},
        {"BlockBuilder_check_inherents", block},
        {"OffchainWorkerApi_offchain_worker", [&] { return scale::encode(headers_.back()); }},
        {"SessionKeys_decode_session_keys", [&] { return scale::encode(random_.any<Bytes>()); }},
        {"BabeApi_configuration", [] { return Bytes{}; }},
        {"BabeApi_current_epoch", [] { return Bytes{}; }},
        {"BabeApi_next_epoch", [] { return Bytes{}; }},
        {"GrandpaApi_grandpa_authorities", [] { return Bytes{}; }},
        {"GrandpaApi_current_set_id", [] { return Bytes{}; }},
        {"GenesisBuilder_build_state",
         [&] {
             const std::string_view json = R"({"babe": {"slotDuration": 1000}, "evmChainId": {"chainId": 1280}})";
             const auto text = base::view(json);
             return scale::encode(spoilt(Bytes(text.begin(), text.end())));
         }},
        {"Core_version", [] { return Bytes{}; }},
    };
    const auto& [function, arguments] = queries[random_.one_in(2) ? 0 : random_.below(uint32_t(std::size(queries)))];
    auto input = arguments();
    if (random_.one_in(5))
        input = spoilt(std::move(input));
    ++tally_.queries;
    const auto outcome = attempt(function, input, [](const Bytes&) { return false; });
    return outcome ? Agreed{} : std::unexpected(outcome.error());
}

std::expected<Tally, std::string> run(const std::vector<Machine*>& machines, uint64_t seed, size_t blocks,
                                      const std::function<void(ByteView)>& applied,
                                      const std::function<bool(size_t)>& enough)
{
    Tally all;
    const auto done = [&](size_t so_far) { return so_far >= blocks || (enough && enough(so_far)); };
    for (; !done(all.blocks); ++seed)
    {
        World world{machines, seed, applied};
        const auto at = [&](const std::string& words) {
            return "--seed " + std::to_string(seed) + " --blocks " + std::to_string(world.tally().blocks + 1) + ": " +
                   words;
        };
        if (const auto begun = world.begin(); !begun)
            return std::unexpected(at(begun.error()));
        while (!world.dead() && world.tally().blocks < kWorldBlocks && !done(all.blocks + world.tally().blocks))
            if (const auto agreed = world.step(); !agreed)
                return std::unexpected(at(agreed.error()));
        const auto& one = world.tally();
        all.blocks += one.blocks;
        all.abandoned += one.abandoned;
        all.applied += one.applied;
        all.succeeded += one.succeeded;
        all.refused += one.refused;
        all.trapped += one.trapped;
        all.queries += one.queries;
    }
    return all;
}

Bytes read_code(const char* path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace differential
