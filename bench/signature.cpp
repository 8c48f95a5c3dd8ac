// Verification: one signature, batches, the VRF, key recovery; signing beside them. Messages of 100 bytes.
#include "signature/batch.hpp"
#include "signature/derive.hpp"
#include "signature/vrf.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

namespace {

using namespace signature;

class NoEntropy : public crypto::Entropy
{
public:
    void fill(std::span<uint8_t> out, std::string_view) override { std::ranges::fill(out, uint8_t{0}); }
};

const base::Bytes message(100, 7);

struct Signed
{
    Bytes32 public_key;
    Bytes64 signature;
};

Signed sign(Scheme scheme, size_t number)
{
    NoEntropy entropy;
    const Seed seed(Bytes32{uint8_t(number), uint8_t(number >> 8), 1});
    if (scheme == Scheme::ed25519)
    {
        const auto pair = ed25519::Keypair::from_seed(seed);
        return {pair.public_key(), ed25519::sign(pair, message)};
    }
    const auto pair = sr25519::Keypair::from_seed(seed);
    return {pair.public_key(), sr25519::sign(pair, message, entropy)};
}

void verify_one(benchmark::State& state, Scheme scheme)
{
    const auto [key, made] = sign(scheme, 1);
    for (auto _ : state)
        benchmark::DoNotOptimize(scheme == Scheme::ed25519 ? ed25519::verify(message, made, key)
                                                           : sr25519::verify(message, made, key));
}

/// Time for each item of a batch.
void verify_many(benchmark::State& state, Scheme scheme)
{
    const auto count = size_t(state.range(0));
    std::vector<Signed> all;
    std::vector<Item> items;
    for (size_t i = 0; i != count; ++i)
        all.push_back(sign(scheme, i));
    for (const auto& [key, made] : all)
        items.push_back({scheme, key, made, message});
    for (auto _ : state)
        benchmark::DoNotOptimize(verify_batch(items));
    state.counters["item"] =
        benchmark::Counter(double(count), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

struct Babe
{
    NoEntropy entropy;
    sr25519::Keypair pair = sr25519::Keypair::from_seed(Seed(Bytes32{1}));
    Transcript input = sr25519::babe_transcript(Bytes32{}, 7, 0);
    sr25519::VrfInOut value = sr25519::vrf_evaluate(pair, input);
    sr25519::VrfSignature proof = sr25519::vrf_prove(pair, value, entropy);
};

void vrf_verify(benchmark::State& state)
{
    const Babe babe;
    for (auto _ : state)
        benchmark::DoNotOptimize(sr25519::vrf_verify(babe.pair.public_key(), babe.input, babe.proof));
}

void vrf_evaluate(benchmark::State& state)
{
    const Babe babe;
    for (auto _ : state)
        benchmark::DoNotOptimize(sr25519::vrf_evaluate(babe.pair, babe.input));
}

void vrf_prove(benchmark::State& state)
{
    Babe babe;
    for (auto _ : state)
        benchmark::DoNotOptimize(sr25519::vrf_prove(babe.pair, babe.value, babe.entropy));
}

void sr25519_sign(benchmark::State& state)
{
    Babe babe;
    for (auto _ : state)
        benchmark::DoNotOptimize(sr25519::sign(babe.pair, message, babe.entropy));
}

void recover(benchmark::State& state)
{
    const auto pair = *ecdsa::Keypair::from_seed(Seed(Bytes32{1}));
    const auto made = ecdsa::sign_prehashed(pair, Bytes32{2});
    for (auto _ : state)
        benchmark::DoNotOptimize(ecdsa::recover(made, Bytes32{2}));
}

BENCHMARK_CAPTURE(verify_one, sr25519, Scheme::sr25519)->Name("signature/verify_sr25519");
BENCHMARK_CAPTURE(verify_one, ed25519, Scheme::ed25519)->Name("signature/verify_ed25519");
BENCHMARK_CAPTURE(verify_many, sr25519, Scheme::sr25519)->Name("signature/batch_sr25519")->Arg(64)->Arg(256);
BENCHMARK_CAPTURE(verify_many, ed25519, Scheme::ed25519)->Name("signature/batch_ed25519")->Arg(64)->Arg(256);
BENCHMARK(vrf_verify)->Name("signature/vrf_verify");
BENCHMARK(vrf_evaluate)->Name("signature/vrf_evaluate");
BENCHMARK(vrf_prove)->Name("signature/vrf_prove");
BENCHMARK(sr25519_sign)->Name("signature/sign_sr25519");
BENCHMARK(recover)->Name("signature/recover_ecdsa");

} // namespace
