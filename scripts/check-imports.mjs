// The arrows of docs/architecture.md: each package imports only what stands below it, lists what it imports, each outside
// package has one home, and no files import each other in a circle.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCircles } from './find-circles.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const arrows = {
  'packages/protocol': [],
  'packages/plugin': ['@easyrest/protocol'],
  'packages/sql': ['@easyrest/protocol'],
  'packages/host': ['@easyrest/protocol'],
  'packages/conformance': ['@easyrest/host', '@easyrest/protocol'],
  // For `plugin check` alone, which loads it when it is asked.
  'packages/server': ['@easyrest/conformance', '@easyrest/host', '@easyrest/protocol'],
  'plugins/lru': ['@easyrest/plugin'],
  'plugins/redis': ['@easyrest/plugin'],
  'plugins/sqlite': ['@easyrest/plugin', '@easyrest/sql', '@easyrest/protocol'],
  'plugins/postgres': ['@easyrest/plugin', '@easyrest/sql', '@easyrest/protocol'],
  'plugins/mysql': ['@easyrest/plugin', '@easyrest/sql', '@easyrest/protocol'],
  // What an author sees first must not need more than the SDK.
  'plugins/examples/memory': ['@easyrest/plugin'],
}

const homes = {
  '@grpc/grpc-js': ['packages/protocol/src', 'packages/plugin/src', 'packages/host/src', 'packages/conformance/src'],
  execa: ['packages/host/src/spawn-plugin.ts'],
  express: [
    'packages/server/src/http/app.ts',
    'packages/server/src/http/express-answers.ts',
    'packages/server/src/admin',
  ],
  jose: ['packages/server/src/auth'],
  jsonwebtoken: ['packages/server/src/auth'],
  'lru-cache': ['packages/server/src/auth', 'packages/sql/src', 'plugins/lru/src'],
  pino: ['packages/server/src/observe'],
  'pino-pretty': ['packages/server/src/observe'],
  'prom-client': ['packages/server/src/observe/metrics.ts'],
  yaml: ['packages/server/src/config'],
  zod: ['packages/server/src/config', 'packages/conformance/src/seed.ts'],
  commander: ['packages/server/src/cli/cli.ts'],
  // It connects and logs in; from then on the wire protocol is ours (docs/decisions/0014).
  pg: ['plugins/postgres/src/connect/open-connection.ts'],
  ioredis: ['plugins/redis/src'],
  '@photostructure/sqlite': ['plugins/sqlite/src/database.ts'],
  // Connections, the types of parameters, and the types of answers.
  mysql2: [
    'plugins/mysql/src/connection.ts',
    'plugins/mysql/src/open-connection.ts',
    'plugins/mysql/src/bindings.ts',
    'plugins/mysql/src/value-printer.ts',
  ],
}

const problems = []
for (const [folder, below] of Object.entries(arrows)) {
  const { name: own, dependencies = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const files = sources(join(root, folder, 'src'))
  for (const file of files) checkFile(relative(root, file), file, own, below, dependencies)
  for (const circle of findCircles(new Map(files.map((file) => [file, importedFiles(file)])))) {
    const names = circle.map((file) => relative(root, file)).join(', ')
    problems.push(`${names}: import each other in a circle; move what they share to a file of its own`)
  }
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)

function checkFile(name, file, own, below, dependencies) {
  const isTest = /\.test\.ts$|\/test-support\//.test(name)
  for (const specifier of imports(readFileSync(file, 'utf8'))) {
    if (specifier.startsWith('node:') || builtinModules.includes(specifier)) continue
    if (specifier.startsWith('.')) {
      if (
        relative(root, join(file, '..', specifier))
          .split('/')
          .slice(0, 2)
          .join('/') !== name.split('/').slice(0, 2).join('/')
      ) {
        problems.push(`${name}: ${specifier} leaves the package; import it by its name`)
      }
      continue
    }
    const packageName = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')
    if (isOurs(packageName)) {
      if (packageName !== own && !below.includes(packageName))
        problems.push(`${name}: ${packageName} is not below ${own}`)
    } else if (!isTest) checkHome(name, packageName)
    if (!isTest && packageName !== own && dependencies[packageName] === undefined) {
      problems.push(`${name}: ${packageName} is not in the dependencies of its package.json`)
    }
  }
}

function checkHome(name, packageName) {
  const allowed = homes[packageName]
  if (allowed === undefined) problems.push(`${name}: ${packageName} has no home in scripts/check-imports.mjs`)
  else if (!allowed.some((home) => name.startsWith(home))) {
    problems.push(`${name}: ${packageName} is at home in ${allowed.join(', ')}`)
  }
}

function isOurs(packageName) {
  return packageName.startsWith('@easyrest/') || packageName.startsWith('easyrest-')
}

function imports(text) {
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3])
}

function importedFiles(file) {
  const own = imports(readFileSync(file, 'utf8')).filter((specifier) => specifier.startsWith('.'))
  return own.map((specifier) => join(file, '..', specifier).replace(/\.js$/, '.ts'))
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}
