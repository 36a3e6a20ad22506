/** A row as the scenarios' tables hold it: six columns, some 120 bytes of JSON. */
export const row = (id) => ({
  id,
  name: `item ${id}`,
  price: Math.round(((id * 37) % 9973) * 1.01 * 100) / 100,
  quantity: (id * 7) % 1000,
  created: `2024-0${1 + (id % 9)}-1${id % 10}T0${id % 10}:3${id % 6}:00`,
  note: `note on item ${id}, abc`,
})

const rows = (count) => Buffer.from(JSON.stringify(Array.from({ length: count }, (_, index) => row(5001 + index))))

/** About 3.0 KB. */
export const bytesOf25Rows = rows(25)

/** About 150 bytes with the brackets. */
export const bytesOfOneRow = rows(1)
