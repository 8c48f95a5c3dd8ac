// light/cold_start: npm's smoldot, unmodified, from its start to `initialized` over ws, against `zkp dev` with 45 final
// blocks (so that it syncs by warp) and epochs behind them; light/cold_start_cpu is what that took of the client's
// processor, and of the node's beside it. node/idle_memory, node/idle_cpu: a development chain of 1 s slots without
// clients, its resident bytes and its share of one core over 20 s.
// usage: node light.mjs PROGRAM [FILTER] [RUNS]
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { start } from 'smoldot';
import { startDevChain, within } from './dev_chain.mjs';

const [program, filter = '', runs = '7'] = process.argv.slice(2);
const ticks = Number(execFileSync('getconf', ['CLK_TCK']));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (samples, q) => samples.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * samples.length)) - 1];
const print = (name, value, unit, more = {}) => console.log(JSON.stringify({ name, value, unit, ...more }));
const wants = (group) => group.startsWith(filter) || filter.startsWith(group);

/** Seconds of processor time of a process, all threads. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}
const residentBytes = (pid) =>
  Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024;

async function coldStart(node) {
  const began = performance.now(), used = process.cpuUsage();
  const smoldot = start({ maxLogLevel: 1, logCallback: (level, target, text) => console.error(target, text) });
  const chain = await smoldot.addChain({ chainSpec: node.spec('ws') });
  chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id: '1', method: 'chainHead_v1_follow', params: [true] }));
  for (;;) {
    const message = JSON.parse(await chain.nextJsonRpcResponse());
    if (message.params?.result?.event === 'initialized') break;
  }
  const seconds = (performance.now() - began) / 1000, { user, system } = process.cpuUsage(used);
  await smoldot.terminate();
  return { seconds, cpu: (user + system) / 1e6 };
}

if (wants('light/')) {
  const node = await startDevChain(program, { babe: { slotDuration: 300, epochLength: 10 } });
  while (node.finalised() < 45) await sleep(100);
  const all = [], before = cpuSeconds(node.pid), began = performance.now();
  for (let run = 0; run !== Number(runs); ++run) all.push(await within(60_000, 'smoldot starts', coldStart(node)));
  const share = (cpuSeconds(node.pid) - before) / ((performance.now() - began) / 1000);
  const seconds = all.map((each) => each.seconds);
  print('light/cold_start', quantile(seconds, 0.5), 's', { p95: quantile(seconds, 0.95), runs: all.length });
  print('light/cold_start_cpu', quantile(all.map((each) => each.cpu), 0.5), 's', { node_cores: share });
  await node.stop();
}
if (wants('node/')) {
  const node = await startDevChain(program);
  await sleep(5_000);
  const before = cpuSeconds(node.pid), began = performance.now();
  await sleep(20_000);
  print('node/idle_cpu', 100 * (cpuSeconds(node.pid) - before) / ((performance.now() - began) / 1000), '% of a core');
  print('node/idle_memory', residentBytes(node.pid), 'bytes');
  await node.stop();
}
process.exit(0);
