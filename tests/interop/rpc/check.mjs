// Clients that we did not write, against rpc_fake_node: PAPI's substrate-client over chainHead_v1, archive_v1 and
// transaction_v1, polkadot.js's WsProvider over the legacy methods. Ends with 0 when all they saw was right.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createClient } from '@polkadot-api/substrate-client';
import { WsProvider } from '@polkadot/rpc-provider';
import WebSocket from 'ws';

const kFinalizedBlocks = 12; // how long chainHead is followed
const kPatience = 20_000;    // ms, for each step

const node = spawn(process.argv[2], { stdio: ['pipe', 'pipe', 'inherit'] });
const port = await new Promise((resolve) => createInterface(node.stdout).once('line', resolve));
const url = `ws://127.0.0.1:${port}`;

const within = (promise, what) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`no ${what}`)), kPatience).unref())]);

const provider = (onMessage) => {
  const socket = new WebSocket(url);
  const waiting = [];
  socket.on('open', () => waiting.splice(0).forEach((text) => socket.send(text)));
  socket.on('message', (data) => onMessage(JSON.parse(data)));
  return {
    send: (message) => {
      const text = JSON.stringify(message);
      socket.readyState === WebSocket.OPEN ? socket.send(text) : waiting.push(text);
    },
    disconnect: () => socket.close(),
  };
};

/// Follows the chain as a client keeps it, and checks every promise of the specification on the way.
function follow(client) {
  const finalized = [], open = new Map(), pinned = new Set();
  let best, started, done, head;
  const ready = new Promise((resolve) => (started = resolve)), long = new Promise((resolve) => (done = resolve));
  const onEvent = (event) => {
    if (event.type === 'initialized') {
      assert.equal(finalized.length, 0, 'initialized comes once');
      finalized.push(...event.finalizedBlockHashes);
      finalized.forEach((hash) => pinned.add(hash));
    } else if (event.type === 'newBlock') {
      assert(open.has(event.parentBlockHash) || finalized.at(-1) === event.parentBlockHash, 'a parent was told before');
      assert(!open.has(event.blockHash), 'a block is told once');
      open.set(event.blockHash, event.parentBlockHash);
      pinned.add(event.blockHash);
    } else if (event.type === 'bestBlockChanged') {
      best = event.bestBlockHash;
      assert(open.has(best) || finalized.at(-1) === best, 'the best block was told before');
      if (open.has(best)) started(); // genesis holds nothing to ask for
    } else if (event.type === 'finalized') {
      for (const hash of event.finalizedBlockHashes) {
        assert.equal(open.get(hash), finalized.at(-1), 'finality follows the chain');
        open.delete(hash);
        finalized.push(hash);
      }
      for (const hash of event.prunedBlockHashes) assert(open.delete(hash), 'what is pruned was told before');
      assert(open.has(best) || finalized.at(-1) === best, 'the best block stays');
      const gone = [...event.finalizedBlockHashes.slice(0, -1), ...event.prunedBlockHashes].filter((hash) => pinned.delete(hash));
      head.unpin(gone).catch(done);
      if (finalized.length > kFinalizedBlocks) done();
    }
  };
  head = client.chainHead(true, onEvent, done);
  return { head, ready, long, last: () => finalized.at(-1), best: () => best };
}

async function checkChainHead(client) {
  const chain = follow(client);
  await within(chain.ready, 'first blocks');
  const hash = chain.best();
  assert.match(await chain.head.header(hash), /^0x[0-9a-f]+$/);
  assert.deepEqual(await chain.head.body(hash), []);
  assert.equal(await chain.head.call(hash, 'Fake_echo', '0x1234'), '0x1234');
  await assert.rejects(chain.head.call(hash, 'Fake_trap', '0x'), /Execution failed/);
  assert.match(await chain.head.storage(hash, 'value', '0x6e', null), /^0x[0-9a-f]{8}$/);
  assert.match(await chain.head.storage(hash, 'hash', '0x6e', null), /^0x[0-9a-f]{64}$/);
  assert.match(await chain.head.storage(hash, 'closestDescendantMerkleValue', '0x', null), /^0x[0-9a-f]{64}$/);
  assert.equal((await chain.head.storage(hash, 'descendantsValues', '0x', null)).length, 1);
  assert.equal(await chain.head.storage(hash, 'value', '0x00', null), null);
  await assert.rejects(chain.head.header('0x' + '11'.repeat(32)), (error) => error.code === -32801);
  const many = await Promise.all(Array.from({ length: 16 }, (_, i) => chain.head.call(hash, 'Fake_echo', `0x0${i.toString(16)}`)));
  assert.equal(many.length, 16);
  assert.equal(await within(chain.long, 'finality'), undefined);
  chain.head.unfollow();
}

async function checkArchive(client) {
  const height = await client.archive.finalizedHeight();
  assert(height > 1);
  const [hash] = await client.archive.hashByHeight(height);
  assert.match(await client.archive.header(hash), /^0x/);
  assert.deepEqual(await client.archive.body(hash), []);
  assert.equal(await client.archive.call(hash, 'Fake_echo', '0x01'), '0x01');
  assert.match(await client.archive.storage(hash, 'value', '0x6e', null), /^0x/);
  assert.equal((await client.archive.storage(hash, 'descendantsHashes', '0x', null)).length, 1);
  await assert.rejects(client.archive.header('0x' + '11'.repeat(32)), /Invalid BlockHash/);
}

async function checkTransactions(client, legacy) {
  const seen = new Promise((resolve) => {
    const stages = [];
    legacy.subscribe('author_extrinsicUpdate', 'author_submitAndWatchExtrinsic', ['0x080102'], (_, status) => {
      stages.push(typeof status === 'string' ? status : Object.keys(status)[0]);
      if (status.finalized) resolve(stages);
    });
  });
  assert.deepEqual(await within(seen, 'finalized transaction'), ['ready', 'inBlock', 'finalized']);
  const stop = client.transaction('0x080304', assert.ifError);
  await within((async () => {
    for (;;) {
      const { block } = await legacy.send('chain_getBlock', []);
      if (block.extrinsics.includes('0x080304')) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })(), 'broadcast transaction in a block');
  stop();
  await assert.rejects(legacy.send('author_submitExtrinsic', ['0x04f0']), /1010: Invalid Transaction: Transaction has a bad signature/);
}

async function checkLegacy(legacy) {
  assert.equal(await legacy.send('system_chain', []), 'Fake Chain');
  const genesis = await legacy.send('chain_getBlockHash', [0]);
  assert.equal((await legacy.send('chain_getHeader', [genesis])).number, '0x0');
  assert((await legacy.send('rpc_methods', [])).methods.includes('state_subscribeRuntimeVersion'));
  for (const [type, method, params] of [
    ['chain_newHead', 'chain_subscribeNewHeads', []],
    ['chain_allHead', 'chain_subscribeAllHeads', []],
    ['chain_finalizedHead', 'chain_subscribeFinalizedHeads', []],
    ['state_storage', 'state_subscribeStorage', [['0x6e']]],
  ])
    await within(new Promise((resolve, reject) => {
      const numbers = [];
      legacy.subscribe(type, method, params, (error, result) => {
        if (error) reject(error);
        numbers.push(Number(result.number ?? numbers.length));
        if (numbers.length === 6) resolve(numbers);
      });
    }), method).then((numbers) => assert.deepEqual([...numbers].sort((a, b) => a - b), numbers, method));
  const version = await new Promise((resolve) =>
    legacy.subscribe('state_runtimeVersion', 'state_subscribeRuntimeVersion', [], (_, result) => resolve(result)));
  assert.equal(version.specVersion, 7);
}

const client = createClient(provider);
const legacy = new WsProvider(url);
await legacy.isReady;
try {
  const spec = await client.getChainSpecData();
  assert.equal(spec.name, 'Fake Chain');
  assert.equal(spec.properties.tokenSymbol, 'ZKP');
  await checkChainHead(client);
  await checkArchive(client);
  await checkTransactions(client, legacy);
  await checkLegacy(legacy);
  console.log('rpc interop: all checks passed');
} finally {
  client.destroy();
  await legacy.disconnect();
  node.stdin.end();
}
