import { ApiError } from '../../errors.js'

/** @param index of the operation of a transaction whose condition does not hold */
export const conditionFailed = (index: number): ApiError =>
  new ApiError('precondition', {
    detail: `The condition of operation ${index} does not hold, so nothing was done`,
    members: { operation: String(index) },
  })
