/** A way in which heartbeat loses a message of its own scripts. */
export interface HeartbeatLoss {
  /** What it logs then, and in no other case. */
  readonly logs: string
  /** How it comes about, as the second half of a sentence. */
  readonly why: string
}

/**
 * heartbeat's scripts ask it for resources, and answer each other, by messages that they write to its FIFO in three pieces
 * (shellfuncs of resource-agents, ha_clustermsg). Nothing repeats one that is lost: a node that asked holds nothing, and
 * waits for ever. Of 180 messages that were written at random moments on an emulated processor, two were lost.
 */
export const HEARTBEAT_LOSSES: readonly HeartbeatLoss[] = [
  {
    logs: 'NV failure (msgfromsteam)',
    why:
      'two of its scripts mixed their messages in its FIFO (ClusterLabs/resource-agents#396, open since 2014), and its own ' +
      'request was lost',
  },
  {
    // setmsalarm(1000) ends each read of msgfromstream; what follows the piece that was read has no beginning any more.
    logs: 'msg2string: Message with zero fields',
    why:
      'its FIFO reader, which an alarm wakes every second (heartbeat.c, fifo_child), took the first piece of a message for ' +
      'the whole, and the message was lost',
  },
]

/** Shell: prints the lines of a log, from its input or a file, that tell of such a loss; fails where there are none. */
export const GREP_LOSSES = `grep -F ${HEARTBEAT_LOSSES.map(({ logs }) => `-e '${logs}'`).join(' ')}`
