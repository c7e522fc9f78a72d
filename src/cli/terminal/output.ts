import { ink, mayColor, widthOf, type Ink } from './ink.ts'

/** How standard output may be written on. */
export interface Look {
  readonly color: boolean
  readonly width: number
  readonly ink: Ink
}

export function lookOf(stream: NodeJS.WriteStream = process.stdout): Look {
  const color = mayColor(stream)
  return { color, width: widthOf(stream), ink: ink(color) }
}

/** Data: standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** Talk: standard error. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
