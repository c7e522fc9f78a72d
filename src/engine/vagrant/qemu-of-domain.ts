import { readdirSync, readFileSync } from 'node:fs'

/** Finds the QEMU of a libvirt domain by the UUID on its command line; asks again when that process is gone. */
export function qemuOfDomain(uuid: string): () => number | undefined {
  let known: number | undefined
  return () => {
    if (known !== undefined && isQemuOf(known, uuid)) return known
    known = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => isQemuOf(pid, uuid))
    return known
  }
}

function isQemuOf(pid: number, uuid: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
    return words[words.indexOf('-uuid') + 1] === uuid && words.includes('-uuid')
  } catch {
    return false
  }
}
