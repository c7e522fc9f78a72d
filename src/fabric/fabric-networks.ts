import { UsageError } from '../errors.ts'
import type { FabricOptions } from './fabric-options.ts'
import type { CableId } from './types.ts'

/** @throws {UsageError} LVSLAB_E_FABRIC_NO_NETWORK */
export function checkNetwork({ networks }: Pick<FabricOptions, 'networks'>, network: string): void {
  if (networks.some(({ name }) => name === network)) return
  throw new UsageError('LVSLAB_E_FABRIC_NO_NETWORK', `The fabric has no network ${network}`, {
    seen: `it has ${networks.map(({ name }) => name).join(', ')}`,
  })
}

/** @throws {UsageError} LVSLAB_E_FABRIC_GROUPS, LVSLAB_E_FABRIC_NO_NETWORK */
export function checkGroups(
  options: Pick<FabricOptions, 'networks' | 'cables'>,
  network: string,
  groups: readonly (readonly CableId[])[],
): void {
  checkNetwork(options, network)
  const own = options.cables.filter((cable) => cable.network === network).map(({ id }) => id)
  const named = groups.flat()
  const refuse = (message: string): UsageError =>
    new UsageError('LVSLAB_E_FABRIC_GROUPS', message, { seen: `cables of ${network}: ${own.join(', ')}` })
  const stray = named.find((cable) => !own.includes(cable))
  if (stray !== undefined) throw refuse(`Cable ${stray} is not one of network ${network}`)
  const twice = named.find((cable, index) => named.indexOf(cable) !== index)
  if (twice !== undefined) throw refuse(`Cable ${twice} is in two groups`)
  if (groups.some((group) => group.length === 0)) throw refuse('A group of the partition has no cable')
  const rest = named.length < own.length ? 1 : 0
  if (groups.length + rest < 2) throw refuse('A partition into one group separates nothing')
}
