import t from 'tap'
import { hsiphash32 } from '../../../../src/verdict/schedulers/hsiphash.ts'
import {
  destinationHash,
  hashBucket,
  maglev,
  maglevTable,
  sourceHash,
  sourceHashTable,
} from '../../../../src/verdict/schedulers/index.ts'
import { picks, three } from './three.ts'

// The picks below are answers of Debian's modules ip_vs_sh.ko, ip_vs_dh.ko and ip_vs_mh.ko of 6.1.0-56-cloud-amd64, called
// outside a kernel with the same tables and addresses.

const VIPS = ['192.168.10.100', ...Array.from({ length: 12 }, (_, n) => `192.168.77.${n + 1}`)].map((vip) => ({ vip }))
const PORTS = Array.from({ length: 12 }, (_, n) => ({ clientPort: 40_000 + n }))

void t.test('hash_32 takes the upper 8 bits of the product', async (t) => {
  t.equal(hashBucket(1), 0x61)
  t.equal(hashBucket(2), 0xc3, '0x61c88647 x 2 = 0xc3910c8e')
  t.equal(hashBucket(3), 0x25, '0x61c88647 x 3 = 0x1_255992d5')
})

void t.test(
  'hsiphash of 4 bytes is as the kernel tests it (lib/test_siphash.c, test_vectors_hsiphash[4])',
  async (t) => {
    t.equal(hsiphash32(0x03020100, [0x0706050403020100n, 0x0f0e0d0c0b0a0908n]), 0x88d38328)
  },
)

void t.test('dh goes by the VIP alone, whatever the weights', async (t) => {
  t.equal(picks(destinationHash, three([1, 1, 1]), VIPS), '3 2 3 1 3 2 3 2 3 2 1 2 1')
  t.equal(picks(destinationHash, three([3, 2, 1]), VIPS), '3 2 3 1 3 2 3 2 3 2 1 2 1')
  t.equal(picks(destinationHash, three([1, 1, 1])), '3 3 3 3 3 3 3 3 3 3 3 3', 'one VIP, twelve clients')
  t.equal(picks(destinationHash, three([1, 0, 1]), VIPS), '3 - 3 1 3 - 3 - 3 - 1 - 1', 'no fallback')
})

void t.test('sh goes by the client, weights count, and weight 0 refuses without a fallback', async (t) => {
  t.equal(picks(sourceHash(), three([1, 1, 1])), '2 1 3 1 3 1 2 2 3 2 3 2')
  t.equal(picks(sourceHash(), three([3, 2, 1])), '2 1 3 2 3 2 1 2 1 2 1 1')
  t.equal(picks(sourceHash(), three([1, 1, 1]), VIPS), Array(13).fill('2').join(' '), 'one client, thirteen VIPs')
  t.equal(picks(sourceHash(), three([1, 0, 1])), '- 1 3 1 3 1 - - 3 - 3 -')
  t.equal(picks(sourceHash({ fallback: true }), three([1, 0, 1])), '1 1 3 1 3 1 1 1 3 1 3 1')
  t.equal(picks(sourceHash({ port: true }), three([1, 1, 1]), PORTS), '1 2 2 3 1 3 2 3 2 3 2 1')
})

void t.test('sh fills its 256 buckets in turns as long as the weights', async (t) => {
  const names = sourceHashTable(three([3, 2, 1])).map(({ name }) => name)
  t.equal(names.slice(0, 8).join(' '), '3 2 2 1 1 1 3 2')
  t.same(
    ['1', '2', '3'].map((name) => names.filter((owner) => owner === name).length),
    [127, 86, 43],
  )
  t.same(sourceHashTable([]), [])
})

void t.test('mh goes by the client; its table has 4093 places in the ratio of the weights', async (t) => {
  t.equal(picks(maglev(), three([1, 1, 1])), '2 3 3 1 1 3 3 3 1 1 3 2')
  t.equal(picks(maglev(), three([3, 2, 1])), '2 3 3 1 1 1 3 1 1 1 2 2')
  t.equal(picks(maglev({ port: true }), three([1, 1, 1]), PORTS), '3 3 3 1 2 3 2 1 3 1 2 2')
  const owners = maglevTable(three([3, 2, 1])).map(({ name }) => name)
  t.same(
    ['1', '2', '3'].map((name) => owners.filter((owner) => owner === name).length),
    [2046, 1364, 683],
  )
  t.same(maglevTable([]), [])
})

void t.test('mh hashes the port of the real server: 0, as with a firewall mark, gives another table', async (t) => {
  const servers = three([1, 1, 1]).map((server) => ({ ...server, port: 0 }))
  t.equal(picks(maglev(), servers), '2 3 1 2 1 3 2 1 2 3 2 2')
})

void t.test(
  'mh: a server at weight 0 keeps its clients, who are refused; mh-fallback finds them another',
  async (t) => {
    const drained = three([1, 0, 1], [{}, { lastWeight: 1 }])
    t.equal(picks(maglev(), drained), '- 3 3 1 1 3 3 3 1 1 3 -')
    t.equal(picks(maglev({ fallback: true }), drained), '1 3 3 1 1 3 3 3 1 1 3 1')
  },
)

void t.test('when nat-2 goes, mh moves only its clients; sh and dh move others too', async (t) => {
  const left = three([1, 1, 1]).filter(({ name }) => name !== '2')
  t.equal(picks(maglev(), left), '3 3 3 1 1 3 3 3 1 1 3 3')
  t.equal(picks(sourceHash(), left), '1 1 3 3 3 3 3 1 1 1 1 3')
  t.equal(picks(destinationHash, left, VIPS), '3 3 3 3 3 1 1 1 1 1 3 3 3')
})
