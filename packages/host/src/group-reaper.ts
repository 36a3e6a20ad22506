import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'

/**
 * Ends process groups when this process ends, however it ends. A plugin made with an SDK watches its standard input and
 * goes by itself; any other program would outlive a host that was killed. So one small shell waits for the end of its own
 * standard input, which the host's end is, gives the plugins 0.4 seconds to go gently, and ends what is left.
 */
class GroupReaper {
  private readonly groups = new Set<number>()
  private shell: ChildProcess | undefined

  add(group: number): void {
    if (process.platform === 'win32') return
    this.groups.add(group)
    if (this.shell === undefined) this.start()
    else this.tell('+', group)
  }

  remove(group: number): void {
    if (this.groups.delete(group)) this.tell('-', group)
  }

  private start(): void {
    const shell: ChildProcess = spawn('/bin/sh', ['-c', script], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      // Ctrl-C and a closed terminal are for the host.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    // Without a shell, or after its end, the next plugin asks for another.
    const forget = () => {
      if (this.shell === shell) this.shell = undefined
    }
    shell.once('error', forget).once('exit', forget)
    // There is none when the host has no descriptors left.
    shell.stdin?.on('error', forget)
    shell.unref()
    // A socket, which must not keep the host running.
    if (shell.stdin instanceof Socket) shell.stdin.unref()
    this.shell = shell
    for (const group of this.groups) this.tell('+', group)
  }

  private tell(change: '+' | '-', group: number): void {
    this.shell?.stdin?.write(`${change} ${group}\n`)
  }
}

export const groupReaper = new GroupReaper()

// Ids are not given out again so soon, so the groups are still those that were named.
const script = `
trap '' HUP INT TERM
groups=' '
while read -r change group; do
  case $change in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
[ "$groups" = ' ' ] && exit
sleep 0.4
for group in $groups; do kill -s KILL -- "-$group"; done
`
