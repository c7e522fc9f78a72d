import t from 'tap'
import { bzImageVersion } from '../../../src/image/kernel.ts'

/** A bzImage as far as its version goes: the pointer at 0x20E counts from 0x200 (boot.rst). */
function bzImage(version: string): Buffer {
  const image = Buffer.alloc(0x1000)
  image.writeUInt16LE(0x400 - 0x200, 0x20e)
  image.write(version, 0x400)
  return image
}

void t.test("Debian's package version comes out of a kernel image", async (t) => {
  const text =
    '6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-01)'
  t.equal(bzImageVersion(bzImage(text)), '6.1.192-2')
})

void t.test("another's kernel gives its release", async (t) => {
  t.equal(bzImageVersion(bzImage('6.18.0-custom (me@here) #1 SMP')), '6.18.0-custom')
})

void t.test('what is no kernel has no version', async (t) => {
  t.equal(bzImageVersion(Buffer.alloc(0)), 'unknown')
  t.equal(bzImageVersion(Buffer.alloc(0x1000)), 'unknown')
})
