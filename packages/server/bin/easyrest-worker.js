#!/usr/bin/env node
// Signals are meant for the main process, also those that a terminal sends to the whole group.
for (const signal of ['SIGHUP', 'SIGINT']) process.on(signal, () => {})
const { runWorker } = await import('../dist/workers/run-worker.js')
await runWorker()
