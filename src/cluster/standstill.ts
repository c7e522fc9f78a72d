import type { Standstill } from '../engine/engine.ts'

const WORDS: Readonly<Record<Standstill, string>> = { frozen: 'is frozen', panicked: 'has panicked', booting: 'boots' }

/** What follows "it", or a machine's name: "has panicked". */
export function standstillWords(standstill: Standstill): string {
  return WORDS[standstill]
}
