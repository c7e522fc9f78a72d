/** The ports that Linux gives out to who connects: the lowest and the highest (ip-sysctl, ip_local_port_range). */
export const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range'

/** A range that is smaller (highest less lowest) was narrowed on purpose. */
export const NARROW_RANGE = 2_000
