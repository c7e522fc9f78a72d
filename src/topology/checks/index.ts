import type { TopologyProblem } from '../problem.ts'
import type { TopologyFile } from '../schema.ts'
import type { YamlSource } from '../yaml-source.ts'
import { checkFiles } from './files.ts'
import { checkNetworks } from './networks.ts'
import { checkNodes } from './nodes.ts'
import { Report } from './report.ts'
import { checkVips } from './vips.ts'
import { checkVirtualServices } from './virtual-services.ts'

/** Everything that can be wrong with a topology whose shape is right. All of it at once. */
export async function checkMeaning(file: TopologyFile, source: YamlSource, folder: string): Promise<TopologyProblem[]> {
  const report = new Report(file, source)
  checkNetworks(report)
  checkNodes(report)
  checkVips(report)
  checkVirtualServices(report)
  await checkFiles(report, folder)
  return report.problems
}
