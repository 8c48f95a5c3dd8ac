// js-libp2p, unmodified, against our node: node --experimental-websocket interop.mjs PEER_PROGRAM
// Every check is an assertion; the process ends with 0 when all hold.
import './node20.mjs'
import assert from 'node:assert/strict'
import net from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { Peer } from './peer.mjs'

const ECHO = '/test/echo/1'
const GOSSIP = '/test/gossip/1'
const MIB = 1024 * 1024
const STREAMS = 100
const RAW_CLIENTS = 20

function bytes (size, seed = 1) {
  const out = new Uint8Array(size)
  for (let i = 0; i < size; ++i) out[i] = (seed = (seed * 1664525 + 1013904223) >>> 0) >>> 24
  return out
}

const same = (a, b) => assert.ok(Buffer.compare(Buffer.from(a.subarray()), Buffer.from(b)) === 0)

async function makeNode () {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // Room for a ping whose stream is still closing when the next one opens: js allows one otherwise.
    services: { ping: ping({ maxInboundStreams: 8, maxOutboundStreams: 8 }), identify: identify() },
    connectionManager: { maxConnections: 50 }
  })
}

async function echo (connection, size) {
  const stream = await connection.newStream(ECHO)
  const framed = lpStream(stream, { maxDataLength: 32 * MIB, maxBufferSize: 64 * MIB })
  const sent = bytes(size, size + 1)
  await framed.write(sent)
  await stream.close()
  same(await framed.read(), sent)
}

/** Substrate's notifications: each side opens a stream, handshakes on it, and sends its messages there. */
async function gossip (node, connection) {
  const inbound = new Promise(resolve => node.handle(GOSSIP, stream => { resolve(stream) }, { force: true }))
  const outbound = lpStream(await connection.newStream(GOSSIP), { maxDataLength: 2 * MIB })
  await outbound.write(Buffer.from('hello from js'))
  same(await outbound.read(), Buffer.from('zkp'))
  const theirs = lpStream(await inbound, { maxDataLength: 2 * MIB, maxBufferSize: 8 * MIB })
  same(await theirs.read(), Buffer.from('zkp'))
  await theirs.write(Buffer.from('js accepts'))
  for (const size of [0, 1, 127, 128, 70000, MIB, ...Array(100).fill(500)]) {
    await outbound.write(bytes(size))
    same(await theirs.read(), bytes(size))
  }
}

async function withOneAddress (peer, address) {
  const node = await makeNode()
  await node.handle(ECHO, async stream => {
    const framed = lpStream(stream, { maxDataLength: 32 * MIB, maxBufferSize: 64 * MIB })
    await framed.write(await framed.read())
    await stream.close()
  }, { maxOutboundStreams: 2 * STREAMS })
  const connection = await node.dial(multiaddr(address))
  assert.equal(connection.remotePeer.toString(), address.split('/').at(-1))
  assert.equal(await peer.line('connected'), `connected ${node.peerId.toString()}`)
  assert.match(await peer.line('identified'), /^identified .*js-libp2p/)

  const info = await node.services.identify.identify(connection)
  assert.equal(info.agentVersion, 'zkp-interop/1')
  assert.ok(info.protocols.includes('/ipfs/ping/1.0.0') && info.protocols.includes(ECHO))
  assert.equal(info.listenAddrs.length, 2)
  assert.ok(info.observedAddr.toString().startsWith('/ip4/127.0.0.1/tcp/'))

  for (let i = 0; i < 5; ++i) assert.ok(await node.services.ping.ping(connection.remotePeer) < 5000)
  assert.equal(await peer.line('response'), 'response 5000000') // what our node asked js

  const start = performance.now()
  for (const size of [0, 1, 100, 256 * 1024, 256 * 1024 + 1, 8 * MIB]) await echo(connection, size)
  console.log(`${address.includes('/ws/') ? 'ws ' : 'tcp'} echoes: ${(performance.now() - start).toFixed(0)} ms`)
  await Promise.all(Array.from({ length: STREAMS }, async (_, i) => { await echo(connection, 1000 * i) }))
  for (let i = 0; i < 300; ++i) await echo(connection, 10) // one after another: nothing is left behind
  await gossip(node, connection)
  assert.match(await peer.line('gossip open'), /js accepts/)

  await assert.rejects(connection.newStream('/test/unknown/1'), { name: 'UnsupportedProtocolError' })
  const abandoned = await connection.newStream(ECHO)
  abandoned.abort(new Error('changed our mind'))
  await echo(connection, 10) // the connection lives
  await node.stop()
  assert.match(await peer.line('disconnected'), /disconnected/)
}

/** Clients that are no libp2p peers cost nobody anything. */
async function strangers (address) {
  const port = Number(address.split('/')[4])
  const texts = ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '\x13/multistream/1.0.0\n\x07/tls/1\n', '\x00\xff', 'x'.repeat(100000), '']
  await Promise.all(Array.from({ length: RAW_CLIENTS }, (_, i) => new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(texts[i % texts.length], 'latin1'))
    socket.on('error', () => {}).on('close', resolve)
    setTimeout(() => socket.destroy(), 500)
  })))
}

async function main () {
  const program = process.argv[2]
  const peer = new Peer(program)
  const addresses = [await peer.line('listening'), await peer.line('listening')].map(line => line.split(' ')[1])
  for (const address of addresses) await withOneAddress(peer, address)
  for (const address of addresses) await strangers(address)
  for (const address of addresses) await withOneAddress(peer, address)

  // The other way round: our node dials js, over tcp and ws.
  const node = await makeNode()
  for (const address of node.getMultiaddrs()) {
    const dialler = new Peer(program, [address.toString()])
    assert.equal(await dialler.line('connected'), `connected ${node.peerId.toString()}`)
    assert.match(await dialler.line('identified'), /js-libp2p/)
    const connection = node.getConnections().at(-1)
    await echo(connection, MIB)
    await node.services.ping.ping(connection.remotePeer)
    await new Promise(resolve => setTimeout(resolve, 500)) // five pings from our side
    assert.equal(connection.status, 'open')
    await dialler.stop()
  }
  await node.stop()
  await peer.stop()
}

await main()
console.log('libp2p interoperability: all checks hold')
