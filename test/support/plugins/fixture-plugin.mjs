#!/usr/bin/env node
// A well-behaved plugin for tests of the host; fixture-server.mjs says what its tables do.
import { listen } from './fixture-server.mjs'

const path = await listen()
console.log(`1|2|unix|${path}|grpc|`)
console.error(
  JSON.stringify({ '@level': 'info', '@message': 'fixture listens', '@timestamp': new Date().toISOString() }),
)
