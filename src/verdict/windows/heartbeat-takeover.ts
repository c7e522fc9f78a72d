import type { HeartbeatConf } from '../../topology/heartbeat-conf/index.ts'
import { DEAD_SOURCE, DETECTION, DETECTION_MS, TAKEOVER_SOURCE, TICK_MS } from './heartbeat-detection.ts'
import { scriptTime, vipPlace, WAKE_MS } from './heartbeat-scripts.ts'
import { inMs, STEP_TOLERANCE_MS, toWindow, type Window } from './window.ts'

/** Silence begins when the last packet is read, not when it comes. */
const TAKEOVER_MS = WAKE_MS + DETECTION_MS
const TAKEOVER = `up to ${inMs(WAKE_MS)} until the packet is read, ${DETECTION}`

/**
 * A node falls silent: from its last status packet (`t=status`; acknowledgements do not count) until the other says so.
 * This much the protocol fixes; what follows is the work of scripts. `dead` as for {@link heartbeatTakeover}.
 */
export function heartbeatDeath(dead: HeartbeatConf): Window {
  return toWindow({
    name: 'heartbeat deadtime',
    earliestMs: dead.deadtimeMs,
    latestMs: dead.deadtimeMs + TAKEOVER_MS,
    exact: `deadtime ${inMs(dead.deadtimeMs)}, ${TAKEOVER}`,
    source: DEAD_SOURCE,
    from: 'the last status packet of the dead node',
    to: 'the log of the other says "node …: is dead"',
  })
}

/** The work of scripts that follows: until the successor has an address, by default the first of haresources. */
export function heartbeatTakeoverScripts(dead: HeartbeatConf, address?: string): Window {
  const name = 'heartbeat takeover scripts'
  const { vip, scripts } = machDown(name, dead, address)
  return toWindow({
    name,
    earliestMs: 0,
    latestMs: scripts.latestMs,
    exact: scripts.text,
    source: 'heartbeat 3.0.6 hb_resource.c takeover_from_node; mach_down; ResourceManager takegroup',
    from: 'the log of the successor says "node …: is dead"',
    to: `its first gratuitous ARP for ${vip}`,
  })
}

/**
 * A node falls silent: from its last status packet (`t=status`; acknowledgements do not count) to the gratuitous ARP of
 * the other. `dead` is the configuration of the node that falls silent: its packets carry the deadtime that the other
 * goes by, 2 s more during its first 5 s (heartbeat.c, HBDoMsg_T_STATUS and hb_add_deadtime).
 */
export function heartbeatTakeover(dead: HeartbeatConf, address?: string): Window {
  const { vip, scripts } = machDown('heartbeat takeover after the last packet', dead, address)
  return toWindow({
    name: 'heartbeat takeover after the last packet',
    earliestMs: dead.deadtimeMs,
    latestMs: dead.deadtimeMs + TAKEOVER_MS + scripts.latestMs,
    exact: `deadtime ${inMs(dead.deadtimeMs)}, ${TAKEOVER}, ${scripts.text}`,
    source: TAKEOVER_SOURCE,
    from: 'the last status packet of the dead node',
    to: `the first gratuitous ARP of the successor for ${vip}`,
  })
}

/** The node loses power: from the fault, which may strike anywhere between two packets. */
export function powerCutToHeartbeatTakeover(dead: HeartbeatConf, address?: string): Window {
  const { vip, scripts } = machDown('heartbeat takeover after a power cut', dead, address)
  const silentMs = dead.keepaliveMs + TICK_MS + STEP_TOLERANCE_MS
  return toWindow({
    name: 'heartbeat takeover after a power cut',
    // The packet that was due at the moment of the fault may have been late too, and then was never sent.
    earliestMs: dead.deadtimeMs - silentMs,
    latestMs: dead.deadtimeMs + TAKEOVER_MS + scripts.latestMs,
    exact:
      `deadtime ${inMs(dead.deadtimeMs)}, less at most keepalive (${inMs(dead.keepaliveMs)} + ${inMs(TICK_MS)} + ` +
      `${inMs(STEP_TOLERANCE_MS)}), ${TAKEOVER}, ${scripts.text}`,
    source: `${TAKEOVER_SOURCE}; the fault falls between two packets`,
    from: 'the fault',
    to: `the first gratuitous ARP of the successor for ${vip}`,
  })
}

function machDown(name: string, conf: HeartbeatConf, address?: string) {
  const { vip, position } = vipPlace(name, conf, address)
  // harc, status, mach_down and ResourceManager together count as one run.
  return { vip, scripts: scriptTime(position + 1, 0) }
}
