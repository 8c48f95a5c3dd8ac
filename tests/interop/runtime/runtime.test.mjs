// What unmodified clients make of the runtime: @polkadot/types decodes its metadata and signs for it, smoldot takes it
// as genesis, @polkadot-api/wasm-executor runs it. ZKP_RUNTIME_WASM names the file.
import { Metadata, TypeRegistry } from '@polkadot/types';
import { blake2AsU8a, createKeyMulti, cryptoWaitReady, xxhashAsU8a } from '@polkadot/util-crypto';
import { Keyring } from '@polkadot/api';
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { decAnyMetadata, unifyMetadata } from '@polkadot-api/substrate-bindings';
import { getMetadataFromRuntime } from '@polkadot-api/wasm-executor/node';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { start } from 'smoldot';
import { compact, genesis, Host } from './host.mjs';

const wasm = fs.readFileSync(process.env.ZKP_RUNTIME_WASM);
const compressed = fs.readFileSync(process.env.ZKP_RUNTIME_COMPRESSED);
const next = fs.readFileSync(process.env.ZKP_NEXT_RUNTIME_WASM);
await cryptoWaitReady();

const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };

function opaqueMetadata(version, of = wasm) {
  const encoded = new Host(of, genesis(of)).call('Metadata_metadata_at_version', u32(version));
  assert.equal(encoded[0], 1);
  return encoded.slice(1);
}

function metadata(version) {
  const registry = new TypeRegistry();
  const opaque = registry.createType('OpaqueMetadata', opaqueMetadata(version));
  const decoded = new Metadata(registry, opaque.toHex());
  registry.setMetadata(decoded);
  return { registry, decoded };
}

for (const version of [14, 15, 16]) {
  test(`polkadot.js decodes metadata V${version} to the last byte`, () => {
    const { decoded } = metadata(version);
    assert.equal(decoded.version, version);
    const pallets = decoded.asLatest.pallets.map(({ name }) => name.toString());
    for (const name of ['System', 'Timestamp', 'Babe', 'Grandpa', 'Session', 'Balances', 'Sudo', 'Utility', 'Multisig',
      'Proxy', 'Assets', 'Historical', 'Offences', 'AuthorityDiscovery'])
      assert.ok(pallets.includes(name), name);
    const host = new Host(wasm, genesis(wasm));
    const encoded = host.call('Metadata_metadata_at_version', u32(version));
    const registry = new TypeRegistry();
    const opaque = registry.createType('OpaqueMetadata', encoded.slice(1));
    assert.equal(new Metadata(registry, opaque.toHex()).toHex(), opaque.toHex());
  });
}

for (const version of [14, 15, 16]) {
  test(`PAPI decodes metadata V${version}`, () => {
    const encoded = new Host(wasm, genesis(wasm)).call('Metadata_metadata_at_version', u32(version)).slice(1);
    const { pallets, extrinsic, apis } = unifyMetadata(decAnyMetadata(encoded.slice(1 << (encoded[0] & 3))));
    assert.ok(pallets.length >= 10);
    assert.ok('CheckMetadataHash' in extrinsic.extensions);
    if (version > 14) assert.equal(apis.length, 13);
  });
}

test('every type of the metadata can be made by polkadot.js', () => {
  const { registry, decoded } = metadata(15);
  for (const { id } of decoded.asLatest.lookup.types) {
    const definition = registry.lookup.getTypeDef(id);
    registry.createType(registry.createLookupType(id));
    assert.ok(definition.type);
  }
});

test('the exports are the functions of the runtime APIs', () => {
  const { decoded } = metadata(16);
  const wanted = decoded.asLatest.apis.flatMap(({ name, methods }) => methods.map((m) => `${name}_${m.name}`)).sort();
  const functions = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).filter(({ kind }) => kind === 'function');
  assert.deepEqual(functions.map(({ name }) => name).sort(), wanted);
});

test('names of the transaction extensions are those that clients know', () => {
  const { decoded } = metadata(15);
  assert.deepEqual(decoded.asLatest.extrinsic.transactionExtensions.map(({ identifier }) => identifier.toString()), [
    'CheckNonZeroSender', 'CheckSpecVersion', 'CheckTxVersion', 'CheckGenesis', 'CheckMortality', 'CheckNonce',
    'CheckWeight', 'ChargeTransactionPayment', 'CheckMetadataHash']);
});

test('polkadot.js writes and reads scheduled tasks, bounded calls and reasons of holds as Substrate encodes them', () => {
  const { registry, decoded } = metadata(15);
  const made = (path, value) => {
    const found = decoded.asLatest.lookup.types.find(({ type }) => type.path.join('::') === path);
    return registry.createType(registry.createLookupType(found.id), value);
  };
  assert.equal(made('zkp_runtime::RuntimeHoldReason', { Preimage: 'Preimage' }).toHex(), '0x0c00');
  assert.deepEqual(made('frame_support::traits::preimages::Bounded', '0x010c010203').toHuman(), { Inline: '0x010203' });
  const task = made('pallet_scheduler::Scheduled', {
    maybeId: null, priority: 7, call: { Lookup: { hash: '0x' + '22'.repeat(32), len: 500 } }, maybePeriodic: [3, 4],
    origin: { system: 'Root' } });
  assert.equal(task.toHex(), '0x00' + '07' + '02' + '22'.repeat(32) + 'f4010000' + '010300000004000000' + '0000');
  const call = (pallet, index, args) => registry.createType('Call', {
    callIndex: registry.findMetaCall(Uint8Array.of(pallet, index)).callIndex, args });
  const method = call(13, 0, {
    when: 9, maybePeriodic: null, priority: 1, call: call(12, 2, { hash: '0x' + '33'.repeat(32) }) });
  assert.equal(method.toHex(), '0x0d00' + '09000000' + '00' + '01' + '0c02' + '33'.repeat(32));
  assert.equal(method.method, 'schedule');
});

function signed(registry, decoded, { nonce = 0, tip = 0, suri = '//Alice', era = null, metadataHash = null, at = [6, 3],
  args = null } = {}) {
  registry.setSignedExtensions(decoded.asLatest.extrinsic.transactionExtensions.map(({ identifier }) => identifier.toString()));
  const keyring = new Keyring({ type: 'sr25519' });
  const alice = keyring.addFromUri(suri);
  const bob = keyring.addFromUri('//Bob');
  const genesisHash = '0x' + '11'.repeat(32);
  const call = registry.createType('Call', {
    callIndex: registry.findMetaCall(Uint8Array.from(at)).callIndex,
    args: args ?? { dest: { Id: bob.address }, value: 1_000_000_000_000n } });
  const extrinsic = registry.createType('Extrinsic', call, { version: 4 });
  extrinsic.sign(alice, { blockHash: genesisHash, era: era ?? '0x00', genesisHash, nonce, tip,
    ...(metadataHash && { mode: 1, metadataHash: '0x' + Buffer.from(metadataHash).toString('hex') }), runtimeVersion: { specVersion: 100, transactionVersion: 1 } });
  return extrinsic.toU8a();
}

function validate(extrinsic) {
  const host = new Host(wasm, genesis(wasm));
  const result = host.call('TaggedTransactionQueue_validate_transaction',
    Uint8Array.of(2, ...extrinsic, ...Buffer.from('11'.repeat(32), 'hex')));
  return { result, host };
}

test('a transfer signed by polkadot.js is valid, a changed one is not', () => {
  const { registry, decoded } = metadata(15);
  const extrinsic = signed(registry, decoded);
  const good = registry.createType('TransactionValidity', validate(extrinsic).result);
  assert.ok(good.isOk, good.toString());
  assert.ok(good.asOk.priority.toBigInt() > 0n);
  assert.equal(good.asOk.provides.length, 1);

  const changed = Uint8Array.from(extrinsic);
  changed[changed.length - 1] ^= 1;
  const bad = registry.createType('TransactionValidity', validate(changed).result);
  assert.ok(bad.isErr && bad.asErr.isInvalid, bad.toString());
});

const token = { decimals: 18, tokenSymbol: 'ZKP' };
function metadataHash(version, of = token) {
  const opaque = opaqueMetadata(version);
  return merkleizeMetadata(opaque.slice(1 << (opaque[0] & 3)), of).digest();
}

test('who signs the metadata hash is taken if it is the hash that PAPI computes, refused if it is another', () => {
  const { registry, decoded } = metadata(15);
  const verdict = (metadataHash) =>
    registry.createType('TransactionValidity', validate(signed(registry, decoded, { metadataHash })).result);
  for (const version of [15, 16]) {
    const good = verdict(metadataHash(version));
    assert.ok(good.isOk, `V${version}: ${good}`);
  }
  const other = Uint8Array.from(metadataHash(15));
  other[31] ^= 1;
  for (const hash of [other, metadataHash(15, { ...token, decimals: 12 }), metadataHash(15, { ...token, tokenSymbol: 'DOT' })]) {
    const bad = verdict(hash);
    assert.ok(bad.isErr && bad.asErr.asInvalid.isBadProof, bad.toString());
  }
});

test('constants have the names that clients look for', () => {
  const { decoded } = metadata(16);
  const names = (pallet) => decoded.asLatest.pallets.find(({ name }) => name.eq(pallet)).constants.map(({ name }) => name.toString());
  assert.deepEqual(names('System'), ['BlockWeights', 'BlockLength', 'BlockHashCount', 'DbWeight', 'Version', 'SS58Prefix']);
  for (const name of ['EpochDuration', 'ExpectedBlockTime']) assert.ok(names('Babe').includes(name), `${names('Babe')}`);
  assert.ok(names('Balances').includes('ExistentialDeposit'));
});

test('the version is read from the custom sections without running the code', () => {
  const section = (name) => {
    const found = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), name);
    assert.equal(found.length, 1, name);
    return new Uint8Array(found[0]);
  };
  const registry = new TypeRegistry();
  const apis = registry.createType('Vec<([u8; 8], u32)>', Uint8Array.of(section('runtime_apis').length / 12 << 2, ...section('runtime_apis')));
  const embedded = registry.createType('RuntimeVersion', section('runtime_version'));
  const answered = registry.createType('RuntimeVersion', new Host(wasm).call('Core_version'));
  assert.equal(embedded.apis.length, 0);
  assert.deepEqual({ ...embedded.toJSON(), apis: apis.toJSON() }, answered.toJSON());
});

test('a tip raises the priority, a future nonce requires the one before it', () => {
  const { registry, decoded } = metadata(15);
  const plain = registry.createType('TransactionValidity', validate(signed(registry, decoded)).result).asOk;
  const tipped = registry.createType('TransactionValidity', validate(signed(registry, decoded, { tip: 1000 })).result).asOk;
  assert.ok(tipped.priority.toBigInt() > plain.priority.toBigInt());
  const later = registry.createType('TransactionValidity', validate(signed(registry, decoded, { nonce: 5 })).result).asOk;
  assert.equal(later.requires.length, 1);
});

test('an account without balance cannot send', () => {
  const { registry, decoded } = metadata(15);
  const refused = registry.createType('TransactionValidity', validate(signed(registry, decoded, { suri: '//Nobody' })).result);
  assert.ok(refused.isErr && refused.asErr.asInvalid.isPayment, refused.toString());
});

test('accounts of the genesis are read by polkadot.js', () => {
  const { registry, decoded } = metadata(15);
  const top = genesis(wasm);
  const account = decoded.asLatest.pallets.find(({ name }) => name.eq('System')).storage.unwrap().items
    .find(({ name }) => name.eq('Account'));
  const prefix = '26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9';
  const entries = [...top].filter(([key]) => key.startsWith(prefix));
  assert.equal(entries.length, 6);
  for (const [, value] of entries) {
    const info = registry.createType(registry.createLookupType(account.type.asMap.value), Buffer.from(value, 'hex'));
    assert.equal(info.data.free.toBigInt(), 10n ** 24n);
    assert.equal(info.providers.toNumber(), 1);
  }
});

// A block that is open for extrinsics: number 1, the genesis its parent, a BABE digest of slot 9.
function open_block() {
  const digest = Uint8Array.of(3, ...u32(0), ...u32(9), ...u32(0), ...new Uint8Array(96));
  const log = Uint8Array.of(6, ...Buffer.from('BABE'), ...compact(digest.length), ...digest);
  const host = new Host(wasm, genesis(wasm));
  host.call('Core_initialize_block', Uint8Array.of(...new Uint8Array(32).fill(0x11), ...compact(1), ...new Uint8Array(64), 4, ...log));
  return host;
}

test('polkadot.js makes a multisig, a proxy and an asset, and reads them back', () => {
  const { registry, decoded } = metadata(15);
  const host = open_block();
  const keyring = new Keyring({ type: 'sr25519' });
  const [alice, bob] = ['//Alice', '//Bob'].map((suri) => keyring.addFromUri(suri));
  const remark = registry.createType('Call', { callIndex: [0, 7], args: { remark: '0x01' } });
  const calls = [
    { at: [10, 1], args: { threshold: 2, other_signatories: [bob.address], maybe_timepoint: null, call: remark, max_weight: { refTime: 10n ** 9n, proofSize: 0 } } },
    { at: [11, 1], args: { delegate: { Id: bob.address }, proxy_type: 'NonTransfer', delay: 3 } },
    { at: [14, 0], args: { id: 5, admin: { Id: bob.address }, min_balance: 7 } },
    { at: [14, 17], args: { id: 5, name: '0x6e616d65', symbol: '0x53', decimals: 3 } },
  ];
  calls.forEach((call, nonce) => {
    const raw = host.call('BlockBuilder_apply_extrinsic', signed(registry, decoded, { nonce, ...call }));
    const result = registry.createType('ApplyExtrinsicResult', raw);
    assert.ok(result.isOk && result.asOk.isOk, result.toString());
  });

  const read = (pallet, item) => {
    const { storage } = decoded.asLatest.pallets.find(({ name }) => name.eq(pallet));
    const { type } = storage.unwrap().items.find(({ name }) => name.eq(item));
    const prefix = Buffer.from([...xxhashAsU8a(pallet, 128), ...xxhashAsU8a(item, 128)]).toString('hex');
    const [[key, value]] = [...host.top].filter(([at]) => at.startsWith(prefix));
    return { key, value: registry.createType(registry.createLookupType(type.asMap.value), Buffer.from(value, 'hex')) };
  };
  const multisig = read('Multisig', 'Multisigs');
  const account = createKeyMulti([alice.publicKey, bob.publicKey], 2);
  assert.equal(multisig.key.slice(80, 144), Buffer.from(account).toString('hex'));
  assert.equal(multisig.key.slice(-64), Buffer.from(blake2AsU8a(remark.toU8a())).toString('hex'));
  assert.deepEqual(multisig.value.approvals.toJSON(), [alice.address]);
  assert.equal(multisig.value.when.height.toNumber(), 1);
  const [proxies, deposit] = read('Proxy', 'Proxies').value;
  assert.deepEqual(proxies.toJSON(), [{ delegate: bob.address, proxyType: 'NonTransfer', delay: 3 }]);
  assert.ok(deposit.toBigInt() > 0n);
  const asset = read('Assets', 'Asset').value;
  assert.equal(asset.owner.toString(), alice.address);
  assert.equal(asset.freezer.toString(), bob.address);
  assert.equal(asset.minBalance.toBigInt(), 7n);
  assert.ok(asset.status.isLive);
  assert.equal(read('Assets', 'Metadata').value.name.toUtf8(), 'name');
});

const forms = { plain: wasm, compressed };

for (const [form, code] of Object.entries(forms)) test(`wasm-executor runs the runtime, ${form}, and reads its metadata`, () => {
  const registry = new TypeRegistry();
  const opaque = registry.createType('OpaqueMetadata', Buffer.from(getMetadataFromRuntime('0x' + code.toString('hex')).slice(2), 'hex'));
  assert.ok(new Metadata(registry, opaque.toHex()).asLatest.pallets.length >= 10);
});

for (const [form, code] of Object.entries(forms)) test(`smoldot takes the runtime, ${form}, as genesis of a chain`, { timeout: 120_000 }, async () => {
  const state = genesis(wasm).set(Buffer.from(':code').toString('hex'), code.toString('hex'));
  const top = Object.fromEntries([...state].map(([key, value]) => ['0x' + key, '0x' + value]));
  const spec = { name: 'ZKP Development', id: 'zkp_dev', chainType: 'Live', bootNodes: [], telemetryEndpoints: null,
    protocolId: null, properties: { tokenSymbol: 'ZKP', tokenDecimals: 18, ss58Format: 42 }, codeSubstitutes: {},
    genesis: { raw: { top, childrenDefault: {} } } };
  const client = start({ maxLogLevel: 3, logCallback: () => {} });
  const chain = await client.addChain({ chainSpec: JSON.stringify(spec) });
  chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'chainSpec_v1_genesisHash', params: [] }));
  assert.match(JSON.parse(await chain.nextJsonRpcResponse()).result, /^0x[0-9a-f]{64}$/);
  await client.terminate();
});

test('the next release migrates the state of this one in its first block, and only there', () => {
  const host = new Host(wasm, genesis(wasm));
  const block = (wasm, number) => {
    const on = new Host(wasm, host.top);
    on.call('Core_initialize_block', Uint8Array.of(...Buffer.alloc(32, number), number << 2, ...Buffer.alloc(64), 0));
    return on;
  };
  const registry = new TypeRegistry();
  const opaque = registry.createType('OpaqueMetadata', opaqueMetadata(15, next));
  registry.setMetadata(new Metadata(registry, opaque.toHex()));
  const upgraded = registry.metadata.pallets.find(({ name }) => name.eq('Upgraded'));
  assert.equal(upgraded.index.toNumber(), 200);
  assert.equal(registry.metadata.pallets.length, metadata(15).decoded.asLatest.pallets.length + 1);

  const key = (pallet, item) => Buffer.from([...xxhashAsU8a(pallet, 128), ...xxhashAsU8a(item, 128)]).toString('hex');
  block(wasm, 1);
  const chainId = host.top.get(key('EVMChainId', 'ChainId'));
  assert.ok(chainId && !host.top.has(key('Upgraded', 'ChainIdentity')));
  block(next, 2);
  assert.ok(!host.top.has(key('EVMChainId', 'ChainId')));
  assert.equal(host.top.get(key('Upgraded', 'ChainIdentity')), chainId + '65000000');
  assert.equal(host.top.get(key('Upgraded', ':__STORAGE_VERSION__:')), '0100');
  const last = registry.createType('FrameSystemLastRuntimeUpgradeInfo', Buffer.from(host.top.get(key('System', 'LastRuntimeUpgrade')), 'hex'));
  assert.equal(last.specVersion.toNumber(), 101);
  host.top.set(key('EVMChainId', 'ChainId'), 'ff00000000000000'); // would be moved again if the migration ran again
  block(next, 3);
  assert.ok(host.top.has(key('EVMChainId', 'ChainId')));
});
