/** The shortest decimal that reads back as the same single-precision number: what its column was given. */
export const shortestFloat = (value: number): number => {
  for (let digits = 6; digits <= 8; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}
