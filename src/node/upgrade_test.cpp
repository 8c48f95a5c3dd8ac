#include "node/author.hpp"
#include "node/chain_spec.hpp"
#include "node/key_types.hpp"
#include "node/transactions.hpp"

#include "database/memory.hpp"
#include "env/entropy.hpp"
#include "env/file.hpp"
#include "executor/blob.hpp"
#include "hash/blake2b.hpp"
#include "hash/twox.hpp"
#include "host/table.hpp"
#include "ledger/new_code.hpp"
#include "signature/sr25519.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace node {
namespace {

/// The code of release 101, packed. Read when the tests run: a compiler cache does not see what #embed reads.
const Bytes& next_code()
{
    static const Bytes kCode = *env::read_file(ZKP_NEXT_RUNTIME_FILE, executor::kCodeBytesMax);
    return kCode;
}

constexpr uint64_t kSlotMs = 1000;

Bytes joined(std::initializer_list<ByteView> parts)
{
    Bytes all;
    for (const auto part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

// Calls as they are encoded: pallet, call, arguments.
Bytes sudo(const Bytes& call) { return joined({Bytes{9, 0}, call}); }
Bytes set_code(ByteView code) { return joined({Bytes{0, 2}, scale::encode(code)}); }
Bytes authorize_upgrade(ByteView code) { return joined({Bytes{0, 9}, hash::blake2_256(code)}); }
Bytes apply_authorized_upgrade(ByteView code) { return joined({Bytes{0, 11}, scale::encode(code)}); }
Bytes greet(uint32_t times) { return joined({Bytes{200, 0}, scale::encode(times)}); }
Bytes remark(uint8_t byte) { return {0, 0, 4, byte}; }

Bytes key_of(std::string_view pallet, std::string_view item)
{
    return joined({hash::twox_128(pallet), hash::twox_128(item)});
}

/// A chain of one authority, whose clock is its blocks, and a second ledger that imports each of them.
class Chain
{
public:
    explicit Chain(const std::shared_ptr<const executor::Engine>& engine = *executor::wasmtime_engine())
    {
        const auto genesis = *genesis_state(*engine, built_in_runtime(), "development",
                                            R"({"babe": {"slotDuration": 1000, "epochLength": 5}})");
        const auto note = [this](host::LogLevel, std::string_view, std::string_view words) { log += words; };
        ledger = std::move(*ledger::Ledger::open(std::make_unique<database::MemoryKeyValue>(), genesis, engine, note));
        follower = std::move(*ledger::Ledger::open(std::make_unique<database::MemoryKeyValue>(), genesis, engine, {}));
        author_.emplace(*ledger, keystore_, entropy_, record_);
        alice = *keystore_.insert<signature::sr25519::Keypair>(kBabe, "//Alice");
    }

    /// Alice's signature over a call, under the version of the runtime that takes it.
    Bytes signed_by_alice(const Bytes& call)
    {
        const auto extra = joined({Bytes{0}, scale::encode(scale::Compact<uint32_t>{nonce_++}), Bytes{0, 0}});
        const auto version = ledger->version(ledger->best().hash);
        auto payload =
            joined({call, extra, scale::encode(version->spec_version), scale::encode(version->transaction_version),
                    ledger->genesis_hash(), ledger->genesis_hash(), Bytes{0}});
        if (payload.size() > 256)
            payload = joined({hash::blake2_256(payload)});
        const auto signature =
            keystore_.with<signature::sr25519::Keypair>(kBabe, alice, [&](const auto& pair, crypto::Entropy& entropy) {
                return signature::sr25519::sign(pair, payload, entropy);
            });
        return joined({Bytes{0x84, 0}, alice, Bytes{1}, *signature, extra, call});
    }

    /// Makes a block of these calls of Alice's and gives it to the follower.
    primitives::Header build(std::initializer_list<Bytes> calls)
    {
        std::deque<Bytes> waiting;
        for (const auto& call : calls)
            waiting.push_back(signed_by_alice(call));
        const BlockTransactions source{.next = [&]() -> std::optional<Bytes> {
                                           if (waiting.empty())
                                               return std::nullopt;
                                           auto next = std::move(waiting.front());
                                           waiting.pop_front();
                                           return next;
                                       },
                                       .refused = [&](const auto&) { ++refused; }};
        ++slot_;
        const auto made = author_->make(slot_, slot_ * kSlotMs, source, [] { return false; });
        EXPECT_TRUE(made && *made) << (made ? "not our slot" : made.error());
        const auto followed = follower->import({(*made)->header, *ledger->body((*made)->block.hash)}, slot_);
        EXPECT_TRUE(followed) << followed.error().words;
        return (*made)->header;
    }

    uint32_t spec_version() { return ledger->version(ledger->best().hash)->spec_version; }
    std::optional<Bytes> value(const Bytes& key) { return *ledger->value(ledger->best().hash, {}, key); }
    bool events_have(const Bytes& part)
    {
        const auto events = *value(key_of("System", "Events"));
        return !std::ranges::search(events, part).empty();
    }

    std::string log;
    std::unique_ptr<ledger::Ledger> ledger, follower;
    Bytes alice;
    int refused = 0;

private:
    env::OsEntropy entropy_;
    host::Keystore keystore_{entropy_};
    watermark::Record record_;
    std::optional<Author> author_;
    chain::Slot slot_ = 1000;
    uint32_t nonce_ = 0;
};

bool announces_new_code(const primitives::Header& header)
{
    return std::ranges::any_of(header.digest.logs, [](const auto& log) {
        return log.template is<primitives::digest::RuntimeEnvironmentUpdated>();
    });
}

/// Sudo's event that its call failed with that error of System.
Bytes sudid_with_error(uint8_t error) { return {9, 0, 1, 3, 0, error, 0, 0, 0}; }
constexpr uint8_t kInvalidSpecName = 0, kNeedsToIncrease = 1, kFailedToExtract = 2;

/// What holds after the upgrade, whatever brought it.
void expect_upgraded(Chain& chain)
{
    EXPECT_EQ(chain.spec_version(), 101u);
    const auto old_id = chain.value(key_of("EVMChainId", "ChainId"));
    const auto before = chain.ledger->best().number;
    ASSERT_TRUE(old_id) << "the migration waits for the next block";
    chain.build({greet(3), remark(1)});
    EXPECT_EQ(chain.ledger->best().number, before + 1);
    EXPECT_EQ(chain.refused, 0);
    EXPECT_FALSE(chain.value(key_of("EVMChainId", "ChainId")));
    EXPECT_EQ(chain.value(key_of("Upgraded", "ChainIdentity")), joined({*old_id, scale::encode(uint32_t{101})}));
    EXPECT_EQ(chain.value(key_of("Upgraded", ":__STORAGE_VERSION__:")), scale::encode(uint16_t{1}));
    EXPECT_EQ(chain.value(key_of("Upgraded", "Greetings")), scale::encode(uint32_t{3}));
    EXPECT_TRUE(chain.events_have(joined({Bytes{200, 0}, chain.alice, scale::encode(uint32_t{3})})));
    for (int i = 0; i != 6; ++i) // past an epoch's end
        chain.build({greet(1), remark(2)});
    EXPECT_EQ(chain.value(key_of("Upgraded", "Greetings")), scale::encode(uint32_t{9}));
    EXPECT_EQ(chain.follower->best(), chain.ledger->best());
}

TEST(Upgrade, sudo_replaces_the_runtime_under_load)
{
    Chain chain;
    EXPECT_FALSE(announces_new_code(chain.build({remark(1), remark(2)})));
    EXPECT_EQ(chain.spec_version(), 100u);
    const auto header = chain.build({remark(3), sudo(set_code(next_code())), remark(4)});
    EXPECT_TRUE(announces_new_code(header));
    EXPECT_TRUE(chain.events_have({9, 0, 0})); // Sudid: Ok
    expect_upgraded(chain);
}

TEST(Upgrade, anybody_brings_the_code_that_was_authorised)
{
    Chain chain;
    chain.build({sudo(authorize_upgrade(next_code())), remark(1)});
    EXPECT_EQ(chain.spec_version(), 100u);
    chain.build({apply_authorized_upgrade(built_in_runtime())}); // not the one
    EXPECT_EQ(chain.spec_version(), 100u);
    EXPECT_TRUE(announces_new_code(chain.build({apply_authorized_upgrade(next_code()), remark(2)})));
    expect_upgraded(chain);
}

TEST(Upgrade, code_that_fails_a_check_is_refused_with_its_reason)
{
    Chain chain;
    const auto plain = *executor::unpack(next_code());
    const auto refused = [&](ByteView code, uint8_t error) {
        chain.log.clear();
        EXPECT_FALSE(announces_new_code(chain.build({sudo(set_code(code))})));
        EXPECT_TRUE(chain.events_have(sudid_with_error(error)));
        EXPECT_EQ(chain.spec_version(), 100u);
        return chain.log;
    };
    refused(built_in_runtime(), kNeedsToIncrease);

    auto version = *scale::decode<primitives::RuntimeVersion>(*executor::custom_section(plain, "runtime_version"));
    version.spec_name = "other";
    refused(*executor::with_custom_section(plain, "runtime_version", scale::encode(version)), kInvalidSpecName);

    EXPECT_NE(refused(ByteView(next_code()).first(next_code().size() / 2), kFailedToExtract).find("pack it again"),
              std::string::npos);
    EXPECT_NE(refused(ByteView(plain).first(plain.size() / 2), kFailedToExtract).find("damaged"), std::string::npos);
    const Bytes floats{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 5, 1, 0x60, 1, 0x7D, 0};
    EXPECT_NE(refused(floats, kFailedToExtract).find("floating point"), std::string::npos);
    EXPECT_EQ(chain.follower->best(), chain.ledger->best());
}

/// The node that takes the transaction says what is wrong with it; a block that brings it all the same is no fault.
TEST(Upgrade, a_transaction_with_code_that_fails_a_check_stays_out_of_the_pool_with_its_reason)
{
    Chain asked, chain;
    Transactions transactions(*asked.ledger, {}, [](const rpc::PoolEvent&) {}, [](const pool::Hash&, const Bytes&) {});
    const auto plain = *executor::unpack(next_code());
    const auto said = [&](const Bytes& call) -> std::string {
        const auto sent = transactions.submit(asked.signed_by_alice(call), primitives::TransactionSource::External);
        return sent ? "" : sent.error().text;
    };
    const auto cut = Bytes(plain.begin(), plain.begin() + long(plain.size() / 2));
    EXPECT_NE(said(sudo(set_code(cut))).find("refused: damaged"), std::string::npos);
    EXPECT_EQ(said(joined({Bytes{0, 0}, scale::encode(cut)})), "") << "a remark may be anything";
    Bytes renamed = plain; // as if by a later release: a host function that this one lacks
    const std::string_view known = "ext_logging_log_version_1", later = "ext_logging_log_version_9";
    const auto at = std::ranges::search(renamed, known);
    ASSERT_FALSE(at.empty());
    std::ranges::copy(later, at.begin());
    EXPECT_NE(said(sudo(set_code(renamed))).find(later), std::string::npos);
    EXPECT_EQ(said(sudo(set_code(plain))), "");

    EXPECT_TRUE(announces_new_code(chain.build({sudo(set_code(renamed))}))) << "every release takes the same blocks";
    EXPECT_NE(chain.log.find(later), std::string::npos);
    EXPECT_EQ(chain.spec_version(), 101u);
}

TEST(Upgrade, code_is_compiled_once_its_transaction_is_seen)
{
    Chain chain;
    const auto transaction = chain.signed_by_alice(sudo(set_code(next_code())));
    const auto found = ledger::code_in(transaction);
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::ranges::equal(*found, next_code()));
    chain.ledger->foresee(transaction);
    chain.ledger->foresee(transaction);
    chain.ledger->foresee(chain.signed_by_alice(remark(1)));
}

/// An engine that never gets done with the new code.
class WithoutNewCode : public executor::Engine
{
public:
    std::expected<std::shared_ptr<const executor::Module>, executor::CompileError>
    compile(ByteView code, std::shared_ptr<const executor::HostTable> host,
            const executor::CompileOptions& options) const override
    {
        if (std::ranges::equal(code, new_code_))
            return std::unexpected(executor::CompileError{std::nullopt, "not compiled yet"});
        return engine_->compile(code, std::move(host), options);
    }
    std::expected<void, executor::CompileError> validate(ByteView code) const override
    {
        return engine_->validate(code);
    }
    void tick() const override { engine_->tick(); }
    std::string_view name() const override { return engine_->name(); }

private:
    std::unique_ptr<executor::Engine> engine_ = *executor::wasmtime_engine();
    Bytes new_code_ = *executor::unpack(next_code());
};

TEST(Upgrade, whoever_asks_for_the_new_version_does_not_wait_for_the_compilation)
{
    Chain chain(std::make_shared<WithoutNewCode>());
    const auto old = *chain.ledger->version(chain.ledger->best().hash);
    EXPECT_EQ(old.spec_version, 100u);
    const auto header = chain.build({sudo(set_code(next_code()))});
    ASSERT_TRUE(announces_new_code(header));
    const auto version = chain.ledger->version(chain.ledger->best().hash);
    ASSERT_TRUE(version) << version.error().words;
    EXPECT_EQ(version->spec_version, 101u);
    EXPECT_EQ(version->spec_name, old.spec_name);
    EXPECT_FALSE(chain.ledger->call(chain.ledger->best().hash, "Core_version"));
    EXPECT_EQ(chain.ledger->version(header.parent_hash)->spec_version, 100u);
}

TEST(NewCode, is_found_in_transactions_and_only_there_where_a_length_says_so)
{
    const auto plain = *executor::unpack(next_code());
    EXPECT_TRUE(std::ranges::equal(*ledger::code_in(set_code(plain)), plain));
    EXPECT_TRUE(std::ranges::equal(*ledger::code_in(scale::encode(set_code(next_code()))), next_code()));
    const Bytes small(5000, 7);
    auto blob = joined({Bytes{0, 'a', 's', 'm', 1, 0, 0, 0}, small});
    EXPECT_TRUE(ledger::code_in(set_code(blob))); // a length of two bytes
    EXPECT_FALSE(ledger::code_in(blob));
    EXPECT_FALSE(ledger::code_in(joined({Bytes{1, 2, 3}, blob})));
    auto cut = set_code(blob);
    cut.pop_back();
    EXPECT_FALSE(ledger::code_in(cut));
    EXPECT_FALSE(ledger::code_in({}));
    // A false magic in front of the true one.
    EXPECT_TRUE(ledger::code_in(joined({Bytes{0, 'a', 's', 'm', 1, 0, 0, 0}, set_code(blob)})));
}

TEST(NewCode, says_its_version_without_being_compiled)
{
    const auto plain = *executor::unpack(next_code());
    const auto embedded = ledger::embedded_version(plain);
    ASSERT_TRUE(embedded);
    executor::ModuleCache modules(std::shared_ptr<const executor::Engine>(*executor::wasmtime_engine()),
                                  host::host_table());
    EXPECT_EQ(ledger::version_of_code(modules, next_code()), *embedded); // what it answers when it runs
    EXPECT_EQ(ledger::version_of_new_code(modules, plain), *embedded);
    for (const size_t size : {0, 1, 11})
    {
        const auto odd = executor::with_custom_section(plain, "runtime_apis", Bytes(size, 1));
        EXPECT_EQ(ledger::embedded_version(*odd).has_value(), size == 0);
    }
    EXPECT_FALSE(ledger::embedded_version(*executor::with_custom_section(plain, "runtime_version", Bytes{1})));
    EXPECT_FALSE(ledger::embedded_version({}));
}

} // namespace
} // namespace node
