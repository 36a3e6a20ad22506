import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'

/**
 * Ends the servers of a directory with this process, also when it is killed: a small shell waits for the end of its
 * standard input, which is the end of this process. A server is known by its working directory, for the processes of
 * PostgreSQL are each in a group of their own.
 */
export class Lifeline {
  private readonly shell: ChildProcess

  constructor(directory: string, firstSignal: string) {
    this.shell = spawn('/bin/sh', ['-c', script, 'lifeline', directory, firstSignal], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      // Ctrl-C is for the tests, and their end for it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.shell.unref()
    if (this.shell.stdin instanceof Socket) this.shell.stdin.unref()
  }

  /** Ends them now; comes back when nothing is left. */
  async pull(): Promise<void> {
    if (this.shell.exitCode !== null) return
    this.shell.ref()
    this.shell.stdin?.end()
    await once(this.shell, 'exit')
  }
}

// PostgreSQL gives its shared memory back at SIGQUIT, not at SIGKILL. One that was stopped hears nothing before it goes on.
const script = `
trap '' HUP INT TERM
directory=$1
send() {
  for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd") in
      "$directory" | "$directory"/*) kill -s "$1" "\${process#/proc/}" && found=yes ;;
    esac
  done
}
while read -r line; do :; done
send "$2"
send CONT
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  found=no
  send 0
  [ $found = no ] && break
  sleep 0.1
done
send KILL
rm -rf -- "$directory"
`
