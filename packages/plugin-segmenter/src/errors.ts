import { toLivepeerError, type Problem } from '@livepeer-node/sdk'

/** The media engine does not start on this machine. */
export function cannotStart(thrown: unknown): Problem {
  const error = toLivepeerError(thrown)
  const cause = error.observed as { lastLogLine?: string } | undefined
  return {
    code: 'LP_MEDIA_ENGINE',
    message: `The media engine does not start: ${error.message} ${cause?.lastLogLine ?? ''}`.trim(),
    remedy: 'Run npm ci again, with optional dependencies; on Linux a glibc system is needed (not Alpine).',
  }
}
