import type { ResolveHook } from 'node:module'

const driver = '@photostructure/sqlite'
const logged = new URL('logged-driver.js', import.meta.url).href

export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  specifier === driver && context.parentURL !== logged
    ? { url: logged, shortCircuit: true }
    : nextResolve(specifier, context)
