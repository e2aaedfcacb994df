import type { Bottleneck } from './transcoders/workforce.ts'

/** A p95 of time over duration above this says that the machine is what limits. */
const BUSY = 0.8
/** So many transcoders that get nothing are named. */
const NAMED = 3

/** Why an orchestrator takes no more sessions, and what would help. */
export function whyNotMore(
  maxSessions: number | 'auto',
  { capacity, bottleneck }: { readonly capacity: number; readonly bottleneck: Bottleneck | undefined },
): { readonly message: string; readonly remedy: string } {
  if (maxSessions !== 'auto') {
    const remedy =
      capacity > maxSessions
        ? `Raise maxSessions: the transcoders take ${capacity}. With auto it follows them.`
        : `Attach another transcoder and raise maxSessions: those that are there take ${capacity}.`
    return { message: `maxSessions is ${maxSessions}.`, remedy }
  }
  if (!bottleneck) return { message: 'no transcoder is attached.', remedy: 'Attach a transcoder.' }
  const { name, ratioP95, capacity: most, resting } = bottleneck
  if (resting.length > 0) {
    const more = resting.length > NAMED ? ` and ${resting.length - NAMED} more rest` : ''
    return {
      message: `the transcoders take ${capacity} together; ${resting.slice(0, NAMED).join(', ')}${more}.`,
      remedy:
        'Attach another transcoder, or look with "livepeer transcoders" and into the log why these get no new session.',
    }
  }
  const sessions = most === 1 ? '1 session' : `${most} sessions`
  if (ratioP95 === undefined || ratioP95 < BUSY) {
    const message = `the transcoders take ${capacity} together.`
    return { message, remedy: 'Attach another transcoder, or raise the maxSessions of one that has room to spare.' }
  }
  const message = `the transcoders take ${capacity} together; ${name} takes ${sessions} and needs ${ratioP95.toFixed(2)} of a segment’s duration for it (p95).`
  return { message, remedy: 'Attach another transcoder, or give that one a faster machine.' }
}
