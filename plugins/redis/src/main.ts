import { serve } from '@easyrest/plugin'
import { RedisCache } from './redis-cache.js'
import { schemes } from './redis-uri.js'

await serve({ name: 'easyrest-plugin-redis', version: '0.1.0', schemes, cache: new RedisCache() })
