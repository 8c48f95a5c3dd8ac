// Every byte of P100 proofs and identities, changed: the verifier refuses each, and for the reason that the changed
// field allows. A malleable byte would be one that is read and bound to nothing. There is none: even the names in a
// model's graph are part of ModelId, which every proof is bound to.
#include "base/parallel.hpp"
#include "tests/long/proof_subjects.hpp"
#include "tests/long/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <set>
#include <thread>

namespace long_run {
namespace {

using base::Bytes;

constexpr uint64_t kFullSeconds = 3600; ///< of suites.tsv: then every mutation must have been tried
constexpr size_t kCutStride = 17;       ///< between lengths to which a file is cut
constexpr size_t kGrowMax = 64;         ///< bytes appended, at most
constexpr size_t kFindingsMax = 10;     ///< reported in full

/// A changed message that meets its grinding by chance (2⁻¹⁶) is refused one check later. Some 10⁴ are tried, so that
/// one or two of these can be, and more cannot.
constexpr size_t kStraysMax = 4;

/// One change to one subject.
struct Mutation
{
    enum class Kind : uint8_t
    {
        flip, ///< byte `at` ^= mask
        cut,  ///< to `at` bytes
        grow, ///< by `at` bytes
    };
    Kind kind;
    size_t subject, at;
    uint8_t mask; ///< not zero
};

/// All mutations of all subjects, by number.
class Plan
{
public:
    Plan(const std::vector<Subject>& subjects, uint64_t seed) : subjects_(subjects), seed_(seed)
    {
        for (const auto& subject : subjects)
            ends_.push_back(size() + flips(subject) + cuts(subject) + kGrowMax);
    }

    size_t size() const { return ends_.empty() ? 0 : ends_.back(); }

    Mutation at(size_t index) const
    {
        const auto subject = size_t(std::ranges::upper_bound(ends_, index) - ends_.begin());
        const auto& of = subjects_[subject];
        auto rest = index - (subject == 0 ? 0 : ends_[subject - 1]);
        const auto mask = uint8_t(1 + std::mt19937_64(seed_ + index)() % 255);
        if (rest < flips(of))
            return {Mutation::Kind::flip, subject, rest, mask};
        rest -= flips(of);
        if (rest < cuts(of))
            return {Mutation::Kind::cut, subject, rest * kCutStride, mask};
        return {Mutation::Kind::grow, subject, rest - cuts(of) + 1, mask};
    }

private:
    static size_t flips(const Subject& subject) { return subject.bytes.size(); }
    static size_t cuts(const Subject& subject) { return (subject.bytes.size() - 1) / kCutStride + 1; }

    const std::vector<Subject>& subjects_;
    uint64_t seed_;
    std::vector<size_t> ends_;
};

Bytes apply(const Mutation& mutation, Bytes bytes)
{
    switch (mutation.kind)
    {
    case Mutation::Kind::flip:
        bytes[mutation.at] ^= mutation.mask;
        break;
    case Mutation::Kind::cut:
        bytes.resize(mutation.at);
        break;
    case Mutation::Kind::grow:
        bytes.resize(bytes.size() + mutation.at, mutation.at % 2 == 0 ? mutation.mask : uint8_t{0});
        break;
    }
    return bytes;
}

std::string name_of(const Mutation& mutation, const Subject& subject)
{
    const auto at = std::to_string(mutation.at);
    switch (mutation.kind)
    {
    case Mutation::Kind::flip:
        return subject.name + ": byte " + at + " ^ " + std::to_string(mutation.mask);
    case Mutation::Kind::cut:
        return subject.name + ": cut to " + at + " bytes";
    case Mutation::Kind::grow:
        return subject.name + ": " + at + " bytes more";
    }
    return {};
}

/// The label of the field that holds a byte of the body; empty outside of it.
std::string_view label_at(const Subject& subject, size_t at)
{
    if (subject.sections.empty() || at < subject.header)
        return {};
    const auto section =
        std::ranges::upper_bound(subject.sections, at - subject.header, {}, &prover::testing::Section::end);
    return section->label;
}

/// The reasons that a change may be refused for; empty: any. A file that ends elsewhere is a matter of syntax, and a
/// changed message of the nonce ground after it. The last vectors stand beside their claim: entries that it does not
/// weigh (tails) change only the nonce.
std::set<std::string_view> reasons(const Subject& subject, const Mutation& mutation)
{
    if (mutation.kind != Mutation::Kind::flip)
        return {"syntax"};
    const auto label = label_at(subject, mutation.at);
    if (label.empty())
        return {};
    if (label == "rows")
        return {"path", "syntax"};
    if (label == "salts" || label == "siblings")
        return {"path"};
    if (label == "v star" || label == "xi star")
        return {"base claim", "nonce", "syntax"};
    return {label == "mu" ? "base claim" : "nonce", "syntax"};
}

/// What was seen; one for all threads.
class Tally
{
public:
    void add(const std::vector<Subject>& subjects, const Mutation& mutation, std::string_view verdict)
    {
        const auto& subject = subjects[mutation.subject];
        const auto allowed = reasons(subject, mutation);
        const std::lock_guard lock(mutex_);
        ++counts_[mutation.subject][std::string(verdict)];
        const bool accepted = verdict == kProven;
        if (!accepted && (allowed.empty() || allowed.contains(verdict)))
            return;
        const bool stray = !accepted && allowed.contains("nonce") && verdict != "statement";
        ++(stray ? strays_ : findings_);
        auto& listed = stray ? stray_words_ : finding_words_;
        if (listed.size() != kFindingsMax)
            listed.push_back(name_of(mutation, subject) + ", " + std::string(label_at(subject, mutation.at)) + ": " +
                             std::string(verdict));
    }

    size_t findings() const { return findings_; }
    size_t strays() const { return strays_; }
    const std::vector<std::string>& finding_words() const { return finding_words_; }

    void print(const std::vector<Subject>& subjects) const
    {
        for (const auto& [subject, counts] : counts_)
        {
            std::printf("  %-10s %7zu bytes:", subjects[subject].name.c_str(), subjects[subject].bytes.size());
            for (const auto& [verdict, count] : counts)
                std::printf("  %s %zu", verdict.c_str(), count);
            std::printf("\n");
        }
        for (const auto& words : stray_words_)
            std::printf("  past its nonce by chance: %s\n", words.c_str());
    }

private:
    std::mutex mutex_;
    std::map<size_t, std::map<std::string, size_t>> counts_;
    size_t findings_ = 0, strays_ = 0;
    std::vector<std::string> finding_words_, stray_words_;
};

/// A step through [0, size) that meets every number once and leaves none of it long unseen: near size/φ, coprime.
size_t stride_through(size_t size)
{
    auto stride = std::max<size_t>(1, size_t(double(size) * 0.6180339887498949));
    while (std::gcd(stride, size) != 1)
        ++stride;
    return stride;
}

/// Tries mutations, on all cores, from the place that the seed says, until none or no time is left. Returns how many.
size_t try_all(const std::vector<Subject>& subjects, const Plan& plan, uint64_t seed, const Budget& budget,
               Tally& tally)
{
    const auto stride = stride_through(plan.size()), start = size_t(std::mt19937_64(seed)() % plan.size());
    std::atomic<size_t> next = 0, done = 0;
    const auto work = [&] {
        while (budget.left())
        {
            const auto turn = next.fetch_add(1);
            if (turn >= plan.size())
                return;
            const auto mutation = plan.at((start + turn * stride) % plan.size());
            const auto& subject = subjects[mutation.subject];
            tally.add(subjects, mutation, subject.judge(apply(mutation, subject.bytes)));
            ++done;
        }
    };
    {
        std::vector<std::jthread> workers;
        for (size_t i = 0; i != base::threads(); ++i)
            workers.emplace_back(work);
    }
    return done;
}

TEST(ProofMutations, every_changed_byte_of_a_proof_or_an_identity_is_refused)
{
    const Budget budget;
    const auto subjects = make_subjects(seed());
    for (const auto& subject : subjects)
        ASSERT_EQ(subject.judge(subject.bytes), kProven) << subject.name << ", seed " << seed();

    const Plan plan(subjects, seed());
    Tally tally;
    const auto done = try_all(subjects, plan, seed(), budget, tally);
    std::printf("seed %llu: %zu of %zu mutations (every byte, every %zuth length, %zu longer)\n",
                static_cast<unsigned long long>(seed()), done, plan.size(), kCutStride, kGrowMax);
    tally.print(subjects);

    for (const auto& words : tally.finding_words())
        ADD_FAILURE() << words << ", seed " << seed();
    EXPECT_EQ(tally.findings(), 0u);
    EXPECT_LE(tally.strays(), kStraysMax);
    if (number("ZKP_SECONDS", 0) >= kFullSeconds)
        EXPECT_EQ(done, plan.size()) << "the full time did not suffice";
}

} // namespace
} // namespace long_run
