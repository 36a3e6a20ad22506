import { ApiError } from '../errors.js'

/** The statement that a body holds, as text. Throws ApiError bad_body. */
export const parseStatement = (body: Buffer): string => {
  const statement = decode(body)
  if (statement.trim() !== '') return statement
  throw new ApiError('bad_body', { detail: 'Expected a statement in the body, got an empty one' })
}

const decode = (body: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new ApiError('bad_body', { detail: 'Expected a statement in UTF-8, got bytes that are none' })
  }
}
