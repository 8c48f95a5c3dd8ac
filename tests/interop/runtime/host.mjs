// A Substrate host in JavaScript, for one runtime call: storage with layers, hashes and signatures by
// @polkadot/util-crypto. It has no trie: roots are zero.
import { blake2AsU8a, ed25519Verify, keccakAsU8a, sr25519Verify } from '@polkadot/util-crypto';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const unsupported = (name) => () => { throw new Error(`host function ${name} is not part of this test`); };

export function compact(n) {
  if (n < 64) return Uint8Array.of(n << 2);
  if (n < 1 << 14) return Uint8Array.of(((n << 2) | 1) & 255, n >> 6);
  return Uint8Array.from(u32(((n << 2) | 2) >>> 0));
}

export class Host {
  constructor(wasm, top = new Map()) {
    this.module = new WebAssembly.Module(wasm);
    this.top = top; // hex key -> hex value
    this.layers = [];
    this.logs = [];
  }

  call(name, args = new Uint8Array()) {
    this.memory = new WebAssembly.Memory({ initial: 64 });
    const env = this.#imports();
    for (const { name: wanted } of WebAssembly.Module.imports(this.module)) env[wanted] ??= unsupported(wanted);
    const instance = new WebAssembly.Instance(this.module, { env });
    this.bump = instance.exports.__heap_base.value;
    const at = this.#put(args);
    const result = instance.exports[name](Number(at & 0xffffffffn), args.length);
    return Uint8Array.from(this.#view(BigInt.asUintN(64, result)));
  }

  #alloc(size) {
    const at = (this.bump + 7) & ~7;
    this.bump = at + size;
    const missing = Math.ceil((this.bump - this.memory.buffer.byteLength) / 65536);
    if (missing > 0) this.memory.grow(missing);
    return at;
  }
  #put(data) {
    const at = this.#alloc(data.length);
    new Uint8Array(this.memory.buffer, at, data.length).set(data);
    return BigInt(at) | (BigInt(data.length) << 32n);
  }
  #pointer(data) { return Number(this.#put(data) & 0xffffffffn); }
  #view(span) { return new Uint8Array(this.memory.buffer, Number(span & 0xffffffffn), Number(span >> 32n)); }
  #at(pointer, size) { return new Uint8Array(this.memory.buffer, pointer, size); }
  #option(value) {
    return this.#put(value === undefined ? Uint8Array.of(0) : Uint8Array.of(1, ...compact(value.length), ...value));
  }

  #append(key, item) {
    const old = this.top.has(key) ? bytes(this.top.get(key)) : Uint8Array.of(0);
    const mode = old[0] & 3;
    const count = mode === 0 ? old[0] >> 2 : mode === 1 ? (old[0] | (old[1] << 8)) >> 2 : Buffer.from(old).readUInt32LE() >>> 2;
    this.top.set(key, hex(Uint8Array.of(...compact(count + 1), ...old.slice(1 << mode), ...item)));
  }

  #imports() {
    const v = (span) => this.#view(span);
    const key = (span) => hex(v(span));
    return {
      memory: this.memory,
      ext_allocator_malloc_version_1: (size) => this.#alloc(size),
      ext_allocator_free_version_1: () => {},
      ext_logging_log_version_1: (level, target, text) => this.logs.push(Buffer.from(v(text)).toString()),
      ext_storage_get_version_1: (k) => this.#option(this.top.has(key(k)) ? bytes(this.top.get(key(k))) : undefined),
      ext_storage_set_version_1: (k, value) => { this.top.set(key(k), key(value)); },
      ext_storage_clear_version_1: (k) => { this.top.delete(key(k)); },
      ext_storage_exists_version_1: (k) => (this.top.has(key(k)) ? 1 : 0),
      ext_storage_append_version_1: (k, item) => this.#append(key(k), Uint8Array.from(v(item))),
      ext_storage_root_version_2: () => this.#put(new Uint8Array(32)),
      ext_storage_start_transaction_version_1: () => { this.layers.push(new Map(this.top)); },
      ext_storage_commit_transaction_version_1: () => { this.layers.pop(); },
      ext_storage_rollback_transaction_version_1: () => { this.top = this.layers.pop(); },
      ext_hashing_blake2_128_version_1: (d) => this.#pointer(blake2AsU8a(v(d), 128)),
      ext_hashing_blake2_256_version_1: (d) => this.#pointer(blake2AsU8a(v(d), 256)),
      ext_hashing_keccak_256_version_1: (d) => this.#pointer(keccakAsU8a(v(d))),
      ext_trie_blake2_256_ordered_root_version_2: () => this.#pointer(new Uint8Array(32)),
      ext_crypto_sr25519_verify_version_2: (s, m, k) => Number(sr25519Verify(v(m), this.#at(s, 64), this.#at(k, 32))),
      ext_crypto_ed25519_verify_version_1: (s, m, k) => Number(ed25519Verify(v(m), this.#at(s, 64), this.#at(k, 32))),
    };
  }
}

/// The state of a preset, built by the runtime itself.
export function genesis(wasm, preset = 'development') {
  const name = Buffer.from(preset);
  const host = new Host(wasm);
  const encoded = host.call('GenesisBuilder_get_preset', Uint8Array.of(1, ...compact(name.length), ...name));
  if (encoded[0] !== 1) throw new Error('no such preset');
  const built = host.call('GenesisBuilder_build_state', encoded.slice(1));
  if (built[0] !== 0) throw new Error(`build_state: ${Buffer.from(built.slice(2))}`);
  host.top.set(hex(Buffer.from(':code')), hex(wasm));
  return host.top;
}
