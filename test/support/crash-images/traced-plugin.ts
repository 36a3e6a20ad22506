import { readFile } from 'node:fs/promises'
import { hostVariable } from '@easyrest/protocol'
import { sqlitePlugin } from '../repository-path.js'
import type { TemporaryDirectory } from '../temporary-directory.js'
import { until } from '../until.js'
import { writeProgram } from '../write-program.js'
import { tracedCalls } from './parse-trace.js'

export interface TracedPlugin {
  /** A program that is the SQLite plugin under strace. */
  readonly program: string
  /** The whole trace, when the process has ended. */
  ended(pid: number): Promise<string>
}

export async function writeTracedPlugin(own: TemporaryDirectory): Promise<TracedPlugin> {
  const trace = own.file('trace')
  const program = await writeProgram(own.file('traced-plugin'), `exec ${straceCommand(trace)} "${sqlitePlugin()}"`)
  return {
    program,
    ended: (pid) => endedTrace(trace, pid),
  }
}

// The tracer has a session of its own (-DDD), and none of the marks by which the host finds what a plugin has left, so that
// it outlives the plugin.
const marks = [hostVariable, 'PLUGIN_UNIX_SOCKET_DIR']
const unmarked = marks.map((mark) => `-u ${mark}`).join(' ')
const passedOn = marks.map((mark) => `-E ${mark}="$${mark}"`).join(' ')

const straceCommand = (trace: string): string =>
  `env ${unmarked} strace ${passedOn} -DDD -f -y -xx -s 10000000 -e trace=${tracedCalls} -e signal=none -o "${trace}" "${process.execPath}"`

async function endedTrace(file: string, pid: number): Promise<string> {
  try {
    return await until(() => completeTrace(file, pid), { what: 'the end of the trace', timeoutMs: 60_000 })
  } catch (cause) {
    const text = await readFile(file, 'latin1')
    throw new Error(`no end of process ${pid} in the trace, which ends with\n${text.slice(-2000)}`, { cause })
  }
}

async function completeTrace(file: string, pid: number): Promise<string | undefined> {
  const text = await readFile(file, 'latin1')
  return new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, 'm').test(text) ? text : undefined
}
