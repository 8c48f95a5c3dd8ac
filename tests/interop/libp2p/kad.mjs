// js-libp2p's Kademlia, unmodified, against ours: node --experimental-websocket kad.mjs PROGRAM
// Over tcp, then over ws:  js b — js a — ours — js c, each dash a connection; who is not beside another finds it through
// those between. The process ends with 0 when all assertions hold.
import './node20.mjs'
import assert from 'node:assert/strict'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { Peer } from './peer.mjs'

const text = value => new TextDecoder().decode(value)
const bytes = value => new TextEncoder().encode(value)
const newest = (key, values) => values.reduce((best, value, i) => text(value) > text(values[best]) ? i : best, 0)

async function makeNode (kind) {
  return await createLibp2p({
    addresses: { listen: [`/ip4/127.0.0.1/tcp/0${kind}`] },
    transports: [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      ping: ping(),
      identify: identify(),
      dht: kadDHT({
        protocol: '/test/kad',
        clientMode: false,
        peerInfoMapper: passthroughMapper,
        allowQueryWithZeroPeers: true,
        validators: { zkp: async (key, value) => { if (text(value)[0] !== 'v') throw new Error('no value') } },
        selectors: { zkp: newest }
      })
    }
  })
}

async function until (holds, what, timeoutMs = 15000) {
  for (const end = Date.now() + timeoutMs; !await holds();) {
    if (Date.now() > end) throw new Error(`not in ${timeoutMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function take (events, name) {
  for await (const event of events) if (event.name === name) return event
}

const knows = (node, id) => node.services.dht.routingTable.find(id)
const cidOf = async name => CID.createV1(0x55, await sha256.digest(bytes(name)))
const hex = raw => Buffer.from(raw).toString('hex')

async function main (program, kind) {
  const [a, b, c] = await Promise.all([makeNode(kind), makeNode(kind), makeNode(kind)])
  const ours = new Peer(program, [a.getMultiaddrs()[0].toString()])
  const listening = [await ours.line('listening'), await ours.line('listening')].map(line => line.split(' ')[1])
  const address = listening.find(line => line.includes('/ws/') === (kind === '/ws'))
  const id = address.split('/').at(-1)
  const peerId = (await (async () => { await c.dial(multiaddr(address)); return c.getPeers() })())[0]
  assert.equal(peerId.toString(), id)
  await b.dial(a.getMultiaddrs()[0])
  await ours.line('table 2') // a, whom it dialled, and c, who dialled it
  await until(() => knows(a, peerId), 'a knows ours')
  await until(() => knows(a, b.peerId), 'a knows b')
  await until(() => knows(c, peerId), 'c knows ours')

  // Peers: ours finds b through a; a finds c through ours; b finds ours through a.
  ours.say(`find ${b.peerId}`)
  assert.equal((await ours.line('closest', 30000)).split(' ')[1], b.peerId.toString())
  const found = await take(a.services.dht.findPeer(c.peerId), 'FINAL_PEER')
  assert.equal(found.peer.id.toString(), c.peerId.toString())
  assert.equal((await take(b.services.dht.findPeer(peerId), 'FINAL_PEER')).peer.id.toString(), id)

  // Values, from ours to js and back; a newer one wins; one that is none is not taken.
  ours.say('put /zkp/one v1:from-ours')
  assert.ok(Number((await ours.line('stored', 30000)).split(' ')[1]) >= 2)
  for (const node of [a, b, c]) {
    assert.equal(text((await take(node.services.dht.get(bytes('/zkp/one')), 'VALUE')).value), 'v1:from-ours')
  }
  for await (const _ of c.services.dht.put(bytes('/zkp/two'), bytes('v1:from-js'))) { /* to its end */ }
  ours.say('get /zkp/two')
  assert.equal(await ours.line('value', 30000), 'value v1:from-js')
  ours.say('put /zkp/two nothing')
  ours.say('get /zkp/none')
  assert.equal(await ours.line('value', 30000), 'value none')

  // Providers, both ways.
  const [one, two] = await Promise.all([cidOf('one'), cidOf('two')])
  for await (const _ of b.services.dht.provide(one)) { /* to its end */ }
  ours.say(`providers ${hex(one.multihash.bytes)}`)
  assert.ok((await ours.line('providers', 30000)).split(' ').includes(b.peerId.toString()))
  ours.say(`provide ${hex(two.multihash.bytes)}`)
  await ours.line('stored', 30000)
  for (const node of [a, b, c]) {
    const event = await take(node.services.dht.findProviders(two), 'PROVIDER')
    assert.ok(event.providers.some(provider => provider.id.toString() === id))
  }
  await Promise.all([a, b, c].map(node => node.stop()))
  await ours.stop()
}

for (const kind of ['', '/ws']) await main(process.argv[2], kind)
console.log('libp2p Kademlia interoperability: all checks hold')
