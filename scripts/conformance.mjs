// npm run conformance -- PROGRAM --uri URI ...: installs and builds where that is still to do, then checks a plugin
// program against the contract. docs/conformance.md
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { install } from './install.mjs'

const here = process.cwd()
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
install()
build()
// npm runs scripts in the package's folder; paths are meant from where the user stands.
process.chdir(process.env.INIT_CWD ?? here)
await import('../packages/conformance/dist/main.js')
