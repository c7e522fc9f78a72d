export { renderCompareHtml } from './compare-html.ts'
export { compareRuns } from './compare-runs.ts'
export { renderCompareText } from './compare-text.ts'
export { COMPARE_SCHEMA, type Comparison } from './comparison.ts'
