const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `30s`, `500ms`, `1m30s` (Go's notation) in milliseconds; 0 needs no unit. undefined: no duration. */
export const readDuration = (text: string): number | undefined => {
  if (/^0+$/.test(text)) return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  let ms = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gy)) {
    ms += Number(amount) * unitMs[unit as keyof typeof unitMs]
  }
  return Math.round(ms)
}
