import type { DiskImage } from '../../support/crash-images/disk-model.js'
import { judgeDatabase, type Verdict } from '../../support/crash-images/judge-image.js'
import { documentsPerBatch } from './record-documents.js'

/** What is left of the batches of recordDocuments; see Verdict. */
export const judgeDocuments = (image: DiskImage, directory: string, acknowledged: number): Promise<Verdict> =>
  judgeDatabase(image, directory, (database) => {
    const [table] = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'easyrest_kv'").all()
    if (table === undefined) return acknowledged === 0 ? 'good' : 'lost'
    const batches = database.prepare(countDocuments).all() as { batch: string; documents: number; values_: number }[]
    const isHalf = batches.some(({ documents, values_ }) => documents !== documentsPerBatch || values_ !== 1)
    const isGap = batches.some(({ batch }, index) => Number(batch) !== index + 1)
    if (isHalf || isGap) return 'half'
    if (batches.length < acknowledged) return 'lost'
    const [last] = database.prepare("SELECT value FROM easyrest_kv WHERE pk = 'user/u1/c1/all/last'").all() as {
      value: string
    }[]
    const written = last === undefined ? 0 : numberIn(last.value)
    return written === batches.length ? 'good' : 'half'
  })

const countDocuments = `SELECT substr(pk, 22, 6) AS batch, count(*) AS documents, count(DISTINCT value) AS values_
  FROM easyrest_kv WHERE pk LIKE 'user/u1/c1/all/batch-%' GROUP BY batch ORDER BY batch`

/** Before the first batch it is `u:0`. */
const numberIn = (value: string): number => Number(/^u:(?:\{"batch":)?(\d+)/.exec(value)?.[1])
