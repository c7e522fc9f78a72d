import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../../../../src/host/paths.ts'

// A program that prints its words stands in for QEMU.
const folder = mkdtempSync(join(tmpdir(), 'lvslab-test-'))
t.teardown(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'qemu-system-x86_64'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })

function passedOn(...words: string[]): string[] {
  const wrapper = join(projectRoot, 'scripts', 'lib', 'qemu-emulated')
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` }
  return execFileSync(wrapper, words, { env, encoding: 'utf8' }).trimEnd().split('\n')
}

void t.test('the translator gets a small cache; all else is passed on as it is', (t) => {
  t.strictSame(passedOn('-name', 'guest=a b,debug', '-accel', 'tcg', '-m', '192'), [
    ...['-name', 'guest=a b,debug', '-accel', 'tcg,tb-size=64', '-m', '192'],
  ])
  t.strictSame(passedOn('-accel', 'kvm'), ['-accel', 'kvm'])
  t.strictSame(passedOn('-append', 'tcg'), ['-append', 'tcg'], 'a word that is no accelerator')
  t.end()
})

void t.test("libvirt's question for capabilities does not open /dev/kvm", (t) => {
  t.strictSame(passedOn('-S', '-machine', 'none,accel=kvm:tcg', '-nodefaults'), [
    ...['-S', '-machine', 'none,accel=tcg', '-nodefaults'],
  ])
  t.end()
})
