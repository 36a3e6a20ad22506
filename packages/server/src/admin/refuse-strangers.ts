import { isIP } from 'node:net'
import type { Request, RequestHandler } from 'express'
import type { ListenAddress } from '../config/config.js'
import { isLoopback } from '../config/is-loopback.js'
import { ApiError } from '../errors.js'

/**
 * Lets through who asks from this machine and is no web page. A page can make its reader's browser send requests here:
 * across origins, which Origin tells, or under a name of its own that it made point here, which Host tells.
 * A unix socket is guarded by the rights of its file.
 */
export const refuseStrangers = (listen: ListenAddress): RequestHandler => {
  if ('path' in listen) return (_request, _response, next) => next()
  return (request, _response, next) => {
    const reason = whyStrange(request, listen.host)
    if (reason !== undefined) throw new ApiError('not_local', { detail: reason })
    next()
  }
}

const whyStrange = (request: Request, ownName: string): string | undefined => {
  if (!isLoopback(request.socket.remoteAddress ?? '')) return 'The request came from another machine'
  if (request.headers.origin !== undefined) return 'The request has an Origin, so a web page sent it'
  const host = hostName(request.headers.host ?? '')
  if (isIP(host) !== 0 || host === 'localhost' || host === ownName) return undefined
  return 'The Host is neither an address nor localhost'
}

const hostName = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
