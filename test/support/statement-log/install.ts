import { register } from 'node:module'

// Loaded into a plugin by NODE_OPTIONS=--import: what it imports as the driver of SQLite is the one that keeps a log.
register(new URL('resolve-driver.js', import.meta.url))
