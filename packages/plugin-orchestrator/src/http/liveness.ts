import type { Http2Session } from 'node:http2'
import type { Clock } from '@livepeer-node/sdk'
import { linked } from '../abort.ts'

/** Between two PINGs, and for the answer to one, ms. */
export const PING_MS = 10_000

/**
 * Cuts a connection whose other end no longer answers PINGs: a machine that was unplugged, a process that was stopped.
 * TCP alone would take many minutes to notice. Ends with `until`.
 */
export async function watchLiveness(
  session: Http2Session,
  clock: Clock,
  { until: signal, onRoundTrip }: { until: AbortSignal; onRoundTrip?: (ms: number) => void },
): Promise<void> {
  while (!signal.aborted && !session.destroyed) {
    const answered = new AbortController()
    const sentAt = clock.monotonic()
    session.ping((failure) => {
      answered.abort()
      if (!failure) onRoundTrip?.(clock.monotonic() - sentAt)
    })
    const either = linked(answered.signal, signal)
    const inTime = await clock.sleep(PING_MS, either.signal).then(
      () => false,
      () => true,
    )
    either.release()
    if (!inTime) session.destroy()
    else await clock.sleep(PING_MS, signal).catch(() => undefined)
  }
}
