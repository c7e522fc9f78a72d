import t from 'tap'
import { addressOfHex, hexAddress, hexPort } from '../../../src/cluster/hex-address.ts'

void t.test('addresses and ports as the kernel writes them', async (t) => {
  t.equal(hexAddress('192.168.10.100'), 'C0A80A64')
  t.equal(addressOfHex('C0A80A64'), '192.168.10.100')
  t.equal(addressOfHex(hexAddress('10.0.0.1')), '10.0.0.1')
  t.same([0, 80, 47664].map(hexPort), ['0000', '0050', 'BA30'])
})
