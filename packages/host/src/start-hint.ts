import { open } from 'node:fs/promises'
import { endianness } from 'node:os'
import type { PluginExit } from './plugin-start-error.js'

export interface StartSymptoms {
  /** The error code of the system when the program could not even be executed. */
  readonly spawnCode?: string | undefined
  readonly exit?: PluginExit | undefined
  readonly stdout: string
  readonly stderr: readonly string[]
}

/** The likely cause of a failed start, and the next step. */
export const startHint = async (program: string, symptoms: StartSymptoms): Promise<string> =>
  hintFromErrors(program, symptoms) ?? (await hintFromFile(program, symptoms)) ?? generalHint(program, symptoms)

const hintFromErrors = (program: string, { spawnCode, stderr }: StartSymptoms): string | undefined => {
  if (spawnCode === 'EMFILE' || spawnCode === 'ENFILE') {
    return 'the server has no file descriptors left: raise its limit (ulimit -n, LimitNOFILE of systemd)'
  }
  if (spawnCode === 'EACCES') {
    return `the file or its interpreter is not executable by this user: run chmod +x ${program}, and check that its file system is not mounted noexec`
  }
  const text = stderr.join('\n')
  const known = stderrHints.find(([pattern]) => pattern.test(text))
  return known?.[1](program)
}

const stderrHints: readonly (readonly [RegExp, (program: string) => string])[] = [
  [
    /error while loading shared libraries|cannot open shared object|Library not loaded|version `GLIBC/,
    (program) => `a library that the program needs is missing: ldd ${program} names it`,
  ],
  [
    /^env: |\benv: '?[^\s']{1,200}'?: No such file/m,
    () => 'the interpreter in its first line was not found in PATH: install it',
  ],
  [
    /ERR_MODULE_NOT_FOUND|Cannot find module|ModuleNotFoundError|MODULE_NOT_FOUND/,
    () => 'a module that the program needs is missing: build the plugin and install its dependencies',
  ],
  [
    /This binary is a plugin|magic cookie/i,
    () =>
      'the program expects another cookie: it is not a plugin for EasyREST, whose cookie is EASYREST_PLUGIN=easyrest',
  ],
  [
    /bind: invalid argument|path too long|AF_UNIX path/i,
    () => 'the path of its socket is too long: set XDG_RUNTIME_DIR or TMPDIR of the server to a shorter directory',
  ],
]

const hintFromFile = async (program: string, { spawnCode, exit }: StartSymptoms): Promise<string | undefined> => {
  const head = await readHead(program)
  const machine = elfMachine(head)
  if (machine !== undefined && machine !== ownMachine()) {
    return `the program was built for ${machineNames[machine] ?? `machine ${machine}`}, and this machine is ${process.arch}: install the build for this machine`
  }
  if (spawnCode === 'ENOENT') return missingLoaderHint(head)
  // The system runs a file of no known kind as a shell script.
  const unknownKind = machine === undefined && !head.toString('latin1').startsWith('#!')
  const failedAsScript = spawnCode === 'ENOEXEC' || (exit?.code !== undefined && [2, 126, 127].includes(exit.code))
  return unknownKind && failedAsScript
    ? 'the file is no executable for this machine and has no #! line: install the right build, or add a #! line'
    : undefined
}

const readHead = async (program: string): Promise<Buffer> => {
  try {
    const file = await open(program)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0).finally(() => file.close())
    return buffer.subarray(0, bytesRead)
  } catch {
    return Buffer.alloc(0)
  }
}

// ELF header: magic, class, data encoding (1 little, 2 big) ... e_machine at offset 18.
const elfMachine = (head: Buffer): number | undefined => {
  if (head.length < 20 || head.toString('latin1', 0, 4) !== '\x7fELF') return undefined
  return head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)
}

const ownMachine = (): number | undefined =>
  process.arch === 'ppc64' && endianness() === 'BE' ? 21 : machineNumbers[process.arch]

const machineNumbers: Readonly<Record<string, number>> = {
  ia32: 3,
  mips: 8,
  mipsel: 8,
  ppc64: 21,
  s390x: 22,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
}

const machineNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(machineNumbers).map(([name, number]) => [number, name]),
)

const missingLoaderHint = (head: Buffer): string => {
  const interpreter = /^#!\s*(\S+)/.exec(head.toString('latin1'))?.[1]
  return interpreter === undefined
    ? 'its dynamic loader is missing (a build for another C library?): install the build for this system'
    : `its interpreter ${interpreter} does not exist: install it, or correct the first line of the program`
}

const generalHint = (program: string, { stdout }: StartSymptoms): string =>
  stdout.trim() === ''
    ? `run EASYREST_PLUGIN=easyrest ${program} by hand: a plugin prints one line like 1|2|unix|/path|grpc| and keeps running`
    : 'a plugin prints nothing but the handshake to standard output: send everything else to standard error'
