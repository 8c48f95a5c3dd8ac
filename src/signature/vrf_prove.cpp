#include "base/invariant.hpp"
#include "signature/ristretto.hpp"
#include "signature/vrf_detail.hpp"

#include <algorithm>
#include <sodium.h>

namespace signature::sr25519 {

VrfInOut vrf_evaluate(const Keypair& pair, Transcript input)
{
    VrfInOut value{.input = encode_ristretto(vrf_input(pair.public_key(), std::move(input))), .output = {}};
    const auto key = pair.scalar().expose();
    base::invariant(crypto_scalarmult_ristretto255(value.output.data(), key.data(), value.input.data()) == 0);
    return value;
}

VrfSignature vrf_prove(const Keypair& pair, const VrfInOut& value, crypto::Entropy& entropy, Transcript extra)
{
    Secret<32> random, nonce, product;
    Secret<64> wide;
    extra.append("proto-name", "DLEQProof").append("vrf:h", value.input);
    entropy.fill(random.expose(), "sr25519 VRF nonce");
    extra.witness({"proving\0"
                   "0",
                   9},
                  pair.nonce().expose(), random.expose(), wide.expose());
    crypto_core_ristretto255_scalar_reduce(nonce.expose().data(), wide.expose().data());

    const auto r = nonce.expose();
    Bytes32 of_base, of_input;
    base::invariant(crypto_scalarmult_ristretto255_base(of_base.data(), r.data()) == 0);
    base::invariant(crypto_scalarmult_ristretto255(of_input.data(), r.data(), value.input.data()) == 0);
    extra.append("vrf:R=g^r", of_base).append("vrf:h^r", of_input);

    VrfSignature signature{.output = value.output, .proof = {}};
    const Bytes32 c = vrf_challenge(extra, pair.public_key(), value.output).bytes();
    std::ranges::copy(c, signature.proof.begin());
    crypto_core_ristretto255_scalar_mul(product.expose().data(), c.data(), pair.scalar().expose().data());
    crypto_core_ristretto255_scalar_sub(signature.proof.data() + 32, r.data(), product.expose().data());
    return signature;
}

} // namespace signature::sr25519
