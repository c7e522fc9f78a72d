import { InfrastructureError } from '../../errors.ts'

/** How a machine is reached. */
export interface SshTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Path of the private key. */
  readonly identityFile: string
}

/**
 * Reads what `vagrant ssh-config` prints (ssh_config(5)): a Host section for each machine. Values may be quoted; of several
 * keys the first counts, as it does for ssh.
 *
 * @throws InfrastructureError `LVSLAB_E_VAGRANT_SSH_CONFIG` for a section that does not say how to get in
 */
export function parseSshConfig(text: string): Map<string, SshTarget> {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  for (const line of text.split('\n')) {
    const [, word = '', rest = ''] = /^\s*([A-Za-z]+)[\s=]+(.*?)\s*$/.exec(line) ?? []
    const value = rest.replace(/^"(.*)"$/, '$1')
    if (word.toLowerCase() === 'host') {
      section = new Map()
      sections.set(value, section)
    } else if (word !== '' && section && !section.has(word.toLowerCase())) {
      section.set(word.toLowerCase(), value)
    }
  }
  return new Map([...sections].map(([name, words]) => [name, targetOf(name, words, text)]))
}

function targetOf(name: string, words: ReadonlyMap<string, string>, text: string): SshTarget {
  const host = words.get('hostname')
  const identityFile = words.get('identityfile')
  const port = Number(words.get('port') ?? 22)
  if (host === undefined || identityFile === undefined || !Number.isInteger(port)) {
    throw new InfrastructureError('LVSLAB_E_VAGRANT_SSH_CONFIG', `Vagrant does not say how to reach ${name}`, {
      tried: 'vagrant ssh-config',
      seen: text.slice(0, 600),
      todo: 'look at "vagrant status": is the machine running?',
    })
  }
  return { host, port, user: words.get('user') ?? 'vagrant', identityFile }
}
