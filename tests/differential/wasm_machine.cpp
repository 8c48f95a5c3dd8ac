#include "base/invariant.hpp"
#include "executor/engine.hpp"
#include "host/signatures.hpp"
#include "host/state.hpp"
#include "host/table.hpp"
#include "machine.hpp"
#include "trie/child.hpp"
#include "trie/read.hpp"
#include "trie/update.hpp"

namespace differential {
namespace {

class Settled final : public executor::Backend
{
public:
    Pairs pairs;

    std::expected<std::optional<executor::Slice>, executor::Trap> read(executor::Child, ByteView key) override
    {
        const auto found = pairs.find(Bytes(key.begin(), key.end()));
        if (found == pairs.end())
            return std::nullopt;
        return executor::Slice{.bytes = found->second, .owner = {}};
    }
    std::expected<std::optional<Bytes>, executor::Trap> next_key(executor::Child, ByteView key) override
    {
        const auto found = pairs.upper_bound(Bytes(key.begin(), key.end()));
        return found == pairs.end() ? std::nullopt : std::optional{found->first};
    }
};

/// The node's own storage: overlay over a map, roots by updating a trie in memory.
class Wasm final : public Machine
{
public:
    Wasm(std::unique_ptr<executor::Engine> engine, std::shared_ptr<const executor::Module> module,
         host::VerifiedSignatures* verified)
        : engine_(std::move(engine)), module_(std::move(module))
    {
        around_.log = [this](host::LogLevel, std::string_view, std::string_view message) {
            log_.emplace_back(message);
        };
        around_.log_max = host::LogLevel::trace;
        around_.version_of = version_of;
        around_.verified = verified;
        reset();
    }

    std::string_view name() const override { return engine_->name(); }

    Outcome call(std::string_view function, ByteView input) override
    {
        log_.clear();
        auto result = module_->call(function, input, *state_);
        state_->close_runtimes();
        Outcome outcome{.result = {}, .log = log_};
        if (result)
            outcome.result = std::move(*result);
        else if (result.error().code != executor::TrapCode::unreachable)
            // Only a panic is a fair end.
            outcome.log.push_back(std::string(executor::name(result.error().code)) + ": " + result.error().detail);
        return outcome;
    }

    void begin() override
    {
        base::invariant(state_->overlay.start().has_value());
        state_->host_depth = state_->overlay.depth();
    }
    void keep() override
    {
        --state_->host_depth;
        base::invariant(state_->overlay.commit().has_value());
    }
    void undo() override
    {
        --state_->host_depth;
        base::invariant(state_->writable().rollback().has_value());
    }
    void reset() override
    {
        state_ =
            std::make_unique<host::State>(host::Base{.values = &settled_, .nodes = &nodes_, .root = root_}, around_);
    }
    void settle() override
    {
        const auto root = state_->storage_root(trie::Version::v1);
        base::invariant(root.has_value());
        nodes_.insert(*state_->storage_update());
        nodes_.remove(*state_->storage_update());
        root_ = *root;
        settled_.pairs = pairs();
        reset();
    }
    void load(const Pairs& pairs) override
    {
        settled_.pairs.clear();
        nodes_ = {};
        root_ = trie::empty_root();
        reset();
        for (const auto& [key, value] : pairs)
            state_->writable().set({}, key, value);
        settle();
    }
    Pairs pairs() const override
    {
        auto all = settled_.pairs;
        for (const auto& [key, entry] : state_->overlay.changes())
            if (entry.value)
                all[key] = Bytes(entry.value->view().begin(), entry.value->view().end());
            else
                all.erase(key);
        return all;
    }

private:
    std::unique_ptr<executor::Engine> engine_;
    std::shared_ptr<const executor::Module> module_;
    host::Surroundings around_;
    std::vector<std::string> log_;
    Settled settled_;
    trie::MemoryStore nodes_;
    base::Digest root_ = trie::empty_root();
    std::unique_ptr<host::State> state_;
};

std::unique_ptr<Machine> compiled(std::unique_ptr<executor::Engine> engine, ByteView wasm, uint32_t heap_pages,
                                  host::VerifiedSignatures* verified)
{
    auto module = engine->compile(wasm, host::host_table(), {.heap_pages = heap_pages});
    if (!module)
        return nullptr;
    return std::make_unique<Wasm>(std::move(engine), std::move(*module), verified);
}

} // namespace

std::unique_ptr<Machine> wasmtime_machine(ByteView wasm, uint32_t heap_pages, host::VerifiedSignatures* verified)
{
    auto engine = executor::wasmtime_engine();
    return engine ? compiled(std::move(*engine), wasm, heap_pages, verified) : nullptr;
}

std::unique_ptr<Machine> wabt_machine(ByteView wasm)
{
    return compiled(executor::wabt_engine(), wasm, kHeapPages, nullptr);
}

} // namespace differential
