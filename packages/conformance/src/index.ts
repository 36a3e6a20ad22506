// For the command and for the tests of plugins.
export { type CheckOptions, checkPlugin } from './check-plugin.js'
export { checks } from './checks/index.js'
export { conformanceCommand } from './conformance-command.js'
export { type CheckResult, type Report, resultText, summaryText } from './report.js'
export { type ColumnUse, columnUses, parseSeed, type Seed, SeedError } from './seed.js'
export { rowBytes, suiteRows } from './suite-rows.js'
