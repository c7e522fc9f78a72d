import type { Command } from 'commander'

/** Ends the program with an exit code that is not an error of lvslab's own: that of a remote command, of a failed claim. */
export type SetExitCode = (code: number) => void

/** Adds a command to the program. Its action loads what it needs only when it runs. */
export type AddCommand = (program: Command, setExitCode: SetExitCode) => void
