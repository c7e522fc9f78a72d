import type { HeartbeatMessage } from './types.ts'

/** How a message of Linux-HA's heartbeat begins (heartbeat 3.0.6 include/hb_api.h and cluster-glue cl_msg.h, MSG_START_NETSTRING). */
const START = '###\n'
/** What follows the last field; a digest comes after it. */
const END = '%%%\n'
/** A field: its length in bytes, then a colon, its kind in brackets (0 is a string), name, "=", value, and a comma. */
const LENGTH = /^(\d{1,5}):/
const STRING_FIELD = /^\(0\)([^=]+)=(.*)$/s

/**
 * The fields of a heartbeat message that tell what it is, if a datagram carries one: heartbeat writes its messages as
 * netstrings. A message that is cut short still has the fields before the cut. Never throws, whatever the bytes.
 */
export function decodeHeartbeat(payload: Uint8Array): HeartbeatMessage | undefined {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1')
  if (!text.startsWith(START)) return undefined
  const fields = fieldsOf(text)
  const type = fields.get('t')
  if (type === undefined) return undefined
  const [src, status] = [fields.get('src'), fields.get('st')]
  return { type, ...(src === undefined ? {} : { src }), ...(status === undefined ? {} : { status }) }
}

function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (let at = START.length; at < text.length && !text.startsWith(END, at);) {
    const head = LENGTH.exec(text.slice(at, at + 6))
    if (head === null) break
    const begin = at + head[0].length
    at = begin + Number(head[1])
    if (text[at] !== ',') break
    const [, name, value] = STRING_FIELD.exec(text.slice(begin, at)) ?? []
    if (name !== undefined && value !== undefined && !fields.has(name)) fields.set(name, value)
    at++
  }
  return fields
}
