// npm test: installs and builds where that is still to do, then runs every check and every test.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { installServers } from './install-servers.mjs'
import { run } from './run.mjs'
import { testFiles } from './test-files.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const wanted = process.argv.slice(2)

install()
build()
if (wanted.length === 0) {
  run('node', [join('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'])
  run('node', [join('scripts', 'check-imports.mjs')])
  run('node', [join('scripts', 'check-proto.mjs')])
}
const files = testFiles('.').filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
if (files.length === 0) {
  console.error(`No test file matches ${wanted.join(', ')}`)
  process.exit(2)
}
await installServers()
// Two at a time: the tests start processes of their own. Of 5,000 tests only the end is read: what failed stands there.
run('node', ['--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=600000', ...files])
