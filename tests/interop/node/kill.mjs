// Kills `zkp dev` under a load of transfers by JSON-RPC, at random moments, and starts it again on the same folder.
//
//   node kill.mjs PROGRAM NODE_AUTHOR      $ZKP_KILLS kills, 3 without it; moments are drawn from $ZKP_SEED
//
// What was final stays final, the states of the finalised and the best block, built anew, give their roots
// (NODE_AUTHOR, src/node/testing/author.cpp, checks that between the runs), and the chain goes on. At the end an
// interrupt, under load, ends the node in time with exit code 0.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { within } from './dev_chain.mjs';

const [program, checker] = process.argv.slice(2);
const kills = Number(process.env.ZKP_KILLS ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'zkp-kill-'));
const kFullMs = 120_000, kInterruptMs = 5_000;

let state = Number(process.env.ZKP_SEED ?? 1) >>> 0;
/** Numbers below `bound`, the same for one seed. */
function random(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}

async function start() {
  const child = spawn(
    program,
    ['dev', '--base-path', folder, '--rpc-port', '0', '--listen-addr', '/ip4/127.0.0.1/tcp/0'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const final = new Map();
  const node = { child, ended, final };
  const rpc = new Promise((resolve, reject) => {
    ended.then(({ code }) => reject(new Error(`the node ended with exit code ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = line.match(/^JSON-RPC on (ws:\S+)/);
      if (found) resolve(found[1]);
      const block = line.match(/^final: (\d+) (0x[0-9a-f]+)/);
      if (block) final.set(Number(block[1]), block[2]);
    });
  });
  rpc.catch(() => {});
  node.api = await ApiPromise.create({ provider: new WsProvider(await within(kFullMs, 'the start', rpc), 100) });
  return node;
}

/** Sends transfers, faster than blocks take them, until told to stop. */
function load(api, from, to) {
  let going = true, sent = 0;
  const done = (async () => {
    let nonce = (await api.rpc.system.accountNextIndex(from.address)).toNumber();
    while (going) {
      const batch = Array.from({ length: 20 }, () =>
        api.tx.balances.transferKeepAlive(to, 1000).signAsync(from, { nonce: nonce++ }).then((each) => each.send()));
      await Promise.all(batch);
      sent += batch.length;
    }
  })().catch((error) => {
    if (going) throw error;
  });
  done.catch(() => {});
  return { sent: () => sent, stop: () => { going = false; }, done };
}

/** What was final is: the same hashes, below a finalised block that did not go back. */
async function check(api, known) {
  const head = await api.rpc.chain.getFinalizedHead();
  const number = (await api.rpc.chain.getHeader(head)).number.toNumber();
  const newest = Math.max(0, ...known.keys());
  assert(number >= newest, `block ${newest} was final, now block ${number} is`);
  for (const [each, hash] of known) assert.equal((await api.rpc.chain.getBlockHash(each)).toHex(), hash);
  for (let at = number; at > 0; --at) {
    const { block } = await api.rpc.chain.getBlock(await api.rpc.chain.getBlockHash(at));
    assert.equal(block.header.parentHash.toHex(), (await api.rpc.chain.getBlockHash(at - 1)).toHex());
    assert(block.extrinsics.length > 0);
  }
  return number;
}

/** Opens the folder that no node has, and checks links, the newest proof and the states' roots. */
function checkFolder(known) {
  const newest = Math.max(0, ...known.keys());
  const said = execFileSync(checker, [folder, String(newest), known.get(newest)?.slice(2) ?? '-', 'check']);
  assert.match(said.toString(), /^checked \d+ /);
}

async function ends(node, traffic) {
  traffic.stop();
  const how = await node.ended;
  await node.api.disconnect();
  return how;
}

let current;
try {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: 'sr25519' });
  const alice = keyring.addFromUri('//Alice'), bob = keyring.addFromUri('//Bob');
  const known = new Map();
  const remember = (node) => node.final.forEach((hash, number) => known.set(number, hash));
  for (let i = 0; i <= kills; ++i) {
    current = await start();
    const began = await check(current.api, known);
    const traffic = load(current.api, alice, bob.address);
    const beyond = began + 2;
    await within(kFullMs, `block ${beyond} to be final`, (async () => {
      while (Math.max(0, ...current.final.keys()) < beyond) await new Promise((go) => setTimeout(go, 20));
    })());
    await new Promise((go) => setTimeout(go, random(1000)));
    assert(traffic.sent() > 0);
    const last = i === kills;
    current.child.kill(last ? 'SIGINT' : 'SIGKILL');
    const how = await (last ? within(kInterruptMs, 'the end by an interrupt', ends(current, traffic))
                            : ends(current, traffic));
    assert.deepEqual(how, last ? { code: 0, signal: null } : { code: null, signal: 'SIGKILL' });
    remember(current);
    checkFolder(known);
  }
  current = await start();
  const before = await check(current.api, known);
  await within(kFullMs, 'the next final block', (async () => {
    while (Math.max(0, ...current.final.keys()) <= before) await new Promise((go) => setTimeout(go, 20));
  })());
  current.child.kill('SIGINT');
  assert.deepEqual(await within(kInterruptMs, 'the end by an interrupt', current.ended), { code: 0, signal: null });
  await current.api.disconnect();
  console.log(`${kills} kills and an interrupt: ${known.size} final blocks seen, none lost, block ${before} was the last`);
} finally {
  current?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}
