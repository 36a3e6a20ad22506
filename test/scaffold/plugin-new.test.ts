import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { goToolchain } from '../support/go-toolchain.js'
import { pythonEnvironment } from '../support/python-environment.js'
import { repositoryPath } from '../support/repository-path.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

let directory: TemporaryDirectory

before(async () => {
  directory = await temporaryDirectory()
})

after(() => directory.remove())

interface Scaffold {
  readonly lang: string
  readonly program: string
  /** Why it cannot be tried on this machine. */
  readonly skip?: string | false
  /** What its README says to type. */
  readonly steps: readonly (readonly [program: string, ...args: string[]])[]
}

const python = await pythonEnvironment()
const go = goToolchain()
// An interpreter that is new enough comes first.
const PATH = [
  ...(typeof python === 'string' ? [] : [python.programs]),
  process.env.PATH,
  ...(go ? [go.folder] : []),
].join(delimiter)

const scaffolds: readonly Scaffold[] = [
  {
    lang: 'go',
    program: 'bin/program',
    skip: go === undefined && 'Go is not installed; new plugins in Go are not tried',
    steps: [
      ['go', 'mod', 'tidy'],
      ['go', 'test', './...'],
      ['go', 'build', '-o', 'bin/program', '.'],
    ],
  },
  {
    lang: 'python',
    program: 'bin/program',
    skip: typeof python === 'string' && `${python}; new plugins in Python are not tried`,
    steps: [
      ['python3', '-m', 'venv', '.venv'],
      ['.venv/bin/pip', 'install', '-r', 'requirements.txt'],
      ['.venv/bin/python', '-m', 'pytest'],
    ],
  },
  {
    lang: 'typescript',
    program: 'bin/program.js',
    steps: [
      ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'],
      ['npm', 'test'],
    ],
  },
]

for (const { lang, program, steps, skip = false } of scaffolds) {
  for (const kind of ['db', 'cache']) {
    test(`a new ${kind} plugin in ${lang} builds, and passes its tests and the check`, { skip }, () => {
      const name = `${lang}${kind}`
      const project = join(directory.path, `easyrest-plugin-${name}`)
      expectSuccess(server('plugin', 'new', name, '--lang', lang, '--kind', kind))
      const written = filesOf(project)
      expectSuccess(run(project, 'git', 'init', '--quiet'))
      assert.deepEqual(filesForGit(project), written, 'all that was written is the project')
      for (const [command, ...args] of steps) expectSuccess(run(project, command, ...args))
      const seed = kind === 'db' ? ['--seed', 'seed.json'] : []
      const check = run(project, process.execPath, serverProgram, 'plugin', 'check', program, ...uri(name), ...seed)
      expectSuccess(check)
      assert.match(check.stdout, / passed, 0 failed, /)
      assert.match(check.stdout, kind === 'db' ? /ok {7}where\.eq/ : /ok {7}cache\.set/)
      const made = filesForGit(project).filter(
        (file) => !written.includes(file) && !/^(go\.sum|package-lock\.json)$/.test(file),
      )
      assert.deepEqual(made, [], 'what tools make is no part of the project')
      expectReadmeSays(project, [...steps, ['easyrest-server', 'plugin', 'check', program, ...uri(name), ...seed]])
    })
  }
}

const filesOf = (project: string): string[] =>
  readdirSync(project, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(project, join(entry.parentPath, entry.name)))
    .sort()

/** What `git add .` would take. */
const filesForGit = (project: string): string[] =>
  run(project, 'git', 'ls-files', '--others', '--exclude-standard').stdout.split('\n').filter(Boolean).sort()

const uri = (name: string) => ['--uri', `${name}://`]

/** The options of this test's own aside. */
const expectReadmeSays = (project: string, commands: readonly (readonly string[])[]): void => {
  const readme = readFileSync(join(project, 'README.md'), 'utf8')
  for (const command of commands) {
    const line = command.filter((word) => !/^--(prefer|no)-/.test(word)).join(' ')
    assert.ok(readme.split('\n').includes(line), `README.md does not have the line ${line}`)
  }
}

const refusals: [args: string[], status: number, message: RegExp][] = [
  [[], 2, /expected one NAME/],
  [['a', 'b'], 2, /expected one NAME/],
  [['My-DB', '--lang', 'typescript', '--kind', 'db'], 2, /expected a NAME of small letters and digits.*got "My-DB"/],
  [['../x', '--lang', 'typescript', '--kind', 'db'], 2, /expected a NAME of small letters/],
  [['mydb', '--kind', 'db'], 2, /expected --lang with one of .*typescript.*got none/],
  [['mydb', '--lang', 'cobol', '--kind', 'db'], 2, /expected --lang with one of .*typescript.*got cobol/],
  [['mydb', '--lang', 'constructor', '--kind', 'db'], 2, /expected --lang with one of/],
  [['mydb', '--lang', 'typescript'], 2, /expected --kind with one of db, cache, got none/],
  [['mydb', '--lang', 'typescript', '--kind', 'auth'], 2, /expected --kind with one of db, cache, got auth/],
  [['mydb', '--langg', 'typescript'], 2, /--langg/],
]

for (const [args, status, message] of refusals) {
  test(`plugin new ${args.join(' ')} is refused, and nothing is written`, () => {
    const before = readdirSync(directory.path)
    const result = server('plugin', 'new', ...args)
    assert.equal(result.status, status, result.stdout)
    assert.match(result.stderr, message)
    assert.deepEqual(readdirSync(directory.path), before)
  })
}

test('a directory that exists is left as it is', () => {
  mkdirSync(directory.file('taken'))
  const result = server('plugin', 'new', 'mydb', '--lang', 'typescript', '--kind', 'db', '--directory', 'taken')
  assert.equal(result.status, 1)
  assert.match(result.stderr, /taken exists already: name another place with --directory/)
  assert.deepEqual(readdirSync(directory.file('taken')), [])
})

test('a missing toolchain is named with where to get it', () => {
  const env = { ...process.env, PATH: '/nonexistent' }
  const args = [serverProgram, 'plugin', 'new', 'mydb', '--lang', 'typescript', '--kind', 'db']
  const result = spawnSync(process.execPath, args, { cwd: directory.path, env, encoding: 'utf8' })
  assert.equal(result.status, 1)
  assert.match(result.stderr, /npm does not run, and the plugin would need it \(Node .*\); nothing was written/)
  assert.ok(!readdirSync(directory.path).includes('easyrest-plugin-mydb'))
})

test('the commands for plugin authors explain themselves', () => {
  for (const args of [['--help'], ['check', '--help'], ['new', '--help']]) {
    const result = server('plugin', ...args)
    assert.equal(result.status, 0)
    assert.match(result.stdout, /^usage: easyrest-server plugin/)
  }
  const unknown = server('plugin', 'chek')
  assert.equal(unknown.status, 2)
  assert.match(unknown.stderr, /unknown command "plugin chek"\nusage: /)
})

const serverProgram = repositoryPath('packages/server/bin/easyrest-server.js')

const server = (...args: string[]) => run(directory.path, process.execPath, serverProgram, ...args)

const run = (cwd: string, program: string, ...args: string[]) =>
  spawnSync(program, args, {
    cwd,
    env: { ...process.env, PATH },
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 1 << 26,
  })

const expectSuccess = ({ status, stdout, stderr }: ReturnType<typeof run>): void =>
  assert.equal(status, 0, `${stdout}\n${stderr}`)
