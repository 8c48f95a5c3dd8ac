// @polkadot/keyring and @polkadot/util-crypto, which we did not write, beside `zkp key`: what one makes the other must
// read. Ends with 0 when all agreed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady, mnemonicGenerate, mnemonicToMiniSecret, mnemonicValidate } from '@polkadot/util-crypto';

await cryptoWaitReady();
const folder = mkdtempSync(join(tmpdir(), 'zkp-key-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
const zkp = (words, uri = '') =>
  JSON.parse(execFileSync(process.argv[2], ['--json', 'key', ...words], { env: { SURI: uri }, encoding: 'utf8' }));
const refused = (words) => {
  try {
    execFileSync(process.argv[2], ['key', ...words], { stdio: 'pipe' });
  } catch ({ status }) {
    return status === 1;
  }
  return false;
};

const schemes = ['sr25519', 'ed25519', 'ecdsa'];
const paths = ['', '//Alice', '//0', '//a//path of//several', '///password', '//Alice///pass word'];
const softPaths = ['/soft', '//hard/soft/1'];
const message = join(folder, 'message');
const text = new TextEncoder().encode('what both sides sign\n');
writeFileSync(message, text);

let checked = 0;
for (const scheme of schemes) {
  for (const path of [...paths, ...(scheme === 'sr25519' ? softPaths : [])]) {
    for (const phrase of [mnemonicGenerate(12), mnemonicGenerate(24)]) {
      const uri = phrase + path;
      for (const prefix of [0, 42, 1000]) {
        const theirs = new Keyring({ type: scheme, ss58Format: prefix }).addFromUri(uri);
        const ours = zkp(['inspect', '--scheme', scheme, '--suri-env', 'SURI', '--network', `${prefix}`], uri);
        assert.equal(ours.publicKey, hex(theirs.publicKey), `${scheme} ${path}`);
        assert.equal(ours.accountId, hex(theirs.addressRaw));
        assert.equal(ours.ss58Address, theirs.address);
      }
      const theirs = new Keyring({ type: scheme }).addFromUri(uri);
      const of = ['--scheme', scheme, '--message', message];
      const { signature } = zkp(['sign', '--suri-env', 'SURI', ...of], uri);
      assert.ok(theirs.verify(text, Buffer.from(signature.slice(2), 'hex'), theirs.publicKey), 'they accept ours');
      assert.ok(zkp(['verify', hex(theirs.sign(text)), theirs.address, ...of]).verified, 'we accept theirs');
      assert.ok(refused(['verify', hex(theirs.sign(text.slice(1))), theirs.address, ...of]), 'and nothing else');
      checked += 1;
    }
  }
}

for (const words of [12, 15, 18, 21, 24]) {
  const file = join(folder, `phrase${words}`);
  const made = zkp(['generate', '--words', `${words}`, '--out', file]);
  const phrase = readFileSync(file, 'utf8').trim();
  assert.equal(phrase.split(' ').length, words);
  assert.ok(mnemonicValidate(phrase), 'a phrase of ours is one of theirs');
  assert.equal(made.publicKey, hex(new Keyring({ type: 'sr25519' }).addFromUri(phrase).publicKey));
  const shown = zkp(['inspect', '--suri-file', file, '--show']);
  assert.equal(shown.secretSeed, hex(mnemonicToMiniSecret(phrase)));
}
console.log(`${checked} keys agree`);
