import type { HeartbeatConf } from '../../topology/heartbeat-conf/index.ts'
import { DEAD_SOURCE, DETECTION, DETECTION_MS, TAKEOVER_SOURCE, TICK_MS } from './heartbeat-detection.ts'
import { scriptTime, vipPlace } from './heartbeat-scripts.ts'
import { inMs, noWindow, STEP_TOLERANCE_MS, toWindow, type Window } from './window.ts'

/** From exec to the timers: plugins, keys, generation file, sync(2), locked memory. About 100 ms on an idle host. */
export const STARTUP_ALLOWANCE_MS = 3000

/** A child of heartbeat that runs before its parent has noted its number sleeps for a second (make_io_childpair). */
const CHILD_SLEEP_MS = 1000

/** A failback that finds one side still busy is tried again after a second (hb_resource.c, PerformAutoFailback). */
const FAILBACK_RETRY_MS = 1000

/** A node starts and never hears the other: until it takes that for dead. */
export function heartbeatInitialDead(conf: HeartbeatConf): Window {
  return toWindow({
    name: 'heartbeat initial dead time',
    earliestMs: conf.initdeadMs,
    latestMs: conf.initdeadMs + STARTUP_ALLOWANCE_MS + DETECTION_MS,
    exact: `initdead ${inMs(conf.initdeadMs)}, up to ${inMs(STARTUP_ALLOWANCE_MS)} start, ${DETECTION}`,
    source: `${DEAD_SOURCE}; config.c init_config`,
    from: 'the start of heartbeat',
    to: 'its log says "node …: is dead"',
  })
}

/** The same until it has the VIP, by default the first of haresources. */
export function heartbeatInitialTakeover(conf: HeartbeatConf, address?: string): Window {
  const name = 'heartbeat initial takeover'
  const { vip, position } = vipPlace(name, conf, address)
  // Beside the resources: its own group is listed and asked for first, and the request comes back as a message.
  const scripts = scriptTime(position + 3, 3)
  return toWindow({
    name,
    earliestMs: conf.initdeadMs,
    latestMs: conf.initdeadMs + STARTUP_ALLOWANCE_MS + DETECTION_MS + scripts.latestMs,
    exact:
      `initdead ${inMs(conf.initdeadMs)}, up to ${inMs(STARTUP_ALLOWANCE_MS)} start, ${DETECTION}, ` + scripts.text,
    source: `${TAKEOVER_SOURCE}; req_resource`,
    from: 'the start of heartbeat',
    to: `its first gratuitous ARP for ${vip}`,
  })
}

/**
 * The preferred node is back, with a heartbeat newly started (one that was only cut off restarts itself instead, and so
 * does the other). Nothing in it waits for a set time: the two agree, the other stops the resources, this one starts
 * them. With `on` the other must have been settled, up to 10 s after its own start (include/heartbeat.h, RQSTDELAY).
 *
 * @throws UsageError `LVSLAB_E_WINDOW_NONE` where `auto_failback off` leaves the resources where they are.
 */
export function heartbeatFailback(conf: HeartbeatConf, address?: string): Window {
  const name = 'heartbeat failback'
  if (conf.autoFailback === 'off') noWindow(name, 'auto_failback off leaves the resources where they are')
  const { vip, group, position } = vipPlace(name, conf, address)
  const on = conf.autoFailback === 'on'
  const stops = group.resources.length
  // `on`: reqnodes, repnodes, starting, resource (two), ask_resources me, other, done (as it is written, and sent).
  // Legacy: reqnodes, repnodes, status scripts on both sides, ip-request and ip-request-resp (each written, and sent).
  const scripts = scriptTime(stops + position + (on ? 2 : 4), on ? 9 : 8)
  const retryMs = on ? FAILBACK_RETRY_MS : 0
  const retry = on ? `, up to ${inMs(FAILBACK_RETRY_MS)} until a second try` : ''
  return toWindow({
    name: `${name} (auto_failback ${conf.autoFailback})`,
    earliestMs: 0,
    latestMs: conf.keepaliveMs + TICK_MS + CHILD_SLEEP_MS + retryMs + scripts.latestMs,
    exact:
      `up to keepalive ${inMs(conf.keepaliveMs)} + ${inMs(TICK_MS)} + ${inMs(CHILD_SLEEP_MS)} until it hears the ` +
      `other${retry}, ${scripts.text} (${stops} stopped, then ${position} started)`,
    source: on
      ? 'heartbeat 3.0.6 hb_resource.c process_resources, PerformAutoFailback, ask_for_resources, go_standby'
      : 'heartbeat 3.0.6 hb_resource.c comm_up_resource_action, req_our_resources; req_resource; rc.d/ip-request',
    from: 'the first packet of the returning node',
    to: `its first gratuitous ARP for ${vip}`,
    steps: 3,
  })
}

/** Between two status packets (`t=status`) of a node whose status stays the same; a change of it is sent at once. */
export function heartbeatInterval(conf: HeartbeatConf): Window {
  const ms = conf.keepaliveMs
  return toWindow({
    name: 'heartbeat interval',
    // A packet may be late and the next on time; then the gap between them is as much too short.
    earliestMs: Math.max(0, ms - TICK_MS - STEP_TOLERANCE_MS),
    latestMs: ms + TICK_MS,
    exact: `keepalive ${inMs(ms)} ± ${inMs(TICK_MS)}, less ${inMs(STEP_TOLERANCE_MS)} where the first was late`,
    source:
      'heartbeat 3.0.6 heartbeat.c master_control_process, hb_send_local_status; cluster-glue GSource.c, longclock.c',
    from: 'a status packet',
    to: 'the next status packet of the same node',
  })
}
