// polkadot.js, unmodified: connects, reads metadata, subscribes, transfers, batches, sees events, reads storage and
// proofs, and is told precisely what is wrong with a bad transaction.
// usage: node polkadot_js.mjs PROGRAM
import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { u8aToHex } from '@polkadot/util';
import { blake2AsHex, cryptoWaitReady } from '@polkadot/util-crypto';
import { startDevChain, within } from './dev_chain.mjs';

const kPatience = 60_000;
const kToken = 10n ** 18n;

await cryptoWaitReady();
const node = await startDevChain(process.argv[2]);
const provider = new WsProvider(node.rpc);
const api = await within(kPatience, 'connect', ApiPromise.create({ provider, noInitWarn: true }));
const keyring = new Keyring({ type: 'sr25519' });
const [alice, bob, ferdie] = ['//Alice', '//Bob', '//Ferdie//fresh'].map((uri) => keyring.addFromUri(uri));

/** Signs, sends and waits until the transaction is in a finalised block; resolves to its events. */
const send = (call, signer, options = {}) => within(kPatience, `final: ${call.method.section}.${call.method.method}`,
  new Promise((resolve, reject) => {
    const seen = [];
    call.signAndSend(signer, options, ({ status, events, dispatchError, txHash, txIndex }) => {
      seen.push(status.type);
      if (status.isFinalized) resolve({ events, dispatchError, txHash, txIndex, seen, block: status.asFinalized });
      if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(status.type));
    }).catch(reject);
  }));
const free = async (who) => (await api.query.system.account(who)).data.free.toBigInt();
const event = (events, section, method) => events.find(({ event }) => event.section === section && event.method === method)?.event;

async function readsTheChain() {
  assert.equal(api.genesisHash.toHex(), node.genesis);
  assert.equal(api.runtimeVersion.specName.toString(), 'zkp');
  assert.equal((await api.rpc.system.chain()).toString(), 'ZKP Development');
  assert.equal((await api.rpc.system.name()).toString(), 'zkp-node');
  assert.equal((await api.rpc.system.properties()).tokenSymbol.unwrap()[0].toString(), 'ZKP');
  assert.equal((await api.rpc.system.nodeRoles())[0].toString(), 'Authority');
  for (const pallet of ['system', 'timestamp', 'balances', 'sudo']) assert(api.query[pallet], pallet);
  for (const { meta } of Object.values(api.tx).flatMap((calls) => Object.values(calls)))
    assert(meta.fields.every(({ name }) => name.isSome), `${meta.name} names its arguments, or no code is generated`);
  assert.deepEqual((await api.call.metadata.metadataVersions()).map(Number).filter((each) => each < 17).sort(), [14, 15, 16]);
  assert.equal((await api.rpc.state.getMetadata()).version, 14);
  assert.equal(api.consts.balances.existentialDeposit.toBigInt(), 0n);
}

async function subscribes() {
  const heads = await within(kPatience, 'three heads', new Promise((resolve, reject) => {
    const seen = [];
    api.rpc.chain.subscribeNewHeads((header) => {
      seen.push(header.number.toNumber());
      if (seen.length === 3) resolve(seen);
    }).catch(reject);
  }));
  assert.deepEqual(heads, [heads[0], heads[0] + 1, heads[0] + 2]);
  const final = await within(kPatience, 'a finalised head', new Promise((resolve, reject) =>
    api.rpc.chain.subscribeFinalizedHeads((header) => header.number.toNumber() > heads[0] && resolve(header)).catch(reject)));
  const block = await api.rpc.chain.getBlock(final.hash);
  assert.equal(block.block.header.hash.toHex(), final.hash.toHex());
  assert.equal(block.block.extrinsics[0].method.section, 'timestamp');
}

async function transfers() {
  const [before, alicesBefore] = [await free(ferdie.address), await free(alice.address)];
  let watched;
  const stop = await api.query.system.account(ferdie.address, ({ data }) => (watched = data.free.toBigInt()));
  const call = api.tx.balances.transferKeepAlive(ferdie.address, 5n * kToken);
  const fee = (await call.paymentInfo(alice.address)).partialFee.toBigInt();
  assert(fee > 0n);
  const done = await send(call, alice);
  assert.equal(done.dispatchError, undefined);
  assert.deepEqual([done.seen.at(0), done.seen.at(-1)], ['Ready', 'Finalized']);
  assert.equal(event(done.events, 'balances', 'Transfer').data.amount.toBigInt(), 5n * kToken);
  const paid = event(done.events, 'transactionPayment', 'TransactionFeePaid').data.actualFee.toBigInt();
  assert.equal(paid, fee);
  assert.equal(await free(ferdie.address), before + 5n * kToken);
  assert.equal(watched, before + 5n * kToken, 'the storage subscription has seen it');
  // Alice makes the blocks, so the fee's share of the author comes back to her.
  assert(await free(alice.address) <= alicesBefore - 5n * kToken);
  const body = (await api.rpc.chain.getBlock(done.block)).block.extrinsics;
  assert.equal(body[done.txIndex].hash.toHex(), done.txHash.toHex());
  stop();
}

async function batches() {
  const inner = [1n, 2n, 3n].map((tokens) => api.tx.balances.transferAllowDeath(ferdie.address, tokens * kToken));
  const before = await free(ferdie.address);
  const done = await send(api.tx.utility.batchAll(inner), bob, { tip: 1n });
  assert.equal(done.dispatchError, undefined);
  assert(event(done.events, 'utility', 'BatchCompleted'));
  assert.equal(done.events.filter(({ event }) => event.method === 'ItemCompleted').length, 3);
  assert.equal(await free(ferdie.address), before + 6n * kToken);

  const failing = await send(api.tx.utility.batchAll([...inner, api.tx.balances.transferAllowDeath(alice.address, 10n ** 30n)]), bob);
  assert.equal(failing.dispatchError.asToken.type, 'FundsUnavailable');
  assert.equal(await free(ferdie.address), before + 6n * kToken, 'all or nothing');

  const root = await send(api.tx.sudo.sudo(api.tx.system.setStorage([['0x746573740a', '0x2a']])), alice);
  assert.equal(event(root.events, 'sudo', 'Sudid').data.sudoResult.isOk, true);
  assert.equal((await api.rpc.state.getStorage('0x746573740a')).unwrap().toHex(), '0x2a');
}

/** Walks a proof of a compactly encoded trie: some node hashes to the root, and the rest hang below. */
async function proves() {
  const at = await api.rpc.chain.getFinalizedHead();
  const key = api.query.system.account.key(ferdie.address);
  const { proof } = await api.rpc.state.getReadProof([key], at);
  const { stateRoot } = await api.rpc.chain.getHeader(at);
  const hashes = proof.map((each) => blake2AsHex(each.toU8a(true)));
  assert(hashes.includes(stateRoot.toHex()), 'the root is there');
  const nodes = proof.map((each) => u8aToHex(each.toU8a(true)));
  for (const [i, hash] of hashes.entries())
    assert(hash === stateRoot.toHex() || nodes.some((node) => node.includes(hash.slice(2))), `node ${i} hangs in the proof`);
  const value = (await api.query.system.account.at(at, ferdie.address)).toHex().slice(2);
  assert(nodes.some((node) => node.includes(value)), 'the value is there');
}

async function readsStorage() {
  const keys = await api.rpc.state.getKeysPaged(api.query.system.account.keyPrefix(), 5);
  assert(keys.length >= 4);
  const rest = await api.rpc.state.getKeysPaged(api.query.system.account.keyPrefix(), 1000, keys[2].toHex());
  assert.equal(rest[0].toHex(), keys[3].toHex());
  const entries = await api.query.system.account.entries();
  assert.equal(entries.length, rest.length + 3);
  const [hash, size] = await Promise.all([
    api.rpc.state.getStorageHash(keys[0]), api.rpc.state.getStorageSize(keys[0])]);
  const raw = (await api.rpc.state.getStorage(keys[0])).unwrap().toU8a(true);
  assert.equal(hash.toHex(), blake2AsHex(raw));
  assert.equal(size.toNumber(), raw.length);
  const nonce = await api.rpc.system.accountNextIndex(alice.address);
  assert.equal(nonce.toNumber(), (await api.query.system.account(alice.address)).nonce.toNumber());
}

/** Each mistake has its own words. */
async function refuses() {
  const refusal = async (promise) => (await promise.then(() => ({ message: 'accepted' }), (error) => error)).message;
  const call = api.tx.balances.transferKeepAlive(bob.address, 1n);
  const nonce = (await api.rpc.system.accountNextIndex(alice.address)).toNumber();
  assert.match(await refusal(call.signAndSend(alice, { nonce: 0 })), /1010.*outdated/);
  const poor = keyring.addFromUri('//Nobody');
  assert.match(await refusal(call.signAndSend(poor)), /1010.*Inability to pay/);
  const signed = await call.signAsync(alice, { nonce });
  const bytes = signed.toU8a();
  bytes[bytes.length - 1] ^= 4; // another amount under the same signature
  assert.match(await refusal(api.rpc.author.submitExtrinsic(u8aToHex(bytes))), /1010.*bad signature/);
  // What polkadot.js itself would not send.
  const raw = (...params) => refusal(provider.send('author_submitExtrinsic', params));
  assert.match(await raw('0x0102'), /1002|1010|length is wrong/);
  assert.match(await raw(u8aToHex(bytes.subarray(0, 40))), /length is wrong/);
  assert.match(await raw('0x0c840102'), /1002|1010/);
  assert.match(await raw('no hex'), /-32602/);
  assert.match(await raw(), /-32602/);
  await api.rpc.author.submitExtrinsic(signed.toHex());
  assert.match(await refusal(api.rpc.author.submitExtrinsic(signed.toHex())), /1013|1012/, 'known already, or banned');
  const waiting = await call.signAsync(alice, { nonce: nonce + 5 });
  await api.rpc.author.submitExtrinsic(waiting.toHex());
  assert(!(await api.rpc.author.pendingExtrinsics()).some((each) => each.hash.eq(waiting.hash)), 'it waits for others');
}

/** What the node says of a transaction, one by one: signAndSend passes over what comes too fast after another. */
async function tellsEachStep() {
  const signed = await api.tx.system.remark('0x07').signAsync(alice);
  const seen = await within(kPatience, 'each step', new Promise((resolve, reject) => {
    const statuses = [];
    api.rpc.author.submitAndWatchExtrinsic(signed.toHex(), (status) => {
      statuses.push(status.type);
      if (status.isFinalized) resolve(statuses);
    }).catch(reject);
  }));
  assert.deepEqual(seen, ['Ready', 'InBlock', 'Finalized']);
}

/** A transaction with a higher tip takes the place of the one with the same nonce. */
async function replaces() {
  const nonce = (await api.rpc.system.accountNextIndex(bob.address)).toNumber() + 1; // one that has to wait
  const statuses = [];
  const cheap = await api.tx.system.remark('0x01').signAsync(bob, { nonce });
  const usurped = new Promise((resolve, reject) => cheap.send(({ status }) => {
    statuses.push(status.type);
    if (status.isUsurped) resolve();
  }).catch(reject));
  const dear = await api.tx.system.remark('0x02').signAsync(bob, { nonce, tip: kToken });
  await within(kPatience, 'the first is known', (async () => {
    while (statuses.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  })());
  // Both wait; the one that closes the gap lets the dearer of them in.
  const dearDone = new Promise((resolve, reject) => dear.send(({ status }) => status.isFinalized && resolve()).catch(reject));
  await send(api.tx.system.remark('0x00'), bob, { nonce: nonce - 1 });
  await within(kPatience, 'the dearer one is final', dearDone);
  await within(kPatience, 'the cheaper one is usurped', usurped);
}

try {
  for (const step of [readsTheChain, subscribes, transfers, tellsEachStep, batches, proves, readsStorage, refuses, replaces]) {
    await step();
    console.log(`ok ${step.name}`);
  }
} finally {
  await api.disconnect();
  assert.equal(await node.stop(), 0);
}
