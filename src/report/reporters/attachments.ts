import { join, relative } from 'node:path'
import type { ClaimRecord } from '../../run/record.ts'
import { isBeside } from '../evidence-path.ts'

/** Where evidence lies, for whoever fetches it. */
export interface EvidencePlace {
  /** Absolute: the folder that evidence paths are relative to. */
  readonly folder: string
  /** GitLab's `CI_PROJECT_DIR` when it runs this. */
  readonly gitlabProject?: string | undefined
}

/**
 * Lines that CI servers take as files to attach, each on a line of its own. Jenkins' JUnit Attachments plug-in wants an
 * absolute path, GitLab one relative to the project.
 */
export function attachments(claim: ClaimRecord, { folder, gitlabProject }: EvidencePlace): string[] {
  return claim.evidence
    .filter(({ path }) => isBeside(path) && !/[\]\n]/.test(path))
    .map(({ path }) => join(folder, path))
    .map((path) => `[[ATTACHMENT|${gitlabProject === undefined ? path : relative(gitlabProject, path)}]]`)
}
