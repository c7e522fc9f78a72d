import t from 'tap'
import { parseIpvsConnections } from '../../../src/cluster/ipvs-connections.ts'

const text = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP C0A80A1E BA30 C0A80A64 0050 0A01010C 0050 FIN_WAIT         57
TCP C0A8641E 0000 C0A864C8 0050 C0A8640C 0050 NONE              6
`

void t.test('reads connections and templates of persistence', async (t) => {
  t.same(parseIpvsConnections(text), [
    {
      protocol: 'TCP',
      clientIp: '192.168.10.30',
      clientPort: 47664,
      virtualIp: '192.168.10.100',
      virtualPort: 80,
      serverIp: '10.1.1.12',
      serverPort: 80,
      state: 'FIN_WAIT',
      expiresS: 57,
    },
    {
      protocol: 'TCP',
      clientIp: '192.168.100.30',
      clientPort: 0,
      virtualIp: '192.168.100.200',
      virtualPort: 80,
      serverIp: '192.168.100.12',
      serverPort: 80,
      state: 'NONE',
      expiresS: 6,
    },
  ])
})
