import { WireText } from '@livepeer-node/protocol'
import type { LivepeerError, WorkerReport } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import type { Attempt } from './attempt.ts'
import type { Job, Rendition } from './workforce.ts'

/** Segments in a row that others could do and it could not, after which it is suspended. */
const FAILURES = 3
/**
 * An honest transcoder delivers nothing like these, whatever it was given. No video and no pixels it may well find where
 * there are none.
 */
const LIES: ReadonlySet<string> = new Set([
  'LP_RESULT_COUNT',
  'LP_RESULT_UNREADABLE',
  'LP_RESULT_PIXELS',
  'LP_RESULT_PROFILE',
  'LP_RESULT_FOREIGN',
  'LP_RESULT_NO_MEDIA',
])
/** "I have no room for it." */
const FULL: ReadonlySet<string> = new Set([
  WireText.transcoderBusy,
  WireText.busy,
  WireText.capped,
  WireText.unavailable,
])
/** "I was too slow", "I am about to leave." Neither is held against it. */
const PARDONED: ReadonlySet<string> = new Set([...FULL, WireText.transcoderTimeout, 'TranscoderStopped'])

export interface ConductInit {
  /** Throws `LP_RESULT_…` for a result that must not be used. */
  readonly check: (job: Job, renditions: readonly Rendition[], from: Attached) => Promise<void>
  /** It gets no work for a while. */
  readonly strike: (transcoder: Attached, error: LivepeerError) => void
  readonly report: (report: WorkerReport) => void
}

/** What becomes of the segments that transcoders got, and what follows for them. */
export class Conduct {
  readonly #init: ConductInit

  constructor(init: ConductInit) {
    this.#init = init
  }

  async check(job: Job, renditions: readonly Rendition[], from: Attached): Promise<void> {
    await this.#init.check(job, renditions, from)
  }

  /** Its result is used. */
  delivered(attempt: Attempt, renditions: readonly Rendition[]): WorkerReport {
    attempt.transcoder.failures = 0
    const report = attempt.delivered(renditions)
    this.#init.report(report)
    return report
  }

  /** Its result came after another one's. */
  unused(attempt: Attempt, renditions: readonly Rendition[]): void {
    this.#init.report(attempt.delivered(renditions, 'LP_RESULT_UNUSED'))
  }

  failed(attempt: Attempt, error: LivepeerError): void {
    const { transcoder } = attempt
    attempt.failure = error
    this.#init.report(attempt.failed(error.code))
    if (isLie(error)) this.#init.strike(transcoder, error)
    if (saysOneOf(FULL, error)) transcoder.effective.saidFull(transcoder.seats.size)
  }

  gaveUp(attempt: Attempt, code: string): void {
    this.#init.report(attempt.gaveUp(code))
  }

  /** Another one could do what these could not, so it was not the segment's fault. */
  blame(attempts: readonly Attempt[]): void {
    for (const { transcoder, failure } of attempts) {
      if (!failure || isPardoned(failure)) continue
      transcoder.failures += 1
      if (transcoder.failures >= FAILURES) this.#init.strike(transcoder, failure)
    }
  }
}

function isLie({ code, observed }: LivepeerError): boolean {
  return LIES.has(code) && !(code === 'LP_RESULT_PIXELS' && observed === '0')
}

/** That we had no room for its result is not its fault. */
function isPardoned(failure: LivepeerError): boolean {
  return failure.code === 'LP_BODY_NO_ROOM' || saysOneOf(PARDONED, failure)
}

/** In its own words: what we say of its results may read the same. */
function saysOneOf(texts: ReadonlySet<string>, { code, wireText }: LivepeerError): boolean {
  return code === 'LP_TRANSCODER_ERROR' && wireText !== undefined && texts.has(wireText)
}
