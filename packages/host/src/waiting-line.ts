import { CallError } from './call-error.js'
import type { CallLimits } from './caller.js'

/** Calls that wait for the same thing in the order they came, none longer than its time. */
export class WaitingLine<T> {
  // A Set keeps the order and forgets a member anywhere in it in constant time.
  private readonly waiters = new Set<Waiter<T>>()

  get length(): number {
    return this.waiters.size
  }

  /** @param onTimeout makes the error for a call that waited too long */
  join({ timeoutMs, signal }: CallLimits, onTimeout: () => CallError): Promise<T> {
    if (signal?.aborted) return Promise.reject(gaveUp())
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.waiters.delete(waiter)
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
      const waiter: Waiter<T> = {
        admit: (value) => {
          leave()
          resolve(value)
        },
        refuse: (error) => {
          leave()
          reject(error)
        },
      }
      const abort = () => waiter.refuse(gaveUp())
      const timer = setTimeout(() => waiter.refuse(onTimeout()), timeoutMs)
      signal?.addEventListener('abort', abort, { once: true })
      this.waiters.add(waiter)
    })
  }

  /** Returns false when nobody waits. */
  admitNext(value: T): boolean {
    const [next] = this.waiters
    next?.admit(value)
    return next !== undefined
  }

  admitAll(value: T): void {
    for (const waiter of this.waiters) waiter.admit(value)
  }

  refuseAll(error: CallError): void {
    for (const waiter of this.waiters) waiter.refuse(error)
  }
}

interface Waiter<T> {
  readonly admit: (value: T) => void
  readonly refuse: (error: CallError) => void
}

const gaveUp = () => new CallError('cancelled', 'the caller gave up before the call was sent')
