import type { Cluster } from '../../../../src/cluster/index.ts'
import type { SchedulerName } from '../../../../src/verdict/index.ts'
import type { NamedSabotage } from '../table.ts'
import { afterBoot } from '../ways.ts'

/** All connections of an experiment, or of its beginning, went to one server. */
const ALL_TO_ONE = /: [-123 ]+ \(seen (\d)( \1){2,}/

export const schedulers: readonly NamedSabotage[] = [
  runsInstead('rr', 'lc', 'requests one by one go the same ways; rr pays no heed to connections that stay open'),
  runsInstead('wrr', 'wlc', 'requests one by one go the same ways; wrr pays no heed to connections that stay open'),
  {
    ...runsInstead('lc', 'rr', 'requests one by one go the same ways; only connections that stay open tell'),
    control: '003-rr',
    long: false,
  },
  runsInstead('wlc', 'wrr', 'requests one by one go the same ways; only connections that stay open tell'),
  runsInstead('lblc', 'lblcr', 'a relieved server is taken again only from a set'),
  runsInstead('lblcr', 'lblc', 'without a set a relieved server is not taken again'),
  runsInstead('dh', 'sh', 'it goes by the wrong one of the two addresses'),
  runsInstead('sh', 'mh', 'it goes by the right address, with another hash'),
  runsInstead('sed', 'nq', 'nq takes an idle server where sed takes the fast one'),
  runsInstead('nq', 'sed', 'sed takes the fast server where nq takes an idle one'),
  runsInstead('fo', 'ovf', 'ovf leaves the highest weight when that is full', '003-more'),
  runsInstead('ovf', 'fo', 'fo never leaves the highest weight, and refuses nobody', '003-more'),
  runsInstead('mh', 'sh', 'sh moves other clients too when a server is gone', '003-more'),
  {
    name: 'no-weights',
    description: 'all servers that have a weight have the weight 1',
    sabotage: rules('s/ -w [1-9][0-9]*$/ -w 1/'),
    red: {
      '003-wrr': /any six in a row are three, two and one \(.*saw 1 2, 2 2, 3 2/,
      '003-wlc': /and six more 6:4:2 \(3:6:3\)/,
      '003-sed': /idle while nat-1 \(weight 4\) takes three \(3 2 1 3 2 3 3 1 3\)/,
      '003-nq': /seen 3 2 1 3 2 3 2\)/,
      '003-more': /fo: the highest weight that is up.*seen 3 3 3 3 3/,
    },
    why: 'those whose schedulers weigh; rr, lc and dh give nothing on weights, and the others are shown with equal ones',
    telling: '003-wrr',
    long: true,
    control: '003-lc',
  },
  {
    name: 'sticky',
    description: 'every virtual service is persistent: a client stays with its first server',
    sabotage: rules('s/^-A .*/& -p 300/'),
    red: Object.fromEntries(
      ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sed', 'nq', 'more'].map((id) => [`003-${id}`, ALL_TO_ONE]),
    ),
    why: 'all but sh (003-sh), which promises just that',
    telling: '003-dh',
    control: '003-sh',
    long: true,
  },
]

/** The director runs another scheduler than it is told, a near relative; the claim says which. */
function runsInstead(told: SchedulerName, run: SchedulerName, why: string, claim = `003-${told}`): NamedSabotage {
  return {
    name: `${told}-is-${run}`,
    description: `where ${told} is asked for, ${run} runs`,
    sabotage: rules(`s/ -s ${told}$/ -s ${run}/`),
    red: { [claim]: new RegExp(String.raw`no scheduler but ${told} would have chosen so \((\w+,)*${run}\b`) },
    why,
    telling: claim,
    long: true,
  }
}

/** Edits each rule that the director's ipvsadm is given for an experiment, with sed. */
function rules(edit: string): NamedSabotage['sabotage'] {
  return afterBoot((cluster) => wrapIpvsadm(cluster, edit))
}

/** /usr/local/sbin comes first in the search path of the machines. */
function wrapIpvsadm(cluster: Cluster, edit: string): Promise<unknown> {
  const wrapper = `#!/bin/sh
[ "$1" = -R ] || exec /usr/sbin/ipvsadm "$@"
sed '${edit}' | /usr/sbin/ipvsadm -R`
  return cluster
    .the('director')
    .succeed(`cat >/usr/local/sbin/ipvsadm <<'END'\n${wrapper}\nEND\nchmod 755 /usr/local/sbin/ipvsadm`)
}
