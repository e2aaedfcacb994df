import { isLivepeerError } from '@livepeer-node/sdk'

/** FFmpeg's log lines that came with an error of the engine. */
export function logLines(error: unknown): readonly string[] {
  const cause = isLivepeerError(error) ? error.cause : undefined
  return cause instanceof Error ? cause.message.split('\n').map(withoutContext) : []
}

/**
 * The line by which the driver refuses one more encoder; `undefined` for any other failure. Older drivers call it out of
 * memory (10), newer ones an incompatible client key (21) (node-av.md §9).
 */
export function sessionLimitLine(error: unknown): string | undefined {
  if (!isLivepeerError(error) || error.code !== 'LP_ENCODER_OPEN') return undefined
  return logLines(error).find((line) => line.includes('OpenEncodeSessionEx failed') && /\((10|21)\)/.test(line))
}

/** In one line, why a card does not work: what FFmpeg said first, else the error's own text. */
export function reason(error: unknown): string {
  const [first] = logLines(error).filter((line) => !/^\s*at /.test(line))
  return first ?? (error instanceof Error ? error.message : String(error))
}

/** Without FFmpeg's `[AVHWDeviceContext @ 0x…]` in front. */
function withoutContext(line: string): string {
  return line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\]\s*/, '')
}
