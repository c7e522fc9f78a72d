/**
 * A person's command as the guest runs it: several words are a program and its arguments, one word alone is a line for
 * the shell. timeout(1) ends it with all that it has started, so that what it printed until then is not lost.
 */
export function guestCommand(words: readonly string[], timeoutMs: number): string[] {
  const [first = ''] = words
  const command = words.length === 1 ? ['/bin/sh', '-c', first] : [...words]
  const seconds = (timeoutMs / 1000).toFixed(1)
  // HOME is not set for what the agent starts; sh answers 127 for a program that is not there, and says so.
  return ['/bin/sh', '-c', 'export HOME=/root; cd; exec "$@"', 'lvslab', 'timeout', '-k', '2', seconds, ...command]
}

/** timeout(1)'s exit code for a command that it ended. */
export const TIMED_OUT = 124
