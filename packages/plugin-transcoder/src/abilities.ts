import type { SessionStatus, TranscodeService } from './service.ts'

/** What this transcoder can do, known once its backends were asked and measured. */
export interface Abilities {
  readonly service: TranscodeService
  capabilities: readonly number[]
  /** Encoded pixels per ms at full load; `undefined`: not measured. */
  pixelsPerMs: number | undefined
  /** For the status page. */
  readonly status: AbilitiesStatus
}

export interface AbilitiesStatus {
  readonly capacity: number
  readonly pixelsPerMs: number | null
  /** p95 of elapsed by duration over the latest segments; null: too few. */
  readonly p95Ratio: number | null
  readonly sessions: readonly SessionStatus[]
}

export function abilitiesOf(service: TranscodeService): Abilities {
  return {
    service,
    capabilities: [],
    pixelsPerMs: undefined,
    get status() {
      const { capacity, sessions, p95 = null } = service
      return { capacity, pixelsPerMs: this.pixelsPerMs ?? null, p95Ratio: p95, sessions }
    },
  }
}
