// For tests of every package.

export { generateKeys } from './generate-keys.js'

/** EASYREST_LONG=1, as `npm run test:faults` sets it. */
export const isLongRun = process.env.EASYREST_LONG === '1'

/** How often, how many or how large: what fits `npm test`, or what a long run does. */
export const forRun = (normal: number, long: number): number => (isLongRun ? long : normal)
