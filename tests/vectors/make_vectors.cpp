// Writes proofs, accepted and refused, with this verifier's verdict on each, for the second verifier to agree or
// differ.
//
//     make_vectors OUT SEED MODELS MUTATIONS P100
//
// MODELS toy models with MUTATIONS changed proofs each, and P100 changed proofs of P100 models, 100 to a model.
// OUT/expected.json lists {made, model, data, context, proof, verdict}. `made` says how: truth, mutation, lie,
// statement or identity; a verdict is "proven" or a reason of docs/specs/proof.md §9; without a proof it is about the
// model identity itself. Everything follows from SEED. Exit code 1 when this verifier accepts a changed P100 file.
#include "crypto/blake3.hpp"
#include "prover/testing/reference_prover.hpp"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace {

using base::Bytes;
using circuit::Flag;
using model::testing::Rng;
using prover::K;
using prover::testing::Lies;
using prover::testing::Prepared;
using prover::testing::Sealed;
using prover::testing::SeededEntropy;

constexpr uint64_t kMutationsOfP100Model = 100;
constexpr std::string_view kTruth = "truth"; ///< Entry::made of what must be proven
constexpr std::string_view kLie = "lie";     ///< of a prover that departs from the truth and goes on honestly

std::string hex(base::ByteView bytes)
{
    std::string text;
    for (const auto byte : bytes)
        for (const int digit : {byte >> 4, byte & 15})
            text += "0123456789abcdef"[digit];
    return text;
}

/// One line of the list.
struct Entry
{
    std::string_view made;
    std::string model, data;
    base::Digest context{};
    std::string proof; ///< empty: about the model identity
    std::string_view verdict;
};

/// The files and the list of verdicts.
class Vectors
{
public:
    explicit Vectors(std::filesystem::path folder) : folder_(std::move(folder))
    {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }

    std::string write(const std::string& name, base::ByteView bytes)
    {
        std::ofstream(folder_ / name, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
        return name;
    }
    void add(const Entry& entry)
    {
        list_ += list_.empty() ? "[\n" : ",\n";
        list_ += R"({"made": ")" + std::string(entry.made) + R"(", "model": ")" + entry.model + R"(", "data": ")" +
                 entry.data + R"(", "context": ")" + hex(entry.context) + R"(", "proof": ")" + entry.proof +
                 R"(", "verdict": ")" + std::string(entry.verdict) + "\"}";
        ++count_;
    }
    size_t finish()
    {
        list_ += "\n]\n";
        write("expected.json", base::view(list_));
        return count_;
    }

private:
    std::filesystem::path folder_;
    std::string list_;
    size_t count_ = 0;
};

std::string_view verdict_of(const auto& result)
{
    return result ? std::string_view("proven") : proof::name_of(result.error().why);
}

/// One model, all that is proven about it, and what is made of that.
class Scene
{
public:
    Scene(Vectors& vectors, uint64_t seed, const commit::Profile& profile, model::Model model)
        : vectors_(vectors), name_(std::string(profile.code == 0 ? "toy" : "p100") + std::to_string(seed)), rng_(seed),
          entropy_(seed), profile_(profile), sealed_(*prover::testing::seal(std::move(model), profile, entropy_))
    {
    }

    void run(size_t mutations)
    {
        if (!sealed_.model.graph.weights.empty() && rng_.one_in(3))
            rotate();
        if (rng_.one_in(2))
            commit_data();
        model_file_ = vectors_.write(name_ + ".id", proof::encode(sealed_.identity));
        add_identity(kTruth, model_file_, verdict_of(proof::verify(sealed_.identity, proof::Toy::accept)));
        auto request = random_request();
        context_ = request.context;
        const auto prepared = *prover::testing::prepare(sealed_.view(), request);
        const auto honest = prover::testing::reference_prove(prepared, entropy_);
        const auto file = prover::testing::file_of(prepared.statement, honest.body);
        check(kTruth, file);
        for (size_t i = 0; i != mutations; ++i)
            check("mutation", rng_.one_in(2) ? mutated(file) : field_mutated(file, honest));
        lies(prepared);
        other_statements(prepared.statement, honest.body);
        identities();
    }

    /// Changed P100 files that were accepted; none by chance.
    size_t forgeries() const { return forgeries_; }

private:
    Vectors& vectors_;
    std::string name_;
    Rng rng_;
    SeededEntropy entropy_;
    commit::Profile profile_;
    Sealed sealed_;
    std::optional<commit::OracleStorage> data_oracle_;
    std::optional<prover::SealedData> data_;
    std::string model_file_, data_file_;
    base::Digest context_{};
    size_t files_ = 0, forgeries_ = 0;

    void rotate()
    {
        auto fresh = *prover::commit_weights(sealed_.model, profile_, entropy_);
        sealed_.identity.epochs.push_back({fresh.root(), {}});
        sealed_.identity.epochs.back().proof = *prover::prove_rotation(sealed_.identity, sealed_.model.weights,
                                                                       sealed_.oracle.view(), fresh.view(), entropy_);
        sealed_.oracle = std::move(fresh);
    }

    void commit_data()
    {
        std::vector<int32_t> codes;
        const auto rows = uint32_t(rng_.between(1, 4));
        for (uint32_t row = 0; row != rows; ++row)
            for (const auto code : prover::testing::random_input(sealed_.model.graph, rng_))
                codes.push_back(code);
        auto made = *prover::commit_data(sealed_.model.graph, profile_, codes, rows, true, entropy_);
        data_oracle_.emplace(std::move(made.oracle));
        data_.emplace(prover::SealedData{made.identity, std::move(codes), std::move(made.pads), data_oracle_->view()});
        data_file_ = vectors_.write(name_ + ".d.id", proof::encode(data_->identity));
    }

    prover::Request random_request()
    {
        prover::Request request;
        if (rng_.one_in(2))
            for (auto& byte : request.context)
                byte = uint8_t(rng_.bits());
        request.input = rng_.one_in(2) ? Flag::open : Flag::hidden;
        request.output = Flag(rng_.between(0, data_ ? 2 : 1));
        if (data_)
        {
            request.data = &*data_;
            request.row = uint32_t(rng_.between(0, data_->identity.rows - 1));
            return request;
        }
        for (auto batch = rng_.between(1, 3); batch != 0; --batch)
            request.inputs.push_back(prover::testing::random_input(sealed_.model.graph, rng_));
        return request;
    }

    void check(std::string_view made, base::ByteView file)
    {
        const proof::Expectation expected{context_, data_ ? &data_->identity : nullptr, true};
        const auto stored = vectors_.write(name_ + "-" + std::to_string(files_++) + ".zkp", file);
        const auto verdict = verdict_of(proof::verify(sealed_.identity, expected, file));
        vectors_.add({made, model_file_, data_file_, context_, stored, verdict});
        count_forgery(made, verdict, stored);
    }

    void add_identity(std::string_view made, const std::string& file, std::string_view verdict)
    {
        vectors_.add({made, file, "", {}, "", verdict});
        count_forgery(made, verdict, file);
    }

    /// What differs from an accepted file is refused. A lie may be about an entry that means nothing: that is no
    /// forgery.
    void count_forgery(std::string_view made, std::string_view verdict, const std::string& file)
    {
        if (made == kTruth || made == kLie || verdict != "proven" || profile_ == commit::kToy)
            return;
        std::fprintf(stderr, "%s: accepted, a forgery\n", file.c_str());
        ++forgeries_;
    }

    /// Changed for certain.
    Bytes mutated(const Bytes& bytes)
    {
        auto changed = mutated_once(bytes);
        while (changed == bytes)
            changed = mutated_once(bytes);
        return changed;
    }

    /// One byte of a field; every kind of field as often as any other, however few bytes it has.
    Bytes field_mutated(Bytes bytes, const prover::testing::Made& honest)
    {
        std::map<std::string, std::vector<const prover::testing::Section*>> fields;
        for (const auto& section : honest.sections)
            if (section.begin != section.end)
                fields[section.label].push_back(&section);
        const auto& [label, sections] = *std::next(fields.begin(), rng_.between(0, int64_t(fields.size()) - 1));
        const auto& section = *rng_.pick(sections);
        const auto header = bytes.size() - honest.body.size();
        bytes[header + size_t(rng_.between(int64_t(section.begin), int64_t(section.end) - 1))] ^=
            uint8_t(rng_.between(1, 255));
        return bytes;
    }

    Bytes mutated_once(Bytes bytes)
    {
        const auto at = size_t(rng_.between(0, int64_t(bytes.size()) - 1));
        switch (rng_.between(0, 9))
        {
        case 0:
            bytes.resize(at);
            break;
        case 1:
            bytes.push_back(uint8_t(rng_.bits()));
            break;
        case 2:
            bytes[size_t(rng_.between(0, 200)) % bytes.size()] ^= uint8_t(rng_.between(1, 255));
            break;
        case 3:
            std::swap_ranges(bytes.begin() + ptrdiff_t(at / 2), bytes.begin() + ptrdiff_t(at / 2 + at / 8),
                             bytes.begin() + ptrdiff_t(at / 2 + at / 4));
            break;
        default:
            bytes[at] ^= uint8_t(rng_.between(1, 255));
        }
        return bytes;
    }

    void lies(const Prepared& prepared)
    {
        const auto prove = [&](const Lies& lies) {
            check(kLie, prover::testing::file_of(prepared.statement,
                                                 prover::testing::reference_prove(prepared, entropy_, lies).body));
        };
        const auto masks = circuit::count_masks(prepared.circuit());
        const auto entry = size_t(rng_.between(0, int64_t(prepared.trace.size()) - 1));
        const auto message = size_t(rng_.between(0, int64_t(masks.messages) - 1));
        const auto opening = size_t(rng_.between(0, int64_t(2 * masks.products) - 1));
        prove({.committed = [=](std::vector<K>& trace) { trace[entry] += K::one(); }});
        prove({.message = [=](size_t index, std::string_view, prover::F& value) {
            if (index == message)
                value += prover::F::one();
        }});
        prove({.opening = [=](size_t index, prover::F& value) {
            if (index == opening)
                value += prover::F::one();
        }});
    }

    void other_statements(const proof::Statement& truth, const Bytes& body)
    {
        const auto tell = [&](auto&& change) {
            auto statement = truth;
            change(statement);
            check("statement", prover::testing::file_of(statement, body));
        };
        tell([](auto& s) { s.context[0] ^= 1; });
        tell([](auto& s) { s.model_id[1] ^= 1; });
        tell([](auto& s) { s.epoch += 1; });
        tell([](auto& s) { s.weights[2] ^= 1; });
        tell([](auto& s) { s.batch += 1; });
        tell([](auto& s) { s.profile = s.profile == commit::kToy ? commit::kP100 : commit::kToy; });
        tell([](auto& s) { s.kind = proof::Kind::rotation; });
        tell([](auto& s) { s.data ? s.data.reset() : void(s.data.emplace()); });
        if (truth.data)
            tell([](auto& s) { s.data->row += 1; });
        for (size_t t = 0; t != truth.values.size(); ++t)
            if (!truth.values[t].empty())
            {
                tell([&](auto& s) { s.values[t].front() += K::one(); });
                tell([&](auto& s) { s.values[t].back() = K::of(int64_t{1} << 29); });
            }
    }

    /// Changed model identities: their own verdict, from the bytes alone.
    void identities()
    {
        const auto bytes = proof::encode(sealed_.identity);
        for (size_t i = 0; i != 3; ++i)
        {
            const auto changed = mutated(bytes);
            const auto identity = proof::decode_identity(changed);
            const auto verdict =
                identity ? verdict_of(proof::verify(*identity, proof::Toy::accept)) : verdict_of(identity);
            add_identity("identity", vectors_.write(name_ + "-" + std::to_string(i) + ".id", changed), verdict);
        }
    }
};

/// Nothing to seal: W is empty.
model::Model weightless()
{
    model::Model model;
    model.graph.tensors = {{"x", {2, 5}, {0, 255}, 1}, {"y", {2, 3}, {0, 255}, 1}};
    model.graph.nodes = {model::MaxPool{.input = 0, .kernel = {1, 2}, .stride = {1, 2}, .pad = {0, 1}, .output = 1}};
    model.graph.output = 1;
    model.graph.encoding = {{1}, {0}};
    return model;
}

uint64_t number(const char* text)
{
    uint64_t value = 0;
    const std::string_view digits(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

} // namespace

int main(int count, char** arguments)
{
    if (count != 6)
    {
        std::fputs("usage: make_vectors OUT SEED MODELS MUTATIONS P100\n", stderr);
        return 2;
    }
    Vectors vectors(arguments[1]);
    const auto seed = number(arguments[2]), models = number(arguments[3]);
    const auto mutations = number(arguments[4]);
    const auto tiny = prover::testing::tiny();
    for (uint64_t m = 0; m != models; ++m)
        Scene(vectors, seed + m, commit::kToy,
              model::testing::random_model(seed + m, m % 3 == 2 ? model::testing::RandomOptions{} : tiny))
            .run(mutations);
    Scene(vectors, seed + models, commit::kToy, weightless()).run(mutations);
    size_t forgeries = 0;
    for (uint64_t left = number(arguments[5]), m = seed; left != 0; ++m)
    {
        const auto now = std::min(left, kMutationsOfP100Model);
        Scene scene(vectors, m, commit::kP100, model::testing::random_model(m, tiny));
        scene.run(now);
        forgeries += scene.forgeries();
        left -= now;
    }
    std::printf("seed %llu: %zu vectors\n", static_cast<unsigned long long>(seed), vectors.finish());
    return forgeries == 0 ? 0 : 1;
}
