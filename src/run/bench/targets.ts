/** The same as "DR": what both differ by is noise. */
export const AGAIN = 'DR again'
/** The client asks a web server of its own: how fast the emulated processors are, without any network. */
export const YARDSTICK = 'the client itself'
export const DIRECT = 'no director'

/** What is asked, by variant. */
export const TARGETS: Readonly<Record<string, string>> = {
  NAT: '192.168.10.100',
  DR: '192.168.10.101',
  TUN: '192.168.10.102',
  [AGAIN]: '192.168.10.101',
  [DIRECT]: '192.168.10.11',
  [YARDSTICK]: '127.0.0.1',
}
