#!/usr/bin/env node
// A SIGHUP that comes before the configuration is read must not end the process, and imports take a while.
process.on('SIGHUP', () => {})
const { main } = await import('../dist/main.js')
await main(process.argv.slice(2))
