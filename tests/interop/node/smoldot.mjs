// npm's smoldot, unmodified: it takes our genesis, syncs by tcp and by ws, follows and sees blocks become final.
// With several validators, also: what is final for smoldot is final for each of them.
// usage: node smoldot.mjs PROGRAM [VALIDATORS]
import assert from 'node:assert/strict';
import { start } from 'smoldot';
import { startDevChain, within } from './dev_chain.mjs';

const program = process.argv[2], validators = Number(process.argv[3] ?? 1);

/** A JSON-RPC client over one smoldot chain. */
function client(chain) {
  let next = 1;
  const waiting = new Map(), listeners = new Map(), early = new Map();
  (async () => {
    for (;;) {
      const message = JSON.parse(await chain.nextJsonRpcResponse());
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      else {
        const { subscription, result } = message.params;
        if (listeners.has(subscription)) listeners.get(subscription)(result);
        else early.set(subscription, [...(early.get(subscription) ?? []), result]);
      }
    }
  })().catch(() => {}); // the chain was removed
  return {
    call: (method, params = []) => new Promise((resolve, reject) => {
      const id = String(next++);
      waiting.set(id, (message) => message.error ? reject(new Error(JSON.stringify(message.error))) : resolve(message.result));
      chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    }),
    listen(subscription, listener) {
      listeners.set(subscription, listener);
      for (const result of early.get(subscription) ?? []) listener(result);
    },
  };
}

/** The answer of a node's JSON-RPC over HTTP. */
async function ask(server, method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(server.replace('ws:', 'http:'),
    { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()).result;
}

/** A node has these blocks on its finalised chain, soon. */
async function agrees(server, hashes) {
  for (const hash of hashes) {
    const known = async () => {
      for (;;) {
        const header = await ask(server, 'chain_getHeader', [hash]);
        const end = await ask(server, 'chain_getHeader', [await ask(server, 'chain_getFinalizedHead', [])]);
        if (header && Number(end.number) >= Number(header.number)) return header.number;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const number = await within(20_000, `${server} finalises ${hash}`, known());
    assert.equal(await ask(server, 'chain_getBlockHash', [Number(number)]), hash, `${server}, block ${number}`);
  }
}

async function followOver(transport, node, blocks) {
  const smoldot = start({
    maxLogLevel: Number(process.env.SMOLDOT_LOG ?? 2),
    logCallback: (level, target, message) => console.log(`smoldot ${level} ${target}: ${message}`),
  });
  const began = performance.now();
  const chain = await smoldot.addChain({ chainSpec: node.spec(transport) });
  const rpc = client(chain);
  assert.equal(await rpc.call('chainSpec_v1_genesisHash'), node.genesis, 'smoldot derives the same genesis');
  const finalised = [];
  let initialised;
  const done = new Promise((resolve, reject) => {
    // It stops when it jumps ahead, by a warp sync after it began to follow: then whoever follows begins again.
    let stops = 0;
    const follow = () => rpc.call('chainHead_v1_follow', [true]).then((id) => rpc.listen(id, (event) => {
      if (event.event === 'initialized') initialised ??= performance.now() - began;
      if (event.event === 'finalized') finalised.push(...event.finalizedBlockHashes);
      if (event.event === 'stop' && ++stops > 2) reject(new Error('follow stopped again and again'));
      else if (event.event === 'stop') follow();
      if (finalised.length >= blocks) resolve();
    }), reject);
    follow();
  });
  await within(60_000, `smoldot over ${transport} finalises ${blocks} blocks`, done);
  await smoldot.terminate();
  for (const server of node.servers) await agrees(server, finalised);
  console.log(`${transport}: initialised after ${Math.round(initialised)} ms, ${finalised.length} blocks final`);
}

/** Waits until the node has finalised block `number`. */
async function finalBlock(node, number) {
  while (node.finalised() < number) await new Promise((resolve) => setTimeout(resolve, 100));
}

const blocks = 45; // more than 32: smoldot starts by a warp sync, and 4 epochs are behind
const node = await startDevChain(program, { babe: { slotDuration: 300, epochLength: 10 } }, validators);
try {
  await followOver('ws', node, 5);
  await within(60_000, `block ${blocks} is final`, finalBlock(node, blocks));
  for (const transport of ['ws', 'tcp']) await followOver(transport, node, 25); // across epochs
} finally {
  assert.equal(await node.stop(), 0);
}
console.log('smoldot: passed');
process.exit(0);
