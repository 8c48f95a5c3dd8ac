#include "base/invariant.hpp"
#include "machine.hpp"
#include "runtime/native/call.hpp"
#include "runtime/pallets/balances.hpp"
#include "runtime/pallets/system_types.hpp"
#include "runtime/testing/memory.hpp"

#include <algorithm>
#include <set>

namespace differential {
namespace {

using runtime::testing::Memory;

/// Keys that every block reads and writes: no call pays for them again.
const std::set<Bytes>& everyday()
{
    const auto key = [](const auto& k) { return Bytes(k.begin(), k.end()); };
    static const std::set<Bytes> keys{key(runtime::system::Number::key), key(runtime::system::ExecutionPhase::key),
                                      key(runtime::system::EventCount::key), key(runtime::system::kEventsKey),
                                      key(runtime::balances::TotalIssuance::key)};
    return keys;
}

/// Storage by copies of a map: nothing in common with the node's overlay but what both should do.
class Copies final : public Memory
{
public:
    std::map<Bytes, Bytes> settled;
    std::function<void(const Touched&)> tell;

    void begin_call()
    {
        before_.clear();
        base_depth_ = depth_;
    }
    size_t depth() const { return depth_; }
    /// Undoes the layers that a panic left open, silently.
    void close(size_t outer)
    {
        base_depth_ = depth_ + 1;
        while (depth_ > outer)
            rollback_transaction();
    }

    std::optional<Bytes> get(ByteView key) override
    {
        note(reads_, key);
        return Memory::get(key);
    }
    void set(ByteView key, ByteView value) override
    {
        note(writes_, key);
        Memory::set(key, value);
    }
    void clear(ByteView key) override
    {
        note(writes_, key);
        Memory::clear(key);
    }
    /// A value that is no list is replaced by one.
    void append(ByteView key, ByteView item) override
    {
        note(writes_, key);
        const auto value = Memory::get(key);
        scale::Reader reader{value ? ByteView{*value} : ByteView{}};
        scale::Compact<uint32_t> count;
        if (!scale::decode_into(reader, count))
            top[Bytes(key.begin(), key.end())] = {0};
        Memory::append(key, item);
    }
    /// The limit holds for settled keys, of those deleted already too; keys written since all go.
    runtime::host::Cleared clear_prefix(ByteView prefix, std::optional<uint32_t> limit) override
    {
        const Bytes first(prefix.begin(), prefix.end());
        const auto within = [&](const Bytes& key) {
            return key.size() >= first.size() && std::equal(first.begin(), first.end(), key.begin());
        };
        // Keys that are settled and were written since lose the write whatever the limit.
        for (auto at = top.lower_bound(first); at != top.end() && within(at->first);)
        {
            const auto old = settled.find(at->first);
            const bool written = old == settled.end() || written_.contains(at->first);
            at = written ? top.erase(at) : std::next(at);
        }
        uint32_t count = 0;
        for (auto at = settled.lower_bound(first); at != settled.end() && within(at->first); ++at, ++count)
        {
            if (count == limit)
                return {false, count};
            note(reads_, at->first);
            note(writes_, at->first);
            top.erase(at->first);
        }
        return {true, count};
    }

    void start_transaction() override
    {
        Memory::start_transaction();
        written_layers_.push_back(written_);
        if (depth_++ == base_depth_)
        {
            reads_.clear();
            writes_.clear();
        }
    }
    void commit_transaction() override
    {
        Memory::commit_transaction();
        written_layers_.pop_back();
        leave();
    }
    void rollback_transaction() override
    {
        Memory::rollback_transaction();
        written_ = std::move(written_layers_.back());
        written_layers_.pop_back();
        leave();
    }
    std::optional<Bytes> runtime_version(ByteView code) override { return version_of(code); }

    /// Takes what is settled for the whole, or the whole for settled.
    void reset()
    {
        top = settled;
        written_.clear();
    }
    void settle()
    {
        if (tell)
            tell({whole_reads_.size(), written_.size(), true});
        whole_reads_.clear();
        settled = top;
        written_.clear();
    }

private:
    void leave()
    {
        if (--depth_ == base_depth_ && tell)
            tell({reads_.size(), writes_.size()});
    }

    void note(std::set<Bytes>& kind, ByteView key)
    {
        Bytes owned(key.begin(), key.end());
        if (&kind == &writes_)
            written_.insert(owned);
        else if (tell && !written_.contains(owned))
            whole_reads_.insert(owned);
        if (!tell || everyday().contains(owned))
            return;
        if (depth_ == base_depth_)
            before_.insert(std::move(owned));
        else if (!before_.contains(owned))
            kind.insert(std::move(owned));
    }

    size_t depth_ = 0, base_depth_ = 0;
    std::set<Bytes> before_, reads_, writes_, whole_reads_;
    std::set<Bytes> written_; ///< since settle(), what was undone left out
    std::vector<std::set<Bytes>> written_layers_;
};

class Native final : public Machine
{
public:
    explicit Native(std::function<void(const Touched&)> tell) { memory_.tell = std::move(tell); }

    std::string_view name() const override { return "native"; }

    Outcome call(std::string_view function, ByteView input) override
    {
        memory_.logs.clear();
        memory_.begin_call();
        const auto outer = memory_.depth();
        auto result = runtime::native::call(memory_, function, input);
        memory_.close(outer);
        Outcome outcome{.result = {}, .log = memory_.logs};
        if (result)
            outcome.result = std::move(*result);
        else
            outcome.log.push_back(result.error());
        return outcome;
    }

    void begin() override { memory_.start_transaction(); }
    void keep() override { memory_.commit_transaction(); }
    void undo() override { memory_.rollback_transaction(); }
    void reset() override { memory_.reset(); }
    void settle() override { memory_.settle(); }
    void load(const Pairs& pairs) override
    {
        memory_.settled = pairs;
        memory_.reset();
    }
    Pairs pairs() const override { return memory_.top; }

private:
    Copies memory_;
};

} // namespace

std::optional<Bytes> version_of(ByteView code)
{
    const auto magic = base::view(kCodeMagic);
    if (code.size() < magic.size() || !std::ranges::equal(magic, code.first(magic.size())))
        return std::nullopt;
    return Bytes(code.begin() + std::ptrdiff_t(magic.size()), code.end());
}

std::unique_ptr<Machine> native_machine(std::function<void(const Touched&)> touched)
{
    return std::make_unique<Native>(std::move(touched));
}

} // namespace differential
