import { conformanceCommand } from './conformance-command.js'

process.exit(await conformanceCommand('easyrest-conformance', process.argv.slice(2)))
