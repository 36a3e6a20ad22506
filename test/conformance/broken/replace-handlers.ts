import { Server } from '@grpc/grpc-js'
import type { ProgramDefect } from './program-defect.js'

/** From now on every server of this process has these handlers in place of its own. */
export const replaceHandlers = (handlers: NonNullable<ProgramDefect['handlers']>): void => {
  const addService = Server.prototype.addService
  Server.prototype.addService = function (definition, implementation) {
    const replaced = Object.keys(handlers).filter((name) => name in definition)
    const changes = replaced.map((name) => [name, handlers[name]!(implementation[name] as never)])
    addService.call(this, definition, { ...implementation, ...Object.fromEntries(changes) })
  }
}
