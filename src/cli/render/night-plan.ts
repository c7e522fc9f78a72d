import type { TellPlan } from '../../matrix/index.ts'
import type { Look } from '../terminal/output.ts'
import { span } from '../terminal/quantity.ts'
import { table } from '../terminal/text.ts'

const FROM: Readonly<Record<TellPlan['estimate']['from'], string>> = {
  'earlier nights': 'by earlier nights',
  'earlier runs of the claims': 'by the claims alone; what boots their clusters comes on top',
  nothing: '',
}

/** A night's cells in their order, what each is expected to take, and what must be built for them. */
export function renderPlan(plan: TellPlan, { ink, width }: Look): string {
  const head = ['', 'kernel', 'keepalived', 'about', 'state', 'why here'].map(ink.dim)
  const rows = plan.cells.map(({ kernel, keepalived, estimateMs, state, why }, n) => [
    ...[String(n + 1), kernel, keepalived],
    ...[estimateMs === undefined ? '?' : span(estimateMs), state, why],
  ])
  const { from, totalMs, imagesMs } = plan.estimate
  const left = plan.cells.filter(({ state }) => state !== 'done').length
  const images = plan.toBuild.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  return [
    ...table([head, ...rows], { width, right: [0, 3] }),
    '',
    from === 'nothing'
      ? `${left} cells; how long they take nobody knows yet: none of their claims ran here before`
      : `${left} cells, about ${span(totalMs)} ${FROM[from]}`,
    ...(images === '' ? [] : [`to be built meanwhile${imagesMs > 0 ? `, about ${span(imagesMs)}` : ''}: ${images}`]),
    plan.before === undefined ? 'no night before this one to compare with' : `to be compared with ${plan.before}`,
    `to be written to ${plan.outDir}`,
  ].join('\n')
}
