import type { Kernel } from '../../image/index.ts'
import type { Acceleration } from './acceleration.ts'
import { timeParameters } from './time-stamp-counter.ts'
import { WAKE_PORT } from './waker.ts'

/** Everything that shapes a machine as its guest sees it. What goes into the template's key is derived from this. */
export interface MachineShape {
  readonly memoryMiB: number
  readonly nicCount: number
}

export interface MachineFiles {
  /** The guest's memory; `shared` writes it back (templates), private copies on write (clones). */
  readonly memory: { readonly path: string; readonly shared: boolean } | undefined
  /** qcow2 overlay over the userland's root image. */
  readonly disk: string
  readonly console: string
  /** Folder for the sockets; short, as a socket's path may have 107 bytes. */
  readonly sockets: string
}

export interface Nic {
  readonly mac: string
  /** The fabric's socket; without one the NIC has a cable to nowhere. */
  readonly socket: string | undefined
}

/** How many terminals a machine has for people. */
export const TERMINALS = 4

/**
 * Kernel parameters: the console, kernel interface names, and nothing that costs an emulated processor time for no use
 * (mitigations against other tenants, auditing, watchdogs).
 */
const KERNEL_PARAMETERS =
  'console=ttyS0 quiet net.ifnames=0 mitigations=off audit=0 nowatchdog random.trust_cpu=on systemd.show_status=no'

/**
 * Without it QEMU has a copy's kernel announce all its addresses by gratuitous ARP for a second, as if the machine had
 * moved: a director's own announcements of the VIP could not be told from these.
 */
const NO_ANNOUNCEMENT = 'guest_announce=off'

/** Bumped when the arguments change in a way that saved states do not survive. */
export const ARGS_VERSION = 6

export function machineArgs(options: {
  readonly name: string
  readonly shape: MachineShape
  readonly kernel: Kernel
  readonly acceleration: Acceleration
  /** See `counterFrequency`. */
  readonly counterKHz: number | undefined
  readonly files: MachineFiles
  readonly nics: readonly Nic[]
  /** Wait for a saved state instead of booting. */
  readonly incoming: boolean
}): string[] {
  const { shape, kernel, files } = options
  const parameters = `${KERNEL_PARAMETERS} ${timeParameters(options.acceleration, options.counterKHz)}`
  const size = `${shape.memoryMiB}M`
  const memory = files.memory
    ? `memory-backend-file,id=ram,size=${size},mem-path=${files.memory.path},share=${files.memory.shared ? 'on' : 'off'}`
    : `memory-backend-ram,id=ram,size=${size}`
  const socket = (name: string): string => `path=${files.sockets}/${name},server=on,wait=off`
  return [
    ...['-name', options.name, '-nodefaults', '-no-user-config', '-display', 'none', '-S'],
    ...['-machine', 'q35,sata=off,smbus=off,usb=off,memory-backend=ram', '-m', size, '-smp', '1', '-object', memory],
    ...(options.acceleration.kind === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,tb-size=64', '-cpu', 'max']),
    ...['-rtc', 'base=utc'],
    ...['-kernel', kernel.vmlinuz, '-initrd', kernel.initramfs, '-append', parameters],
    ...['-drive', `if=none,id=root,file=${files.disk},format=qcow2,cache=unsafe,discard=unmap`],
    ...['-device', 'virtio-blk-pci,drive=root'],
    ...['-drive', `if=none,id=modules,file=${kernel.modulesImage},format=raw,readonly=on`],
    ...['-device', 'virtio-blk-pci,drive=modules'],
    ...['-device', `virtio-serial-pci,id=vser,max_ports=${TERMINALS + 2}`],
    ...Array.from({ length: TERMINALS }, (_, index) => [
      ...['-chardev', `socket,id=tty${index},${socket(`tty${index}`)}`],
      ...['-device', `virtconsole,bus=vser.0,nr=${index},chardev=tty${index}`],
    ]).flat(),
    ...['-chardev', `socket,id=agent,${socket('agent')}`],
    ...['-device', `virtserialport,bus=vser.0,nr=${TERMINALS},chardev=agent,name=org.qemu.guest_agent.0`],
    ...['-chardev', `socket,id=wake,${socket('wake')}`],
    ...['-device', `virtserialport,bus=vser.0,nr=${TERMINALS + 1},chardev=wake,name=${WAKE_PORT}`],
    ...['-device', 'virtio-rng-pci'],
    ...options.nics.flatMap((nic, index) => [
      '-netdev',
      nic.socket === undefined
        ? `hubport,id=net${index},hubid=${index}`
        : `stream,id=net${index},server=off,addr.type=unix,addr.path=${nic.socket}`,
      '-device',
      `virtio-net-pci,id=nic${index},netdev=net${index},mac=${nic.mac},romfile=,${NO_ANNOUNCEMENT}`,
    ]),
    ...['-qmp', `unix:${files.sockets}/qmp,server=on,wait=off`, '-serial', `file:${files.console}`],
    ...(options.incoming ? ['-incoming', 'defer'] : []),
  ]
}
