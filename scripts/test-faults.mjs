// npm run test:faults: the tests of faults, and every test that has a long version, in their long versions.
// `npm run test:faults -- power` runs only the files whose path contains one of the words.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { installServers } from './install-servers.mjs'
import { run } from './run.mjs'
import { testFiles } from './test-files.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const wanted = process.argv.slice(2)

install()
build()
const files = testFiles('.')
  .filter((file) => file.includes(join('dist', 'faults')) || hasLongVersion(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
if (files.length === 0) {
  console.error(`No test file with a long version matches ${wanted.join(', ')}`)
  process.exit(2)
}
await installServers()
// One at a time: the figures of memory and time are to mean something.
run('node', ['--test', '--test-reporter=spec', '--test-concurrency=1', '--test-timeout=3600000', ...files], {
  env: { ...process.env, EASYREST_LONG: '1' },
})

function hasLongVersion(file) {
  return readFileSync(file, 'utf8').includes('@easyrest/protocol/testing')
}
