/**
 * The contract's timezone as PostgreSQL spells it. An offset is ISO-signed there (+05:30 is east of Greenwich), and
 * POSIX-signed here, with its name in angle brackets.
 */
export const postgresTimezone = (timezone: string): string => {
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(timezone)
  if (match === null) return timezone
  const [, sign, hours, minutes = '00'] = match
  return `<${sign}${hours}:${minutes}>${sign === '+' ? '-' : '+'}${hours}:${minutes}`
}
