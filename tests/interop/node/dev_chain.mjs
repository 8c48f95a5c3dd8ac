// A development chain for one test: `zkp dev` on free ports, its chain spec with the node's address, its end.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Starts `program dev`; resolves when it listens. `genesis` is laid over the development preset. */
export async function startDevChain(program, genesis = {}, validators = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'zkp-interop-'));
  const specFile = join(folder, 'spec.json');
  const several = validators > 1 ? ['--validators', String(validators)] : [];
  execFileSync(program, ['chain-spec', 'build', ...several, '--genesis', JSON.stringify(genesis), '-o', specFile]);
  const spec = JSON.parse(readFileSync(specFile, 'utf8'));
  const child = spawn(
    program,
    ['dev', '--chain', specFile, ...several, '--quiet', '--rpc-port', '0', '--listen-addr', '/ip4/127.0.0.1/tcp/0', '--listen-addr',
      '/ip4/127.0.0.1/tcp/0/ws'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const addresses = []; // of the first node
  const servers = []; // JSON-RPC of each
  const lines = [];
  let finalised = 0;
  await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the node ended with exit code ${code}: ${lines.join('\n')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (lines.length < 100) lines.push(line);
      const found = line.match(/^(?:Alice: )?listening on (\S+)/);
      if (found) addresses.push(found[1]);
      const server = line.match(/^(?:\w+: )?JSON-RPC on (ws:\S+)/)?.[1];
      if (server) servers.push(server);
      if (addresses.length === 2 && servers.length === validators) resolve();
      finalised = Number(line.match(/^final: (\d+)/)?.[1] ?? finalised);
    });
  });
  return {
    addresses,
    /** Where JSON-RPC is served, as ws://…. */
    rpc: servers[0],
    servers,
    pid: child.pid,
    /** The chain spec with the address of that transport ('tcp' or 'ws') as its only boot node. */
    spec: (transport) => JSON.stringify(
      { ...spec, bootNodes: addresses.filter((each) => each.includes('/ws/') === (transport === 'ws')) }),
    finalised: () => finalised,
    genesis: lines[0].match(/genesis (0x[0-9a-f]+)/)[1],
    async stop() {
      const ended = new Promise((resolve) => child.removeAllListeners('exit').once('exit', resolve));
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}

/** Rejects after `ms`, naming what was waited for. */
export function within(ms, what, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
