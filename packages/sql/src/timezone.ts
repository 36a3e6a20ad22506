import { PluginError } from '@easyrest/protocol'

/** Offsets of a timezone from UTC, in whole minutes, which is all that RFC 3339 can print. */
export interface Timezone {
  /** Never anything but UTC. */
  readonly isUtc: boolean
  /** East of Greenwich is positive. */
  offsetAt(instantMs: number): number
}

/** By IANA name or ISO-signed offset (+05:30). Throws `bad_value`. */
export const timezone = (name: string): Timezone => {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = createTimezone(name)
  if (zones.size >= maxZones) zones.clear()
  zones.set(name, zone)
  return zone
}

/** The instant at which clocks of the zone show this time; of two the earlier, of none the one before the gap. */
export const instantOfLocal = (localMs: number, zone: Timezone): number => {
  const early = localMs - zone.offsetAt(localMs - dayMs) * minuteMs
  const late = localMs - zone.offsetAt(localMs + dayMs) * minuteMs
  const fits = (instant: number): boolean => instant + zone.offsetAt(instant) * minuteMs === localMs
  return fits(early) || !fits(late) ? early : late
}

const zones = new Map<string, Timezone>()
const maxZones = 600

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

const createTimezone = (name: string): Timezone => {
  if (name === '' || name === 'UTC' || name === 'Z') return { isUtc: true, offsetAt: () => 0 }
  const fixed = parseOffset(name)
  return fixed === undefined ? new NamedTimezone(name) : { isUtc: false, offsetAt: () => fixed }
}

/** Minutes of `+05:30`, `+0530` or `+05`. */
export const parseOffset = (text: string): number | undefined => {
  const match = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(text)
  if (match === null) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -minutes : minutes
}

class NamedTimezone implements Timezone {
  readonly isUtc = false
  private readonly format: Intl.DateTimeFormat
  private readonly offsets = new Map<number, number>()

  constructor(name: string) {
    try {
      this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    } catch (cause) {
      throw new PluginError(
        'bad_value',
        `expected a timezone such as Europe/Berlin or +05:30, got ${JSON.stringify(name)}`,
        { cause },
      )
    }
  }

  // Intl takes microseconds, and clocks change at quarters of an hour at most.
  offsetAt(instantMs: number): number {
    const quarter = Math.floor(instantMs / (15 * minuteMs))
    const known = this.offsets.get(quarter)
    if (known !== undefined) return known
    if (this.offsets.size >= maxOffsets) this.offsets.clear()
    const offset = this.computeOffset(quarter * 15 * minuteMs)
    this.offsets.set(quarter, offset)
    return offset
  }

  // GMT, GMT+02:00, and for times before standard time GMT-00:01:15, whose seconds are dropped.
  private computeOffset(instantMs: number): number {
    const printed = /GMT([+-]\d\d:\d\d)?/.exec(this.format.format(instantMs))?.[1]
    return printed === undefined ? 0 : parseOffset(printed)!
  }
}

const maxOffsets = 20_000
