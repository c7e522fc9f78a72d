import { claim } from '../../support/claim.ts'

// What the NFS server gives to whom.

claim('001-1', async (c) => {
  const cluster = await c.boot()
  const nfs = cluster.the('nfs-server')
  const webs = cluster.withRole('web')
  const exported = webs.map(({ spec, address }) => ({ path: spec.mounts[0]!.from.split(':')[1]!, to: address }))
  const said = await Promise.all(
    webs.map((web, n) => {
      const other = `${nfs.address}:${exported[1 - n]!.path}`
      const { at } = web.spec.mounts[0]!
      return web.run(
        `showmount --no-headers -e ${nfs.address}; echo ===; findmnt -n -o SOURCE ${at}; echo ===
         mkdir -p /tmp/other; mount -t nfs -o retry=0 ${other} /tmp/other 2>&1; echo exit $?; echo ===
         touch ${at}/written 2>&1; echo exit $?`,
        { timeoutMs: 60_000 },
      )
    }),
  )
  for (const [n, web] of webs.entries()) {
    const { from } = web.spec.mounts[0]!
    const { stdout } = said[n]!
    const [list = '', mounted = '', refused = '', write = ''] = stdout.split('===\n').map((part) => part.trim())
    const lines = list.split('\n').map((line) => line.trim().split(/\s+/).join(' '))
    c.check(
      `showmount on ${web.name} lists both exports, each for its own host`,
      lines.length === 2 && exported.every(({ path, to }) => lines.includes(`${path} ${to}`)),
      lines.join('; '),
    )
    c.check(`${web.name} has mounted its own export`, mounted === from, mounted)
    c.check(
      `${web.name} cannot mount the other's: access denied by server (mount(8) exit code 32)`,
      refused.includes('access denied by server') && refused.endsWith('exit 32'),
      refused,
    )
    c.check(
      `${web.name} cannot write, not even as root: read-only file system`,
      write.includes('Read-only file system') && write.endsWith('exit 1'),
      write,
    )
  }

  // The document starts nfs-utils and rpcbind, nothing else.
  const started = await nfs.run(
    `systemctl stop nfs-server; systemctl start nfs-utils rpcbind; systemctl is-active nfs-server
     timeout 5 showmount -e 2>&1`,
    { timeoutMs: 60_000 },
  )
  if (started.stdout.startsWith('inactive')) {
    c.finding(
      'starting nfs-utils and rpcbind, as the document does, serves nothing: nfs-utils.service only groups the daemons of clients and servers, and nfs-server.service must be started',
      `without nfs-server, after systemctl start nfs-utils rpcbind: ${started.stdout.trim().replaceAll('\n', '; ')}`,
    )
  }
})

claim('001-2', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const nfs = cluster.the('nfs-server')
  const webs = cluster.withRole('web')
  // Written before anybody has read the pages: what comes now cannot be a copy.
  const marks = webs.map(({ name }) => `${name} and nobody else, ${Math.random().toString(36).slice(2)}`)
  const paths = webs.map(({ spec }) => spec.mounts[0]!.from.split(':')[1]!)
  await nfs.succeed(marks.map((mark, n) => `echo '${mark}' >>${paths[n]!}/index.html`).join(' && '))
  for (const [n, web] of webs.entries()) {
    const page = await cluster.client.succeed(`curl -s -m 5 http://${web.address}/`)
    c.check(
      `${web.name} serves ${paths[n]} of the NFS server as it is now`,
      page.startsWith(`${web.address} shows ${paths[n]} `) && page.endsWith(marks[n]!),
      page,
    )
    const stats = await web.succeed(
      'awk \'/fstype nfs/ { on = 1 } on && $1 == "READ:" { print $2 }\' /proc/self/mountstats',
    )
    c.check(`the kernel of ${web.name} has read it by NFS`, Number(stats) > 0, `${stats || 'no'} READ operations`)
  }
})
