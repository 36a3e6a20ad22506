/** What a language needs beside its templates. Paths are those of a checkout of this project. */
export interface Language {
  /** What must be on PATH to build and run the new plugin. */
  readonly toolchain: readonly Tool[]
  /** Copied into the project: from → to. */
  readonly copies: Readonly<Record<string, string>>
  /** The example that the source of a kind begins as. */
  readonly source: Partial<Readonly<Record<Kind, Source>>>
  /** What to type next, in the new directory. */
  readonly steps: readonly string[]
  /** The program, in the new directory. */
  readonly program: string
}

export interface Tool {
  readonly program: string
  readonly args: readonly string[]
  /** Where to get it. */
  readonly install: string
}

export interface Source {
  readonly from: string
  readonly to: string
  /** What the example is called in its source; becomes the name of the new plugin. */
  readonly name: string
}

export const kinds = ['db', 'cache'] as const
export type Kind = (typeof kinds)[number]

export const languages: Readonly<Record<string, Language>> = {
  go: {
    toolchain: [{ program: 'go', args: ['version'], install: 'Go 1.19 or newer; on Debian the package golang-go' }],
    copies: { 'sdk/go': 'sdk/easyrest' },
    source: { db: { from: 'sdk/go/examples/memory/main.go', to: 'main.go', name: '"memory"' } },
    steps: ['go mod tidy', 'go test ./...', 'go build -o bin/program .'],
    program: 'bin/program',
  },
  python: {
    toolchain: [
      {
        program: 'python3',
        args: ['-c', 'import ensurepip, sys, venv; assert sys.version_info >= (3, 11)'],
        install: 'Python 3.11 or newer with venv; on Debian the package python3-venv',
      },
    ],
    copies: {
      'sdk/python/pyproject.toml': 'sdk/python/pyproject.toml',
      'sdk/python/README.md': 'sdk/python/README.md',
      'sdk/python/src': 'sdk/python/src',
    },
    source: { db: { from: 'sdk/python/examples/memory.py', to: 'src/main.py', name: '"memory"' } },
    steps: ['python3 -m venv .venv', '.venv/bin/pip install -r requirements.txt', '.venv/bin/python -m pytest'],
    program: 'bin/program',
  },
  typescript: {
    toolchain: [{ program: 'npm', args: ['--version'], install: 'Node 20.19 or newer comes with it' }],
    copies: {
      'packages/plugin/package.json': 'sdk/plugin/package.json',
      'packages/plugin/dist': 'sdk/plugin/dist',
      'packages/protocol/package.json': 'sdk/protocol/package.json',
      'packages/protocol/dist': 'sdk/protocol/dist',
    },
    source: { db: { from: 'plugins/examples/memory/src/main.ts', to: 'src/main.ts', name: "'memory'" } },
    steps: ['npm install', 'npm test'],
    program: 'bin/program.js',
  },
}
