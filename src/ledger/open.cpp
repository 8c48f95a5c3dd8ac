#include "ledger/ledger.hpp"

#include "executor/blob.hpp"
#include "host/table.hpp"
#include "ledger/new_code.hpp"
#include "primitives/storage_key.hpp"
#include "scale/scale.hpp"
#include "trie/child.hpp"
#include "trie/root.hpp"

namespace ledger {
namespace {

Failure failed(const database::Failure& error) { return {.words = error.words}; }

const auto kAuthorizedUpgrade = primitives::storage_prefix("System", "AuthorizedUpgrade");
const auto kSudoKey = primitives::storage_prefix("Sudo", "Key");

constexpr std::string_view kNoCode = "the genesis state has no :code: build the chain spec again";

} // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(std::unique_ptr<database::KeyValue> tables, const GenesisState& genesis,
                                             const std::shared_ptr<const executor::Engine>& engine, host::Log log,
                                             const Options& options)
{
    auto ledger = std::unique_ptr<Ledger>(new Ledger);
    ledger->modules_ = std::make_unique<executor::ModuleCache>(engine, host::host_table());
    ledger->around_.log = std::move(log);
    ledger->around_.verified = &ledger->verified_;
    ledger->around_.version_of = [raw = ledger.get()](ByteView code) { return raw->version_of(code); };
    if (auto begun = ledger->begin(std::move(tables), genesis, options); !begun)
        return std::unexpected(begun.error());
    if (auto resumed = ledger->resume(); !resumed)
        return std::unexpected(resumed.error());
    return ledger;
}

/// Compiles what passes: whoever asks is about to take it.
std::optional<Bytes> Ledger::version_of(ByteView code) const
{
    auto version = version_of_new_code(*modules_, code);
    const auto say = [&](host::LogLevel level, const std::string& words) {
        if (around_.log)
            around_.log(level, "runtime", words);
    };
    if (!version)
    {
        say(host::LogLevel::warn, "new code is refused: " + version.error());
        return std::nullopt;
    }
    if (const auto unfit = unfit_here(*modules_, code))
        say(host::LogLevel::error, "new code needs a later release of this node, which stops at a block that uses it; "
                                   "update now: " +
                                       *unfit);
    modules_->prepare(hash::blake2_256(code), code);
    return std::move(*version);
}

/// Whether the state of the best block waits for this code: System.AuthorizedUpgrade is its hash and a flag.
bool Ledger::is_authorized(ByteView code) const
{
    const auto held = value(best().hash, std::nullopt, kAuthorizedUpgrade);
    const auto hash = hash::blake2_256(code);
    return held && *held && (*held)->size() >= hash.size() &&
           std::ranges::equal(hash, ByteView(**held).first(hash.size()));
}

/// Whether the account that signed a transaction, which the runtime has validated, is the chain's Sudo.Key.
bool Ledger::is_by_sudo(ByteView extrinsic) const
{
    constexpr size_t kSigner = 2; // behind the version and the kind of address
    constexpr uint8_t kSignedV4 = 0x84, kById = 0;
    const auto key = value(best().hash, std::nullopt, kSudoKey);
    return key && *key && extrinsic.size() > kSigner + (*key)->size() && extrinsic[0] == kSignedV4 &&
           extrinsic[1] == kById && !(*key)->empty() &&
           std::ranges::equal(**key, extrinsic.subspan(kSigner, (*key)->size()));
}

std::optional<ByteView> Ledger::upgrade_in(ByteView extrinsic) const
{
    const auto code = extrinsic.size() <= kForeseenBytesMax ? code_in(extrinsic) : std::nullopt;
    return code && (is_authorized(*code) || is_by_sudo(extrinsic)) ? code : std::nullopt;
}

std::optional<std::string> Ledger::unfit_upgrade(ByteView extrinsic) const
{
    const auto code = upgrade_in(extrinsic);
    if (!code || !sets_code(extrinsic, *code))
        return std::nullopt;
    if (const auto version = version_of_new_code(*modules_, *code); !version)
        return version.error();
    return unfit_here(*modules_, *code);
}

void Ledger::foresee(ByteView extrinsic) const
{
    const auto code = upgrade_in(extrinsic);
    if (!code)
        return;
    const auto wasm = executor::unpack(*code, kForeseenUnpackedMax);
    const auto encoded = wasm ? embedded_version(*wasm) : std::nullopt;
    if (!encoded)
        return;
    const auto next = scale::decode<primitives::RuntimeVersion>(ByteView(*encoded));
    const auto current = version(best().hash);
    const bool follows =
        next && current && next->spec_name == current->spec_name && next->spec_version > current->spec_version;
    if (follows && modules_->check_new(*wasm))
        modules_->prepare(hash::blake2_256(*code), *code);
}

/// Opens the store; a new one begins with the genesis block, whose header follows from its state.
Result<void> Ledger::begin(std::unique_ptr<database::KeyValue> tables, const GenesisState& genesis,
                           const Options& options)
{
    const auto code = genesis.find(Bytes{':', 'c', 'o', 'd', 'e'});
    if (code == genesis.end())
        return std::unexpected(Failure{std::string(kNoCode)});
    const auto encoded = version_of_code(*modules_, code->second);
    const auto version = encoded
                             ? scale::decode<primitives::RuntimeVersion>(ByteView(*encoded))
                             : std::expected<primitives::RuntimeVersion, scale::Error>(std::unexpected(scale::Error{}));
    if (!version)
        return std::unexpected(Failure{"the genesis runtime does not answer Core_version: build the chain spec again"});

    database::NewBlock block;
    trie::StateChanges changes;
    for (const auto& [key, value] : genesis)
    {
        changes.top.push_back({key, ByteView(value)});
        block.diff.flat.emplace(database::flat_key(key), value);
    }
    const trie::EmptyStore nothing;
    auto update = trie::apply_state(nothing, trie::empty_root(), changes, trie_version(version->state_version));
    if (!update)
        return std::unexpected(Failure{"the genesis state is no trie: a key is too long"});
    Header header;
    header.state_root = update->root;
    header.extrinsics_root = trie::empty_root();
    genesis_ = primitives::hash_of(header);
    block.hash = genesis_;
    block.header = scale::encode(header);
    block.body = scale::encode(std::vector<Bytes>{});
    block.diff.state_root = update->root;
    block.diff.inserted = std::move(update->inserted);
    block.diff.removed = std::move(update->removed);
    auto store = database::Store::open(std::move(tables), options.store, block);
    if (!store)
        return std::unexpected(failed(store.error()));
    store_ = std::move(*store);
    return {};
}

/// Takes up the blocks that are not final, from the finalised one on.
Result<void> Ledger::resume()
{
    const auto final = store_->finalised();
    tree_ = chain::BlockTree({final.hash, BlockNumber(final.number)});
    const auto configured = call(genesis_, "BabeApi_configuration");
    const auto source = configured ? configured : call(final.hash, "BabeApi_configuration"); // genesis may be pruned
    if (!source)
        return std::unexpected(source.error());
    const auto configuration = scale::decode<primitives::babe::Configuration>(ByteView(*source));
    if (!configuration)
        return std::unexpected(Failure{"the runtime's BabeApi_configuration does not read"});
    configuration_ = *configuration;
    if (configuration_.slot_duration_ms == 0 || configuration_.epoch_length == 0 || configuration_.c.second == 0 ||
        configuration_.c.first > configuration_.c.second || configuration_.authorities.empty())
        return std::unexpected(
            Failure{"the chain's BABE configuration is empty or has a zero in it: mend its genesis"});

    auto top = header(final.hash);
    if (!top)
        return std::unexpected(Failure{"the finalised block's header is missing from the database"});
    auto epochs = chain::Epochs::genesis(configuration_);
    if (final.number != 0)
    {
        const auto current = call(final.hash, "BabeApi_current_epoch"), next = call(final.hash, "BabeApi_next_epoch");
        const auto now = current ? scale::decode<chain::Epoch>(ByteView(*current)) : std::unexpected(scale::Error{});
        const auto then = next ? scale::decode<chain::Epoch>(ByteView(*next)) : std::unexpected(scale::Error{});
        if (!now || !then)
            return std::unexpected(Failure{"the finalised block's epochs do not read"});
        epochs = chain::Epochs::of(*now, *then);
    }
    const auto row = store_->note();
    if (!row)
        return std::unexpected(failed(row.error()));
    if (*row)
    {
        auto note = scale::decode<Note>(ByteView(**row));
        if (!note)
            return std::unexpected(Failure{"the newest proof of finality in the database does not read: sync anew"});
        note_ = std::move(*note);
    }
    const auto slot_of = [](const Header& header) -> std::optional<Slot> {
        const auto claim = chain::claim_of(header);
        return claim ? std::optional(claim->slot()) : std::nullopt;
    };
    const auto final_slot = slot_of(*top);
    known_.emplace(final.hash, Known{std::move(*top), std::move(epochs), final_slot});
    for (const auto& block : store_->unfinalised())
    {
        auto each = header(block.hash);
        const auto claim = each ? chain::claim_of(*each) : std::unexpected(chain::HeaderError{});
        const auto parent = each ? known_.find(each->parent_hash) : known_.end();
        if (!claim || parent == known_.end())
            return std::unexpected(Failure{"a block in the database does not belong there: remove the chain's folder"});
        auto after = parent->second.epochs.after(*each, claim->slot());
        if (!after || !tree_.insert(block.hash, each->parent_hash, claim->is<primitives::babe::Primary>()))
            return std::unexpected(Failure{"a block in the database does not belong there: remove the chain's folder"});
        known_.emplace(block.hash, Known{std::move(*each), std::move(*after), claim->slot()});
    }
    best_chain_.push_back(final.hash);
    follow_best(*tree_.route(final.hash, tree_.best().hash));
    return {};
}

} // namespace ledger
