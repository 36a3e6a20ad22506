import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { repositoryPath } from '../support/repository-path.js'
import { requiredProgram } from '../support/required-program.js'
import { startServer } from '../support/start-server.js'

const read = (...path: string[]): string => readFileSync(repositoryPath(...path), 'utf8')
const text = read('docs', 'writing-a-plugin.md')
const blocks = [...text.matchAll(/```([^\n]*)\n(.*?)```/gs)].map(([, language, code]) => ({ language, code: code! }))
const block = (language: string): string => blocks.find((found) => found.language === language)!.code

const programs = [
  ['ts', 'plugins/examples/memory/src/main.ts'],
  ['python', 'sdk/python/examples/memory.py'],
  ['go', 'sdk/go/examples/memory/main.go'],
] as const

for (const [language, path] of programs) {
  // The tests of each run it, and check it against the contract.
  test(`the program in ${language} is ${path}`, () => {
    assert.equal(block(language), read(path))
    assert.ok(text.includes(`\`${path}\``))
  })
}

for (const language of ['typescript', 'python', 'go']) {
  test(`the commands for a project in ${language} are those of its README, which are tried with it`, () => {
    const [create, enter, ...steps] = block(`sh ${language}`).trim().split('\n')
    assert.equal(create, `easyrest-server plugin new mydb --lang ${language} --kind db`)
    assert.equal(enter, 'cd easyrest-plugin-mydb')
    const readme = read('packages/server/templates', language, 'db', 'README.md').replaceAll('{{scheme}}', 'mydb')
    assert.ok(readme.includes(`\`\`\`sh\n${steps.join('\n')}\n\`\`\``), steps.join('\n'))
  })
}

test('every document and folder that it links to is there', () => {
  for (const name of ['writing-a-plugin.md', 'protocol.md']) {
    const links = [...read('docs', name).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!)
    for (const link of links) assert.ok(existsSync(repositoryPath('docs', link)), `${name}: ${link}`)
  }
})

const curl = requiredProgram({ name: 'curl', debianPackage: 'curl' })
const skip = curl === undefined && 'curl is not installed; the requests of docs/writing-a-plugin.md are not tried'

test('the configuration and the requests do what it says', { skip }, async (t) => {
  const [setSecret] = block('sh server').split('\n')
  const secret = setSecret!.split('=')[1]!
  const config = block('yaml').replace('plugins/examples', repositoryPath('plugins/examples'))
  const server = await startServer({ config, env: { ER_TOKEN_SECRET: secret } })
  t.after(() => server.stop())
  const requests = block('sh requests').replaceAll('http://127.0.0.1:8080', server.origin).replaceAll(/$/gm, '\necho')
  const script = `${setSecret}\n${block('sh token')}\n${requests}`
  const { stdout } = await promisify(execFile)('sh', ['-c', script])
  assert.deepEqual(stdout.trim().split('\n'), block('json').trim().split('\n'))
})
