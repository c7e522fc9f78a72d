// Imports run one way; a lower layer never reaches up. The order is the architecture (README, "Architecture").
const layers = [
  ['topology'],
  ['fabric', 'image'],
  ['engine'],
  ['cluster'],
  ['fault', 'load', 'verdict'],
  ['run', 'matrix', 'report'],
  ['cli'],
]
const upward = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer.join('-')}-imports-upward`,
  severity: 'error',
  comment: 'cli > run, matrix, report > fault, load, verdict > cluster > engine > fabric, image > topology',
  from: { path: `^src/(${layer.join('|')})/` },
  to: {
    path: `^src/(${layers
      .slice(index + 1)
      .flat()
      .join('|')})/`,
  },
}))
module.exports = {
  forbidden: [...upward, { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
