// polkadot-api (PAPI), unmodified, over chainHead_v1: metadata, storage, runtime calls, transfers, batches, events.
// usage: node papi.mjs PROGRAM
import assert from 'node:assert/strict';
import { createClient, Binary } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider } from 'polkadot-api/ws';
import { cryptoWaitReady, sr25519PairFromSeed, sr25519Sign, mnemonicToMiniSecret, keyExtractSuri, keyFromPath, encodeAddress } from '@polkadot/util-crypto';
import WebSocket from 'ws';
import { startDevChain, within } from './dev_chain.mjs';

const kPatience = 60_000;
const kToken = 10n ** 18n;
const kDevPhrase = 'bottom drive obey lake curtain smoke basket hold race lonely fit walk';

await cryptoWaitReady();
/** The signer of a well-known development account. */
function account(path) {
  const pair = keyFromPath(sr25519PairFromSeed(mnemonicToMiniSecret(kDevPhrase)), keyExtractSuri(`${kDevPhrase}${path}`).path, 'sr25519');
  return { address: encodeAddress(pair.publicKey), signer: getPolkadotSigner(pair.publicKey, 'Sr25519', (bytes) => sr25519Sign(bytes, pair)) };
}
const [alice, bob, eve] = ['//Alice', '//Bob', '//Eve//fresh'].map(account);

const node = await startDevChain(process.argv[2]);
const client = createClient(getWsProvider(node.rpc, { websocketClass: WebSocket }));
const api = client.getUnsafeApi();
const free = async (who) => (await api.query.System.Account.getValue(who.address, { at: 'best' })).data.free;

async function readsTheChain() {
  const spec = await client.getChainSpecData();
  assert.equal(spec.genesisHash, node.genesis);
  assert.equal(spec.name, 'ZKP Development');
  assert.equal((await api.constants.System.Version()).spec_name, 'zkp');
  assert.equal((await api.constants.Balances.ExistentialDeposit()), 0n);
  const final = await client.getFinalizedBlock();
  assert.match(final.hash, /^0x[0-9a-f]{64}$/);
  assert.equal((await api.apis.Core.version()).spec_name, 'zkp');
  assert.equal(typeof (await api.apis.AccountNonceApi.account_nonce(alice.address)), 'number');
}

async function follows() {
  const numbers = [];
  await within(kPatience, 'three finalised blocks', new Promise((resolve, reject) => {
    const subscription = client.finalizedBlock$.subscribe({
      next: ({ number }) => {
        numbers.push(number);
        if (numbers.length === 3) { subscription.unsubscribe(); resolve(); }
      },
      error: reject,
    });
  }));
  assert.deepEqual(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2]);
  const body = await client.getBlockBody((await client.getBestBlocks())[0].hash);
  assert(body.length >= 1);
}

async function transfers() {
  const before = await free(eve);
  const call = api.tx.Balances.transfer_keep_alive({ dest: { type: 'Id', value: eve.address }, value: 7n * kToken });
  assert(await call.getEstimatedFees(alice.address) > 0n);
  const done = await within(kPatience, 'a transfer', call.signAndSubmit(alice.signer));
  assert(done.ok);
  const transfer = done.events.find((each) => each.type === 'Balances' && each.value.type === 'Transfer').value.value;
  assert.deepEqual([transfer.to, transfer.amount], [eve.address, 7n * kToken]);
  assert.equal(await free(eve), before + 7n * kToken);
}

async function batches() {
  const before = await free(eve);
  const call = (value) => api.tx.Balances.transfer_allow_death({ dest: { type: 'Id', value: eve.address }, value }).decodedCall;
  const done = await within(kPatience, 'a batch', api.tx.Utility.batch({ calls: [call(kToken), call(2n * kToken)] }).signAndSubmit(bob.signer));
  assert(done.ok);
  assert(done.events.some((each) => each.value.type === 'BatchCompleted'));
  assert.equal(await free(eve), before + 3n * kToken);

  const failed = await within(kPatience, 'a failing call', api.tx.Sudo.sudo({
    call: api.tx.System.remark({ remark: Binary.fromText('no') }).decodedCall }).signAndSubmit(bob.signer));
  assert.equal(failed.ok, false);
  assert.deepEqual([failed.dispatchError.type, failed.dispatchError.value.type], ['Module', 'Sudo']);
}

async function watches() {
  const states = [];
  await within(kPatience, 'a watched transaction', new Promise((resolve, reject) =>
    api.tx.System.remark({ remark: Binary.fromText('seen') }).signSubmitAndWatch(alice.signer).subscribe({
      next: (state) => {
        states.push(state.type);
        if (state.type === 'finalized') resolve();
      },
      error: reject,
    })));
  assert.deepEqual([...new Set(states)], ['signed', 'broadcasted', 'txBestBlocksState', 'finalized']);
}

async function refuses() {
  const error = await api.tx.System.remark({ remark: Binary.fromText('late') })
    .signAndSubmit(alice.signer, { nonce: 0 }).then(() => null, (error) => error);
  assert.deepEqual([error.error?.type, error.error?.value?.type], ['Invalid', 'Stale']);
}

try {
  for (const step of [readsTheChain, follows, transfers, batches, watches, refuses]) {
    await step();
    console.log(`ok ${step.name}`);
  }
} finally {
  client.destroy();
  assert.equal(await node.stop(), 0);
}
