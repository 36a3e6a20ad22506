import { ApiError } from '../../errors.js'

/** How often a write is tried that others get ahead of. */
export const maxTries = 20

/** After so many tries. */
export const contended = (what: 'document' | 'documents'): ApiError =>
  new ApiError('conflict', {
    detail: `Others wrote the ${what} again and again; nothing was written`,
    hint: 'Try again',
  })
