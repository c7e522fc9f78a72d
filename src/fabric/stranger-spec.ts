import { UsageError } from '../errors.ts'

declare const strangerId: unique symbol

export type StrangerId = number & { readonly [strangerId]: true }

/** A machine that does not belong to the cluster and claims an address of it. */
export interface StrangerSpec {
  /** IPv4 address that it claims, without prefix. */
  readonly address: string
  /** Lower case with colons: "02:…". */
  readonly mac: string
  /** Between two announcements, ms. Default 1000. Each is gratuitous ARP in both forms, request and reply. */
  readonly everyMs?: number
  /** Answers ARP requests for the address too. Default false: then it only announces. */
  readonly answers?: boolean
}

const DEFAULT_EVERY_MS = 1_000
/** More often than this it would be a flood, which is another fault. */
const LEAST_EVERY_MS = 10
const MOST_EVERY_MS = 3_600_000

/** @throws {UsageError} LVSLAB_E_STRANGER */
export function checkStranger(spec: StrangerSpec): Required<StrangerSpec> {
  const { address, mac, everyMs = DEFAULT_EVERY_MS, answers = false } = spec
  const parts = address.split('.')
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
  const isMac = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/.test(mac)
  const refuse = (what: string): UsageError => new UsageError('LVSLAB_E_STRANGER', `A stranger cannot have ${what}`)
  if (!isAddress) throw refuse(`the address ${address}`)
  if (!isMac) throw refuse(`the MAC address ${mac}: it must be unicast, in lower case, with colons`)
  if (!(everyMs >= LEAST_EVERY_MS && everyMs <= MOST_EVERY_MS)) {
    throw refuse(`a rhythm of ${everyMs} ms: it must lie between ${LEAST_EVERY_MS} and ${MOST_EVERY_MS} ms`)
  }
  return { address, mac, everyMs, answers }
}
