import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { installDebianPackages } from './install-debian-packages.js'
import { isRunning } from './is-running.js'
import { repositoryPath } from './repository-path.js'

/** A virtual environment with the Python SDK, what its tests need, and the plugins in Python of this repository. */
export interface PythonEnvironment {
  /** Its interpreter. */
  readonly python: string
  /** The folder of its programs. */
  readonly programs: string
}

/**
 * The environment, made once and again when a requirement has changed. A text says why there is none, and the tests that
 * need it are skipped; with CI=true it is an Error.
 */
export async function pythonEnvironment(): Promise<PythonEnvironment | string> {
  try {
    return await environment()
  } catch (error) {
    if (process.env.CI === 'true') throw error
    return (error as Error).message
  }
}

async function environment(): Promise<PythonEnvironment> {
  const python = await findPython()
  const folder = join(cache, stampOf(python.version))
  const programs = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin')
  const complete = join(folder, 'complete')
  while (!existsSync(complete)) await whileLocked(`${folder}.lock`, () => make(python.path, folder, complete))
  return { python: join(programs, 'python'), programs }
}

const run = promisify(execFile)
const cache = repositoryPath('.cache', 'python')
const packages = ['sdk/python', 'plugins/examples/python']

/** The first interpreter that is new enough and can make environments. On Debian that takes a package of its own. */
async function findPython(): Promise<{ path: string; version: string }> {
  const found = (await firstUsable()) ?? (process.env.CI === 'true' ? await installed() : undefined)
  if (found !== undefined) return found
  throw new Error('Python 3.11 or newer with venv is not installed (Debian package python3-venv)')
}

async function firstUsable(): Promise<{ path: string; version: string } | undefined> {
  for (const path of pythons()) {
    const version = await versionOf(path)
    if (version !== undefined) return { path, version }
  }
  return undefined
}

function installed(): ReturnType<typeof firstUsable> {
  installDebianPackages(['python3', 'python3-venv'])
  return firstUsable()
}

const pythons = (): string[] =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
    .map((folder) => join(folder, 'python3'))
    .filter((path) => existsSync(path))

async function versionOf(path: string): Promise<string | undefined> {
  const script = 'import ensurepip, sys, venv; assert sys.version_info >= (3, 11); print(sys.version)'
  const answer = await run(path, ['-c', script]).catch(() => undefined)
  return answer?.stdout
}

function stampOf(version: string): string {
  // An environment knows the folders that it was made in.
  const hash = createHash('sha256').update(`${version} ${cache}`)
  for (const folder of packages) hash.update(readFileSync(repositoryPath(folder, 'pyproject.toml')))
  return hash.digest('hex').slice(0, 16)
}

async function make(python: string, folder: string, complete: string): Promise<void> {
  if (existsSync(complete)) return
  await removeOthers()
  await run(python, ['-m', 'venv', folder])
  const sources = packages.flatMap((path) => ['--editable', `${repositoryPath(path)}[dev]`])
  try {
    const install = ['-m', 'pip', 'install', '--quiet', '--retries', '2', ...sources]
    await run(join(folder, 'bin', 'python'), install, { timeout: 280_000 })
  } catch (error) {
    const lines = String((error as { stderr?: string }).stderr)
      .trim()
      .split('\n')
    throw new Error(`pip could not install the Python packages: ${lines.at(-1)}`, { cause: error })
  }
  await writeFile(complete, '')
}

async function removeOthers(): Promise<void> {
  for (const name of await readdir(cache)) {
    if (/^[0-9a-f]{16}$/.test(name)) await rm(join(cache, name), { recursive: true, force: true })
  }
}

/** Test files run at the same time: one makes the environment, and the others wait for it. */
async function whileLocked(lock: string, work: () => Promise<void>): Promise<void> {
  await mkdir(cache, { recursive: true })
  const file = await open(lock, 'wx').catch(() => undefined)
  if (file === undefined) return waitFor(lock)
  try {
    await file.writeFile(String(process.pid))
    await work()
  } finally {
    await file.close()
    await rm(lock, { force: true })
  }
}

/** The lock of a process that is gone is taken away. */
async function waitFor(lock: string): Promise<void> {
  await delay(500)
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''))
  if (owner > 0 && !isRunning(owner)) await rm(lock, { force: true })
}
