import { readFile } from 'node:fs/promises'
import path from 'node:path'
import t from 'tap'
import { listTopologies, loadTopology } from '../../../src/topology/index.ts'
import { withPicture } from '../../../src/topology/readme.ts'

for (const topology of await listTopologies()) {
  void t.test(`${topology.name} has a README whose picture shows the cluster as it is now`, async (t) => {
    const readme = await readFile(path.join(topology.folder, 'README.md'), 'utf8')
    t.equal(withPicture(readme, topology), readme, 'else run node --import tsx src/topology/write-pictures.ts')
    t.match(readme, `npx lvslab up ${topology.name}`, 'it says how to boot it')
  })
}

void t.test('a README without a place for the picture gets none', async (t) => {
  t.equal(withPicture('# Title\n', await loadTopology('dr-vrrp')), undefined)
})

void t.test('a picture in the old place is replaced, with the rest as it was', async (t) => {
  const drawn = withPicture('a\n<!-- picture -->\nold\n<!-- /picture -->\nb\n', await loadTopology('dr-vrrp'))
  t.match(drawn, /^a\n<!-- picture -->\n\n```text\n[\s\S]*192\.168\.88\.100[\s\S]*```\n\n<!-- \/picture -->\nb\n$/)
  t.notMatch(drawn, /old/)
})
