import assert from 'node:assert/strict'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { askPid } from '../support/pid-connection.js'
import { startServer } from '../support/start-server.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'
import { writeProgram } from '../support/write-program.js'

// Version managers put a shim into PATH that looks in the home directory which interpreter is meant.
describe('A plugin whose interpreter is the shim of a version manager', () => {
  it('starts, because PATH and HOME are passed on', async (t) => {
    const server = await startServer({
      config: async (directory) => ({ plugins: { p: { uri: 'pid://one', path: await shimmed(directory) } } }),
      env: async (directory) => ({ HOME: directory.path, PATH: `${await shims(directory)}:/usr/bin:/bin` }),
    })
    t.after(() => server.stop())
    assert.equal((await askPid(server)).uri, 'pid://one')
  })

  it('needs HOME: without it the log has what the shim said', async (t) => {
    const server = await startServer({
      config: async (directory) => ({ plugins: { p: { uri: 'pid://one', path: await shimmed(directory) } } }),
      env: async (directory) => ({ HOME: '/nonexistent', PATH: `${await shims(directory)}:/usr/bin:/bin` }),
    })
    t.after(() => server.stop())
    await server.logLine(/did not start: .*shim: no version is set/)
  })
})

/** A folder with a `node` that is no Node. */
async function shims(directory: TemporaryDirectory): Promise<string> {
  const versions = join(directory.path, '.versions', '20.0.0')
  await mkdir(versions, { recursive: true })
  await symlink(process.execPath, join(versions, 'node'))
  await writeFile(directory.file('.version'), '20.0.0')
  const folder = directory.file('shims')
  await mkdir(folder)
  await writeProgram(
    join(folder, 'node'),
    `version=$(cat "$HOME/.version" 2>/dev/null) || { echo 'shim: no version is set' >&2; exit 1; }
exec "$HOME/.versions/$version/node" "$@"`,
  )
  return folder
}

async function shimmed(directory: TemporaryDirectory): Promise<string> {
  const fixture = fileURLToPath(new URL('../support/fixtures/pid-plugin.js', import.meta.url))
  const program = directory.file('plugin.mjs')
  await writeFile(program, `#!/usr/bin/env node\nimport ${JSON.stringify(fixture)}\n`)
  await chmod(program, 0o755)
  return program
}
