// Writes vectors/signature.json: what @polkadot/util-crypto, schnorrkel (as the Wasm of @polkadot/wasm-crypto) and
// @noble/curves say of keys, signatures and VRF outputs, and what our own signer made, after they have verified it.
//
//   npm ci && node generate.mjs PATH/TO/signature_made > ../../../vectors/signature.json
import { execFileSync } from 'node:child_process';
import assert from 'node:assert';
import { ed25519 } from '@noble/curves/ed25519';
import * as schnorrkel from '@polkadot/wasm-crypto';
import {
  cryptoWaitReady, ed25519PairFromSeed, ed25519Sign, ed25519Verify, keyExtractSuri, keyFromPath, mnemonicToMiniSecret,
  secp256k1PairFromSeed, secp256k1Recover, secp256k1Sign, sr25519DerivePublic, sr25519PairFromSeed,
  sr25519Sign, sr25519Verify, sr25519VrfSign, sr25519VrfVerify,
} from '@polkadot/util-crypto';

await cryptoWaitReady();
await schnorrkel.waitReady();
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const unhex = (text) => new Uint8Array(Buffer.from(text, 'hex'));
const text = (string) => new Uint8Array(Buffer.from(string));
const pattern = (size, step) => new Uint8Array(size).map((_, i) => i * step + size);

const development = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';
const names = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'];
const hardPaths = [...names.flatMap((name) => [`//${name}`, `//${name}//stash`]), '', '//0', '//18446744073709551615',
  '//007', '//seat//12', '//a name of more than thirty-two bytes in all', '//Alice///password', '///password', '//é',
  `0x${'07'.repeat(32)}`, `0x${'aB'.repeat(32)}//Alice`,
  'legal winner thank year wave sausage worth useful legal winner thank yellow//Alice',
  'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner ' +
    'thank year wave sausage worth title///TREZOR',
  'letter advice cage absurd amount doctor acoustic avoid letter advice cage above',
  `${'zoo '.repeat(17)}when`];
const softPaths = ['//Alice/soft', '/Alice', '//Alice/0/1//2/three', '/a soft name of more than thirty-two bytes',
  '///only a password'];

const pairFromSeed = { sr25519: sr25519PairFromSeed, ed25519: ed25519PairFromSeed, ecdsa: secp256k1PairFromSeed };
function pair(uri, type) {
  const { password, path, phrase } = keyExtractSuri(/^(0x|[a-z])/.test(uri) ? uri : development + uri);
  const seed = phrase.startsWith('0x') ? unhex(phrase.slice(2)) : mnemonicToMiniSecret(phrase, password);
  return keyFromPath(pairFromSeed[type](seed), path, type);
}

const keys = Object.keys(pairFromSeed).flatMap((scheme) =>
  (scheme === 'sr25519' ? [...hardPaths, ...softPaths] : hardPaths)
    .map((uri) => ({ scheme, uri, public_key: hex(pair(uri, scheme).publicKey) })));

// Soft steps from the public key alone.
const soft = ['soft', '7', 'a soft name of more than thirty-two bytes'].map((name) => {
  const [{ chainCode }] = keyExtractSuri(`${development}/${name}`).path;
  const parent = pair('//Alice', 'sr25519').publicKey;
  const child = schnorrkel.sr25519DerivePublicSoft(parent, chainCode);
  assert.equal(hex(child), hex(sr25519DerivePublic(parent, chainCode)));
  return { name, parent: hex(parent), child: hex(child) };
});

const messages = [0, 1, 32, 100, 165, 166, 167, 333, 1000].map((size) => pattern(size, 7));
const signatures = messages.flatMap((message) => {
  const sr = pair('//Alice', 'sr25519'), ed = pair('//Bob', 'ed25519'), ec = pair('//Charlie', 'ecdsa');
  const of = (scheme, { publicKey }, signature) =>
    ({ scheme, message: hex(message), public_key: hex(publicKey), signature: hex(signature) });
  return [
    of('sr25519', sr, sr25519Sign(message, sr)),
    of('sr25519', sr, schnorrkel.sr25519Sign(sr.publicKey, sr.secretKey, message)),
    of('ed25519', ed, ed25519Sign(message, ed)),
    of('ecdsa', ec, secp256k1Sign(message, ec, 'blake2')),
    of('ecdsa-keccak', ec, secp256k1Sign(message, ec, 'keccak')),
  ];
});

const vrf = messages.slice(0, 5).flatMap((message, i) => {
  const key = pair('//Dave', 'sr25519'), context = text('context'.repeat(i)), extra = text('extra'.repeat(i % 3));
  const made = [sr25519VrfSign(message, key, context, extra), schnorrkel.vrfSign(key.secretKey, context, message, extra)];
  assert.equal(hex(made[0].slice(0, 32)), hex(made[1].slice(0, 32)));
  return made.map((signed) => ({
    context: hex(context), extra: hex(extra), message: hex(message), public_key: hex(key.publicKey),
    output: hex(signed.slice(0, 32)), proof: hex(signed.slice(32)),
  }));
});

// ZIP 215: every pair of encodings, canonical or not, of points of small order, with s = 0.
const eighth = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
const other = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
const ys = [`01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`, '00'.repeat(32), eighth, other,
  `ed${'ff'.repeat(30)}7f`, `ee${'ff'.repeat(30)}7f`];
const small_order = ys.flatMap((y) => [y, hex(unhex(y).map((byte, i) => (i === 31 ? byte | 0x80 : byte)))]);
assert.equal(new Set(small_order).size, 14);
for (const a of small_order)
  for (const r of small_order)
    assert(ed25519.verify(unhex(r + '00'.repeat(32)), text('Zcash'), unhex(a), { zip215: true }));

// "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko 2020), github.com/novifinancial/ed25519-speccheck.
const small = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa';
const mixed = 'f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43';
const cdb2 = 'cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d';
const four = '442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623';
const speccheck = [
  ['8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6', small, eighth, '00'.repeat(32)],
  ['9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79', small, mixed,
    'a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04'],
  ['aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab', mixed, small,
    '8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e'],
  ['9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79', cdb2,
    '9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f',
    '87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009'],
  ['e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c', cdb2,
    '160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512',
    '5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09'],
  ['e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c', cdb2,
    '21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7',
    'e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405'],
  ['85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40', four,
    'e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e',
    '547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514'],
  ['85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40', four,
    '8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942',
    '7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22'],
  ['fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a', mixed, `ed${'ff'.repeat(30)}7f`,
    '454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607'],
  ['84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1', mixed, `ed${'ff'.repeat(30)}7f`,
    '084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09'],
].map(([message, public_key, r, s], i) => {
  // ZIP 215 hashes R as received; @noble/curves re-encodes it first, which tells on the last two (R = p) alone.
  const valid = i < 6 || i === 9;
  if (i < 8) assert.equal(ed25519.verify(unhex(r + s), unhex(message), unhex(public_key), { zip215: true }), valid);
  return { message, public_key, signature: r + s, valid };
});

// Ours, judged by theirs.
const made = JSON.parse(execFileSync(process.argv[2], { encoding: 'utf8' }));
for (const { scheme, message, public_key, signature } of made.signatures) {
  const [m, k, s] = [message, public_key, signature].map(unhex);
  if (scheme === 'sr25519') assert(sr25519Verify(m, s, k) && schnorrkel.sr25519Verify(s, m, k));
  else if (scheme === 'ed25519') assert(ed25519Verify(m, s, k) && schnorrkel.ed25519Verify(s, m, k));
  else {
    const hash = scheme === 'ecdsa' ? schnorrkel.blake2b(m, new Uint8Array(), 32) : schnorrkel.keccak256(m);
    assert.equal(hex(schnorrkel.secp256k1Recover(hash, s.slice(0, 64), s[64])), public_key);
    assert.equal(hex(secp256k1Recover(hash, s, s[64])), public_key);
  }
}
for (const { context, extra, message, public_key, output, proof } of made.vrf) {
  const [c, e, m, k, v] = [context, extra, message, public_key, output + proof].map(unhex);
  assert(sr25519VrfVerify(m, v, k, c, e) && schnorrkel.vrfVerify(k, c, m, e, v));
}

const origin = 'tests/interop/signature/generate.mjs: @polkadot/util-crypto 14.0.3, @polkadot/wasm-crypto 7.5.4, ' +
  '@noble/curves 1.9.7; "made" by src/signature and verified by them';
console.log(JSON.stringify({ origin, keys, soft, signatures, vrf, small_order, speccheck, made }, null, 1));
