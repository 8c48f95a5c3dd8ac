// A forkless upgrade under transaction load: polkadot.js brings the code, by sudo and as an authorised upgrade; it and
// smoldot follow the new runtime without being told; code that fails the node's check is refused with its reason.
// usage: node upgrade.mjs PROGRAM NEXT_RUNTIME [SLOT_MS]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { blake2AsHex, cryptoWaitReady } from '@polkadot/util-crypto';
import { start } from 'smoldot';
import { startDevChain, within } from './dev_chain.mjs';

const [program, nextFile, slotMs = '1000'] = process.argv.slice(2);
const kPatience = 90_000;
const kLoadEveryMs = 50;
/** Slots that may pass without a block around the upgrade: none at 3 s, one at 1 s. */
const kMissedMax = Number(slotMs) >= 3000 ? 0 : 1;

await cryptoWaitReady();
const next = readFileSync(nextFile);
const keyring = new Keyring({ type: 'sr25519' });
const [alice, bob, charlie] = ['//Alice', '//Bob', '//Charlie'].map((uri) => keyring.addFromUri(uri));

/** Signs, sends and waits until the transaction is in a block; resolves to its block and events. */
const send = (api, call, signer) => within(kPatience, `in a block: ${call.method.section}.${call.method.method}`,
  new Promise((resolve, reject) => {
    call.signAndSend(signer, { nonce: -1 }, ({ status, events, dispatchError }) => {
      if (status.isInBlock) resolve({ events, dispatchError, block: status.asInBlock });
      if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(status.type));
    }).catch(reject);
  }));
const event = (events, section, method) => events.find(({ event }) => event.section === section && event.method === method)?.event;

/** The slot in a header's BABE claim. */
function slotOf(header) {
  const claim = header.digest.logs.find((log) => log.isPreRuntime && log.asPreRuntime[0].toString() === 'BABE');
  return Buffer.from(claim.asPreRuntime[1].toU8a(true)).readUInt32LE(5);
}

/** Transfers of Bob's, one after another, until stopped; resolves to how many were taken. */
function load(api) {
  let going = true, taken = 0;
  const done = (async () => {
    let nonce = (await api.rpc.system.accountNextIndex(bob.address)).toNumber();
    while (going) {
      try {
        await api.tx.balances.transferKeepAlive(charlie.address, 1).signAndSend(bob, { nonce, era: 0 });
        ++taken, ++nonce;
      } catch { // signed for the runtime before: the next one is signed for the new
        nonce = (await api.rpc.system.accountNextIndex(bob.address)).toNumber();
      }
      await new Promise((resolve) => setTimeout(resolve, kLoadEveryMs));
    }
    return taken;
  })();
  return { stop() { going = false; return done; } };
}

/** Follows with smoldot; `upgraded` resolves when it sees a block whose runtime is of that version. */
async function light(node, version) {
  const client = start({ maxLogLevel: 1, logCallback: (level, target, message) => console.log(`smoldot ${target}: ${message}`) });
  const chain = await client.addChain({ chainSpec: node.spec('ws') });
  chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'chainHead_v1_follow', params: [true] }));
  const upgraded = (async () => {
    for (;;) {
      const event = JSON.parse(await chain.nextJsonRpcResponse()).params?.result;
      if (event?.event === 'newBlock' && event.newRuntime?.spec?.specVersion === version) return event.newRuntime.spec;
      if (event?.event === 'stop') throw new Error('smoldot: follow stopped');
    }
  })();
  return { upgraded, stop: () => client.terminate() };
}

async function refuses(api) {
  const damaged = Uint8Array.from(next).subarray(0, next.length / 2);
  for (const [code, reason] of [[damaged, 'FailedToExtractRuntimeVersion'],
    [await api.rpc.state.getStorage(':code').then((code) => code.toU8a(true)), 'SpecVersionNeedsToIncrease']]) {
    const { events } = await send(api, api.tx.sudo.sudo(api.tx.system.setCode(Buffer.from(code).toString('hex').replace(/^/, '0x'))), alice);
    const result = event(events, 'sudo', 'Sudid').data[0];
    assert.ok(result.isErr, reason);
    assert.equal(api.registry.findMetaError(result.asErr.asModule).name, reason);
  }
  assert.equal(api.runtimeVersion.specVersion.toNumber(), 100);
}

/** No slot missed, or at most kMissedMax, from the block that brings the code to `after` blocks later. */
async function countMissed(api, block, after = 5) {
  const number = (await api.rpc.chain.getHeader(block)).number.toNumber();
  const headers = [];
  for (let i = number - 1; i <= number + after; ++i)
    headers.push(await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(i)));
  const slots = headers.map(slotOf);
  return slots.at(-1) - slots[0] - (slots.length - 1);
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
  const target = header.number.toNumber() + 6;
  await within(kPatience, 'blocks after the upgrade', new Promise((resolve) =>
    api.rpc.chain.subscribeNewHeads((head) => head.number.toNumber() >= target && resolve())));
  const missed = await countMissed(api, block);
  const taken = await traffic.stop();
  console.log(`${how}: ${missed} slots of ${slotMs} ms missed, ${taken} transfers taken meanwhile`);
  assert.ok(missed <= kMissedMax, `${missed} slots missed`);
  await follower.stop();
  await api.disconnect();
  assert.equal(await node.stop(), 0);
}

const hex = '0x' + next.toString('hex');
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
