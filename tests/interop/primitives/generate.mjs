// Prints vectors/primitives.tsv: values encoded by polkadot.js, an implementation we did not write.
//
//     npm install --no-package-lock && node generate.mjs > ../../../vectors/primitives.tsv
//
// Each line is a name, a tab, and bytes in hexadecimal or a text. src/primitives/golden_test.cpp builds the same
// values.
import { TypeRegistry } from "@polkadot/types";
import { hexToU8a, stringToU8a, u8aConcat, u8aToHex } from "@polkadot/util";
import * as crypto from "@polkadot/util-crypto";

const registry = new TypeRegistry();
const fill = (byte, size) => new Uint8Array(size).fill(byte);
const line = (name, value) => console.log(`${name}\t${value}`);
const hex = (name, bytes) => line(name, u8aToHex(bytes).slice(2));
const scale = (name, type, value) => hex(name, registry.createType(type, value).toU8a());

line("# origin", "polkadot.js @polkadot/types 16.5.6, @polkadot/util-crypto 14.0.3; " +
  "tests/interop/primitives/generate.mjs");

// Headers and digests.
const authorities = (count) => Array.from({ length: count }, (_, i) => [fill(i + 1, 32), BigInt(i + 1)]);
const pre = (type, value) => registry.createType(type, value).toU8a();
const primary = {
  Primary: { authorityIndex: 7, slotNumber: 260000000, vrfOutput: fill(8, 32), vrfProof: fill(9, 64) },
};
const plain = { SecondaryPlain: { authorityIndex: 1, slotNumber: 2 } };
const vrf = { SecondaryVRF: { authorityIndex: 3, slotNumber: 4, vrfOutput: fill(5, 32), vrfProof: fill(6, 64) } };
hex("babe_primary", pre("RawBabePreDigest", primary));
hex("babe_secondary_plain", pre("RawBabePreDigest", plain));
hex("babe_secondary_vrf", pre("RawBabePreDigest", vrf));

const epoch = registry.createType("(u8, Vec<(AuthorityId, BabeAuthorityWeight)>, [u8; 32])",
  [1, authorities(2), fill(3, 32)]);
hex("babe_next_epoch", epoch.toU8a());
scale("babe_next_config", "(u8, u8, u64, u64, u8)", [3, 1, 1, 4, 2]);
scale("babe_disabled", "(u8, u32)", [2, 5]);
scale("babe_configuration", "BabeGenesisConfiguration", {
  slotDuration: 3000, epochLength: 1200, c: [1, 4], genesisAuthorities: authorities(2), randomness: fill(9, 32),
  allowedSlots: "PrimaryAndSecondaryVRFSlots",
});

const raw = (bytes) => u8aToHex(bytes); // as an array, polkadot.js would take it for a list that is already encoded
const digest = [
  { PreRuntime: ["BABE", raw(pre("RawBabePreDigest", primary))] },
  { Consensus: ["BABE", raw(epoch.toU8a())] },
  { RuntimeEnvironmentUpdated: null },
  { Other: "0x0102" },
  { Consensus: ["PoIS", raw(fill(2, 32))] },
  { Seal: ["BABE", raw(fill(4, 64))] },
];
const header = (logs, number) => registry.createType("Header", {
  parentHash: fill(1, 32), number, stateRoot: fill(2, 32), extrinsicsRoot: fill(3, 32), digest: { logs },
});
for (const [name, logs, number] of [["header_empty", [], 0], ["header_full", digest, 1234567]]) {
  hex(name, header(logs, number).toU8a());
  hex(`${name}_hash`, header(logs, number).hash);
}
hex("block", u8aConcat(header(digest, 2).toU8a(),
  registry.createType("Vec<Bytes>", [raw(fill(4, 10)), raw(fill(5, 300))]).toU8a()));

// GRANDPA.
const precommit = (i) => ({
  precommit: { targetHash: fill(7, 32), targetNumber: 99 }, signature: fill(i, 64), id: fill(i + 100, 32),
});
scale("grandpa_justification", "GrandpaJustification", {
  round: 12, commit: { targetHash: fill(7, 32), targetNumber: 99, precommits: [1, 2, 3].map(precommit) },
  votesAncestries: [header([], 100)],
});
scale("grandpa_scheduled_change", "(u8, AuthorityList, BlockNumber)", [1, authorities(3), 0]);
scale("grandpa_forced_change", "(u8, u32, AuthorityList, BlockNumber)", [2, 55, authorities(1), 6]);
// The layout that finality-grandpa signs: (message, round, set id).
scale("grandpa_signed_precommit", "(u8, H256, u32, u64, u64)", [1, fill(7, 32), 99, 12, 3]);

// Extrinsics.
const nonce = 70, tip = 5_000_000_000_000_000_000n;
const era = registry.createType("ExtrinsicEra", { current: 1400, period: 64 });
hex("era", era.toU8a());
for (const [current, period] of [[1400, 64], [0, 4], [70000, 65536], [123456789, 5], [4097, 8192], [31, 100000]]) {
  // Decoded once more: polkadot.js rounds the phase only when it encodes.
  const encoded = registry.createType("ExtrinsicEra", { current, period: Math.min(period, 65536) }).toU8a();
  const mortal = registry.createType("ExtrinsicEra", encoded).asMortalEra;
  const bytes = u8aToHex(mortal.toU8a()).slice(2);
  line(`era_${current}_${period}`, [bytes, mortal.birth(current), mortal.death(current)].join(" "));
}
const call = fill(0x0a, 40);
const body = registry.createType("(MultiAddress, MultiSignature, ExtrinsicEra, Compact<Index>, Compact<Balance>, u8)", [
  { Id: fill(1, 32) }, { Sr25519: fill(2, 64) }, era, nonce, tip, 0,
]);
const frame = (bytes) => registry.createType("Bytes", raw(bytes)).toU8a();
hex("extrinsic_signed", frame(u8aConcat([0x84], body.toU8a(), call)));
hex("extrinsic_bare", frame(u8aConcat([0x04], call)));
for (const [name, value] of [["ecdsa", { Ecdsa: fill(3, 65) }], ["ed25519", { Ed25519: fill(4, 64) }]])
  scale(`signature_${name}`, "MultiSignature", value);
for (const [name, value] of Object.entries({
  index: { Index: 300 }, raw: { Raw: "0x010203" },
  address32: { Address32: fill(5, 32) }, address20: { Address20: fill(6, 20) },
}))
  scale(`address_${name}`, "MultiAddress", value);
for (const [name, bytes] of [["short", fill(0x0a, 40)], ["long", fill(0x0a, 400)]]) {
  const payload = u8aConcat(bytes, registry.createType(
    "(ExtrinsicEra, Compact<Index>, Compact<Balance>, u8, u32, u32, H256, H256, Option<H256>)",
    [era, nonce, tip, 0, 100, 1, fill(7, 32), fill(8, 32), null]).toU8a());
  hex(`payload_${name}`, payload.length > 256 ? crypto.blake2AsU8a(payload) : payload);
}

scale("runtime_version", "RuntimeVersion", {
  specName: "zkp", implName: "zkp-node", authoringVersion: 1, specVersion: 100, implVersion: 2,
  apis: [[crypto.blake2AsU8a("Core", 64), 5], [crypto.blake2AsU8a("BabeApi", 64), 2]],
  transactionVersion: 3, stateVersion: 1,
});
scale("validity_valid", "TransactionValidity", {
  Ok: { priority: 9, requires: ["0x0102"], provides: ["0x03", "0x"], longevity: 64, propagate: true },
});
scale("validity_stale", "TransactionValidity", { Err: { Invalid: "Stale" } });
scale("validity_custom", "TransactionValidity", { Err: { Invalid: { Custom: 171 } } });
scale("validity_unknown", "TransactionValidity", { Err: { Unknown: "NoUnsignedValidator" } });

// Storage keys.
const key = fill(0x2a, 32);
hex("key_prefix", u8aConcat(crypto.xxhashAsU8a("System", 128), crypto.xxhashAsU8a("Account", 128)));
hex("key_blake2_128", crypto.blake2AsU8a(key, 128));
hex("key_blake2_256", crypto.blake2AsU8a(key, 256));
hex("key_blake2_128_concat", u8aConcat(crypto.blake2AsU8a(key, 128), key));
hex("key_twox_128", crypto.xxhashAsU8a(key, 128));
hex("key_twox_256", crypto.xxhashAsU8a(key, 256));
hex("key_twox_64_concat", u8aConcat(crypto.xxhashAsU8a(key, 64), key));

// Accounts.
const alice = hexToU8a("0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
for (const prefix of [0, 2, 42, 63, 64, 255, 1284, 16383]) line(`ss58_${prefix}`, crypto.encodeAddress(alice, prefix));
const ecdsa = hexToU8a("0x0389411795514af1627765eceffcbd002719f031604fadd7d188e2dc585b4e1afb");
line("ss58_ecdsa", crypto.encodeAddress(ecdsa, 42));
hex("account_ecdsa", crypto.blake2AsU8a(ecdsa));

// Hashes, of a text and of 1,000 bytes.
for (const [name, bytes] of [["text", stringToU8a("zero knowledge")], ["bytes", fill(7, 1000)]]) {
  for (const bits of [64, 128, 256, 512]) hex(`blake2_${bits}_${name}`, crypto.blake2AsU8a(bytes, bits));
  for (const bits of [64, 128, 256]) hex(`twox_${bits}_${name}`, crypto.xxhashAsU8a(bytes, bits));
  hex(`keccak_256_${name}`, crypto.keccakAsU8a(bytes, 256));
  hex(`keccak_512_${name}`, crypto.keccakAsU8a(bytes, 512));
  hex(`sha2_256_${name}`, crypto.sha256AsU8a(bytes));
}
