import { replaceFile } from '../replace-file.ts'
import type { Output } from './reporter.ts'

/** A file that appears, whole, when its reporter is done. */
export function fileOutput(path: string): Output {
  const parts: string[] = []
  return { write: (text) => void parts.push(text), close: () => replaceFile(path, parts.join('')) }
}

/** A stream that is written as the run goes on, and stays open. */
export function streamOutput(stream: { write(text: string): unknown }): Output {
  return { write: (text) => void stream.write(text), close: async () => undefined }
}
