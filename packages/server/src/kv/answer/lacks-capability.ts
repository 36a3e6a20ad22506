import type { Capability } from '@easyrest/protocol'
import { ApiError } from '../../errors.js'

/** What cannot be done in one call of this plugin, and so is not done at all. */
export const lacksCapability = (capability: Capability, what: string): ApiError =>
  new ApiError('unsupported', {
    detail: `The plugin of this connection does not have the capability ${capability}, which ${what} would need`,
    members: { capability },
  })
