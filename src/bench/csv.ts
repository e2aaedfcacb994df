import { closeSync, openSync, writeSync } from 'node:fs'
import type { MeasuredSegment } from '@livepeer-node/media'
import { csvFailed } from './errors.ts'

const HEAD = 'timestamp,session,segment,seg_dur,transcode_time,frames'

/** A row per segment, in the columns of livepeer_bench (media.md §6.15). */
export class CsvFile implements Disposable {
  readonly #path: string
  readonly #file: number

  constructor(path: string) {
    this.#path = path
    try {
      this.#file = openSync(path, 'w')
    } catch (error) {
      throw csvFailed(path, error)
    }
    this.#write(HEAD)
  }

  add(segment: MeasuredSegment, at: Date): void {
    this.#write(csvRow(segment, at))
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }

  #write(line: string): void {
    try {
      writeSync(this.#file, `${line}\n`)
    } catch (error) {
      throw csvFailed(this.#path, error)
    }
  }
}

/** Local time, seconds with four significant digits. */
export function csvRow({ session, segment, durationMs, elapsedMs, frames }: MeasuredSegment, at: Date): string {
  return [timestamp(at), session, segment, seconds(durationMs), seconds(elapsedMs), frames].join(',')
}

const seconds = (ms: number) => String(Number((ms / 1000).toPrecision(4)))
const two = (value: number) => String(value).padStart(2, '0')

function timestamp(at: Date): string {
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  return `${day} ${time}.${String(at.getMilliseconds()).padStart(3, '0')}0`
}
