import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fixturePath, nothingLeft, openFor, openReady, pidOf } from './open-fixture.js'
import { StartedProgram, verifyProgram } from './verify-program.js'

test('the file is compared with its pin, in either case of letters', async (t) => {
  const program = place(t, 'program')
  writeFileSync(program, 'content')
  await verifyProgram(program, pinned(program))
  await verifyProgram(program, { name: 'shop', sha256: digest(program).toUpperCase() })
  await assert.rejects(verifyProgram(program, { name: 'shop', sha256: 'ab'.repeat(32) }), /check where it comes from/)
  await verifyProgram(program, { name: 'shop', sha256: undefined })
})

// Guard: /proc/PID/exe. The path alone would show the good program again.
test('a binary that was exchanged for its start, and put back, is found out', async (t) => {
  const { program, other } = twoBinaries(t)
  const settings = pinned(program)
  const good = join(program, '..', 'good')
  renameSync(program, good)
  renameSync(other, program)
  const child = run(t, program)
  const started = new StartedProgram(child.pid!, program, settings)
  renameSync(good, program)
  await verifyProgram(program, settings)
  await assert.rejects(started.verify(), /expected .* to have sha256/)
})

test('a binary that was replaced after its start is still the one that runs', async (t) => {
  const { program, other } = twoBinaries(t)
  const started = new StartedProgram(run(t, program).pid!, program, pinned(program))
  renameSync(other, program)
  // By its path it is another; what was started, and held open, is what counts until the next start.
  await started.verify()
})

test('a pinned script starts, and one that was exchanged between the look and the start gets no secrets', async (t) => {
  const program = place(t, 'plugin')
  const write = (more: string) =>
    writeFileSync(program, `#!/bin/sh\n${more}exec "${process.execPath}" "${fixturePath('fixture-plugin.mjs')}"\n`)
  write('')
  chmodSync(program, 0o755)
  const { sha256 } = pinned(program)
  const fixture = await openReady(t, { path: program, sha256 })
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
  assert.deepEqual(await fixture.finish(), nothingLeft)

  const environment = Object.defineProperty({ ...process.env }, 'LANG', {
    enumerable: true,
    // Read when the environment of the process is put together: after the look, before the start.
    get: () => write('# changed\n'),
  })
  const attacked = openFor(t, { path: program, sha256, environment })
  await assert.rejects(attacked.connection.ready(), /expected .*plugin to have sha256/)
  assert.equal(attacked.of('plugin-started').length, 1, 'it did start, and was ended')
  assert.deepEqual(await attacked.finish(), nothingLeft)
})

const twoBinaries = (t: TestContext): { program: string; other: string } => {
  const program = place(t, 'program')
  const other = join(program, '..', 'other')
  const sleep = realpathSync('/bin/sleep')
  for (const path of [program, other]) copyFileSync(sleep, path)
  // Bytes behind the last section change nothing of what it does.
  writeFileSync(other, Buffer.concat([readFileSync(sleep), Buffer.from('changed')]))
  for (const path of [program, other]) chmodSync(path, 0o755)
  return { program, other }
}

const run = (t: TestContext, program: string): ChildProcess => {
  const child = spawn(program, ['60'], { stdio: 'ignore' })
  t.after(() => child.kill('SIGKILL'))
  return child
}

const place = (t: TestContext, name: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'pin-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, name)
}

const pinned = (program: string) => ({ name: 'shop', sha256: digest(program) })

const digest = (program: string): string => createHash('sha256').update(readFileSync(program)).digest('hex')
