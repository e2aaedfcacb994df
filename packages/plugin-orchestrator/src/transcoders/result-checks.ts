import type { Job, Rendition } from './workforce.ts'
import type { Suspect } from './suspensions.ts'

/** Looks at what a transcoder delivered before anybody is given it. */
export class ResultChecks {
  /** Throws `LP_RESULT_…` for a result that must not be used; its sender is then to be suspended and another one asked. */
  async check(_job: Job, _renditions: readonly Rendition[], _from: Suspect): Promise<void> {
    // Filled in below.
  }
}
