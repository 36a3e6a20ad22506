import { type TemporaryDirectory, temporaryDirectory } from '../temporary-directory.js'
import { DiskModel, survivals } from './disk-model.js'
import { judgeImage, type Verdict } from './judge-image.js'
import { Random } from './random.js'
import type { Recording } from './record-inserts.js'

export interface PowerCuts {
  readonly images: number
  readonly verdicts: Readonly<Record<Verdict, number>>
  /** Which image was not good: where the power was cut, and what survived. */
  readonly firstFault: string | undefined
}

/** Cuts the power at so many points of a recording, chosen by chance, and judges what is left on the disk. */
export async function cutPower(
  recording: Recording,
  images: number,
  seed: number,
  judge: typeof judgeImage = judgeImage,
): Promise<PowerCuts> {
  const directory = await temporaryDirectory()
  try {
    return await cutAll(recording, images, seed, directory, judge)
  } finally {
    await directory.remove()
  }
}

async function cutAll(
  { files, events }: Recording,
  images: number,
  seed: number,
  { path }: TemporaryDirectory,
  judge: typeof judgeImage,
) {
  const random = new Random(seed)
  const cuts = Array.from({ length: images }, () => random.below(events.length + 1)).sort((a, b) => a - b)
  const disk = new DiskModel(files)
  const verdicts = { good: 0, broken: 0, half: 0, lost: 0 }
  let firstFault: string | undefined
  let applied = 0
  let acknowledged = 0
  for (const [number, cut] of cuts.entries()) {
    for (; applied < cut; applied++) {
      const event = events[applied]!
      disk.apply(event, applied)
      if (event.kind === 'acknowledge') acknowledged = event.batch
    }
    const survival = survivals[number % survivals.length]!
    const verdict = await judge(disk.cut(survival, random), path, acknowledged)
    verdicts[verdict]++
    if (verdict !== 'good')
      firstFault ??= `${verdict}: image ${number} of seed ${seed}, cut ${cut}, survival ${survival}`
  }
  return { images, verdicts, firstFault }
}
