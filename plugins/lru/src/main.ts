import { serve } from '@easyrest/plugin'
import { LruMemory } from './lru-memory.js'

await serve({ name: 'easyrest-plugin-lru', version: '0.1.0', schemes: ['lru'], cache: new LruMemory() })
