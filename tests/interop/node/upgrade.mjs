// A forkless upgrade under transaction load: polkadot.js brings the code, by sudo and as an authorised upgrade; it and
// smoldot follow the new runtime without being told; code that fails the node's check is refused with its reason.
// usage: node upgrade.mjs PROGRAM NEXT_RUNTIME [SLOT_MS [TRANSFERS_PER_SECOND]]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { blake2AsHex, cryptoWaitReady } from '@polkadot/util-crypto';
import { start } from 'smoldot';
import { startDevChain, within } from './dev_chain.mjs';

const [program, nextFile, slotMs = '1000', rate = '20'] = process.argv.slice(2);
const kPatience = 90_000;
const kRate = Number(rate);
const kRoundMs = 100;
/** Blocks after the upgrade by which the slots without a block are counted, and as many before it. */
const kWindow = 6;
/** Slots more than before that may pass without a block around the upgrade: none at 3 s, one at 1 s. */
const kMissedMax = Number(slotMs) >= 3000 ? 0 : 1;

await cryptoWaitReady();
const next = readFileSync(nextFile);
const keyring = new Keyring({ type: 'sr25519' });
const [alice, bob, charlie] = ['//Alice', '//Bob', '//Charlie'].map((uri) => keyring.addFromUri(uri));

/**
 * Signs, sends and waits until the transaction is in a block; resolves to its block and events. polkadot.js reads the
 * events before it tells of a block and forgets that as soon as the next word comes: of a block that is final at once,
 * as with one authority, it may tell only the latter.
 */
const send = (api, call, signer) => within(kPatience, `in a block: ${call.method.section}.${call.method.method}`,
  new Promise((resolve, reject) => {
    call.signAndSend(signer, { nonce: -1 }, ({ status, events, dispatchError }) => {
      if (status.isInBlock || status.isFinalized) resolve({ events, dispatchError, block: status.value });
      if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(status.type));
    }).catch(reject);
  }));
const event = (events, section, method) => events.find(({ event }) => event.section === section && event.method === method)?.event;

/** The slot in a header's BABE claim. */
function slotOf(header) {
  const claim = header.digest.logs.find((log) => log.isPreRuntime && log.asPreRuntime[0].toString() === 'BABE');
  return Buffer.from(claim.asPreRuntime[1].toU8a(true)).readUInt32LE(5);
}

/**
 * Transfers of Bob's, about kRate a second, until stopped; resolves to how many were taken in how many seconds. Each
 * round asks for the next nonce: those signed for the runtime before leave the pool, and their nonces are free again.
 */
function load(api) {
  let going = true, taken = 0;
  const begun = Date.now();
  const transfer = (nonce) => api.tx.balances.transferKeepAlive(charlie.address, 1).signAndSend(bob, { nonce, era: 0 })
    .then(() => ++taken, () => {}); // signed for the runtime before, or in a block meanwhile
  const done = (async () => {
    while (going) {
      const pause = new Promise((resolve) => setTimeout(resolve, kRoundMs));
      const nonce = (await api.rpc.system.accountNextIndex(bob.address)).toNumber();
      await Promise.all(Array.from({ length: Math.ceil(kRate * kRoundMs / 1000) }, (_, i) => transfer(nonce + i)));
      await pause;
    }
    return { taken, seconds: (Date.now() - begun) / 1000 };
  })();
  return { stop() { going = false; return done; } };
}

/** Follows with smoldot; `upgraded` resolves when it sees a block whose runtime is of that version. */
async function light(node, version) {
  const client = start({ maxLogLevel: 1, logCallback: (level, target, message) => console.log(`smoldot ${target}: ${message}`) });
  const chain = await client.addChain({ chainSpec: node.spec('ws') });
  const call = (method, params) => chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  call('chainHead_v1_follow', [true]);
  const upgraded = (async () => {
    for (;;) {
      const { subscription, result: event } = JSON.parse(await chain.nextJsonRpcResponse()).params ?? {};
      const spec = (event?.newRuntime ?? event?.finalizedBlockRuntime)?.spec;
      if (spec?.specVersion === version) return spec;
      if (event?.event === 'finalized')
        call('chainHead_v1_unpin', [subscription, [...event.finalizedBlockHashes, ...event.prunedBlockHashes]]);
      if (event?.event === 'stop') call('chainHead_v1_follow', [true]); // after it has synced by warp
    }
  })();
  return { upgraded, stop: () => client.terminate() };
}

const hexOf = (bytes) => '0x' + Buffer.from(bytes).toString('hex');

/** Half of a packed runtime is refused before it costs anybody a fee; sudo's event names why not the one that runs. */
async function refuses(api) {
  const set = (code) => api.tx.sudo.sudo(api.tx.system.setCode(hexOf(code)));
  const damaged = Uint8Array.from(next).subarray(0, next.length / 2);
  await assert.rejects(send(api, set(damaged), alice), /1002: .*code that it brings is refused: .*damaged/);
  const running = await api.rpc.state.getStorage(':code').then((code) => code.toU8a(true));
  const { events } = await send(api, set(running), alice);
  const result = event(events, 'sudo', 'Sudid').data[0];
  assert.ok(result.isErr);
  assert.equal(api.registry.findMetaError(result.asErr.asModule).name, 'SpecVersionNeedsToIncrease');
  assert.equal(api.runtimeVersion.specVersion.toNumber(), 100);
}

/** Slots that passed without a block between two blocks of the best chain. */
async function countMissed(api, first, last) {
  const [begin, end] = await Promise.all([first, last].map(async (number) =>
    slotOf(await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(number)))));
  return end - begin - (last - first);
}

async function upgrade(how, bring) {
  const node = await startDevChain(program, { babe: { slotDuration: Number(slotMs), epochLength: 20 } });
  const api = await within(kPatience, 'connect', ApiPromise.create({ provider: new WsProvider(node.rpc), noInitWarn: true }));
  const follower = await light(node, 101);
  const chainId = (await api.query.evmChainId.chainId()).toNumber();
  const traffic = load(api);
  await refuses(api);
  assert.equal(api.tx.upgraded, undefined);

  const block = await bring(api);
  const header = await api.rpc.chain.getHeader(block);
  assert.ok(header.digest.logs.some((log) => log.isRuntimeEnvironmentUpdated), 'RuntimeEnvironmentUpdated is announced');
  await within(kPatience, 'polkadot.js sees the new runtime', new Promise((resolve) => {
    const look = () => (api.tx.upgraded ? resolve() : setTimeout(look, 20));
    look();
  }));
  assert.equal(api.runtimeVersion.specVersion.toNumber(), 101);
  const spec = await within(kPatience, 'smoldot sees the new runtime', follower.upgraded);
  assert.equal(spec.specName, 'zkp');

  const { events } = await send(api, api.tx.upgraded.greet(3), charlie);
  assert.equal(event(events, 'upgraded', 'Greeted').data[1].toNumber(), 3);
  const identity = (await api.query.upgraded.chainIdentity()).unwrap();
  assert.deepEqual([identity.chainId.toNumber(), identity.since.toNumber()], [chainId, 101]);
  const upgraded = header.number.toNumber(), target = upgraded + kWindow;
  await within(kPatience, 'blocks after the upgrade', new Promise((resolve) =>
    api.rpc.chain.subscribeNewHeads((head) => head.number.toNumber() >= target && resolve())));
  const missed = await countMissed(api, upgraded - 1, target);
  const before = await countMissed(api, Math.max(1, upgraded - 2 - kWindow), upgraded - 1); // on a busy machine
  const { taken, seconds } = await traffic.stop();
  console.log(`${how}: ${missed} slots of ${slotMs} ms missed, before it ${before}, ${(taken / seconds).toFixed(0)} transfers a second`);
  assert.ok(missed <= kMissedMax + before, `${missed} slots missed, as many blocks before it ${before}`);
  await follower.stop();
  await api.disconnect();
  assert.equal(await node.stop(), 0);
}

const hex = hexOf(next);
await upgrade('sudo.setCode', async (api) => {
  const { events, block } = await send(api, api.tx.sudo.sudo(api.tx.system.setCode(hex)), alice);
  assert.ok(event(events, 'sudo', 'Sudid').data[0].isOk);
  return block;
});
await upgrade('authorised', async (api) => {
  await send(api, api.tx.sudo.sudo(api.tx.system.authorizeUpgrade(blake2AsHex(next))), alice);
  const { events, block } = await send(api, api.tx.system.applyAuthorizedUpgrade(hex), charlie);
  assert.ok(event(events, 'system', 'CodeUpdated'));
  return block;
});
console.log('upgrade: passed');
process.exit(0);
