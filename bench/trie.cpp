#include "harness.hpp"

#include "trie/read.hpp"
#include "trie/update.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

/// trie/update50k: 50,000 accounts of a million get a new balance; the new root and the nodes that come and go. Keys
/// and sizes are those of System.Account: 32 bytes of prefix, 16 of hash, 32 of account; values of 80 bytes.
/// trie/proof: one account read with its proof.
namespace {

using trie::Bytes;

constexpr size_t kAccounts = 1'000'000, kUpdates = 50'000, kKeyBytes = 80, kValueBytes = 80;

[[noreturn]] void fail(const char* words)
{
    std::fprintf(stderr, "bench_trie: %s\n", words);
    std::exit(1);
}

/// Keys in order, one after another in one buffer.
Bytes account_keys()
{
    std::mt19937_64 random(1);
    std::vector<std::array<uint8_t, kKeyBytes>> keys(kAccounts);
    for (auto& key : keys)
    {
        key.fill(0x26);
        for (size_t at = 32; at != kKeyBytes; ++at)
            key[at] = uint8_t(random() >> 20);
    }
    std::ranges::sort(keys);
    Bytes all;
    for (const auto& key : keys)
        all.insert(all.end(), key.begin(), key.end());
    return all;
}

struct Accounts
{
    Bytes keys = account_keys();
    Bytes values = Bytes(kAccounts * kValueBytes);

    trie::ByteView key(size_t i) const { return trie::ByteView(keys).subspan(i * kKeyBytes, kKeyBytes); }

    /// A new value for each account named.
    std::vector<trie::Change> change(std::span<const size_t> accounts, std::mt19937_64& random)
    {
        std::vector<trie::Change> changes;
        for (const size_t i : accounts)
        {
            const auto value = std::span(values).subspan(i * kValueBytes, kValueBytes);
            for (size_t at = 16; at != 28; ++at)
                value[at] = uint8_t(random() >> 20);
            changes.push_back({key(i), trie::ByteView(value)});
        }
        return changes;
    }
};

std::vector<size_t> sample(size_t count, std::mt19937_64& random)
{
    std::vector<size_t> chosen(count);
    for (auto& one : chosen)
        one = random() % kAccounts;
    std::ranges::sort(chosen);
    chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());
    return chosen;
}

} // namespace

int main(int argc, char** argv)
{
    const bench::Session session(std::span<char* const>(argv, size_t(argc)));
    if (!session.wants("trie/update50k") && !session.wants("trie/proof"))
        return 0;
    std::mt19937_64 random(2);
    Accounts accounts;
    std::vector<size_t> all(kAccounts);
    for (size_t i = 0; i != kAccounts; ++i)
        all[i] = i;
    trie::MemoryStore store;
    const auto genesis = trie::apply(store, trie::empty_root(), accounts.change(all, random), trie::Version::v1);
    if (!genesis)
        fail("the genesis state was refused");
    store.insert(*genesis);

    auto changes = accounts.change(sample(kUpdates, random), random);
    session.time("trie/update50k", 20, [&] {
        const auto update = trie::apply(store, genesis->root, changes, trie::Version::v1);
        if (!update || update->inserted.size() < 2 * kUpdates * 9 / 10)
            fail("an update was refused");
    });
    size_t next = 0;
    session.time("trie/proof", 1000, [&] {
        const trie::Recorder recorder(store);
        next = (next + 7919) % kAccounts;
        if (!trie::find_value(recorder, genesis->root, accounts.key(next)).value() || recorder.nodes().size() < 6)
            fail("a proof is too short");
    });
}
