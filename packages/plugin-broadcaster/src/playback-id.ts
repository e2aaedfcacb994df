import { randomBytes } from 'node:crypto'
import { badPlaybackId } from './errors.ts'

const LEGAL = /^\w[\w.~+=@-]{0,127}$/

/**
 * Checks the name under which a stream plays. It is the manifest id on the wire too, where peers make file names of it
 * (wire.md §6.3), so nothing that means something to a path or a URL gets in.
 */
export function checkPlaybackId(id: string): string {
  if (!LEGAL.test(id)) throw badPlaybackId(id)
  return id
}

/** Eight hex digits, as the reference gives to a stream without a name. */
export function randomPlaybackId(): string {
  return randomBytes(4).toString('hex')
}
