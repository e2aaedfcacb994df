import type { Logger } from '@livepeer-node/sdk'
import { toLivepeerError } from '@livepeer-node/sdk'
import type { OrchestratorRpc } from './rpc.ts'
import type { OrchestratorSession } from './session.ts'

/** Frees sessions at their orchestrators, beside all else: best effort, the orchestrator's idle rule does the rest. */
export class EndCalls {
  readonly #rpc: Pick<OrchestratorRpc, 'endSession'>
  readonly #log: Logger
  readonly #running = new Set<Promise<void>>()

  constructor(rpc: Pick<OrchestratorRpc, 'endSession'>, log: Logger) {
    this.#rpc = rpc
    this.#log = log
  }

  begin(session: OrchestratorSession): void {
    const call = this.#call(session).finally(() => this.#running.delete(call))
    this.#running.add(call)
  }

  get registries(): { endCalls: number } {
    return { endCalls: this.#running.size }
  }

  /** Resolves when none is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async #call({ orchestrator, sessionId, info }: OrchestratorSession): Promise<void> {
    try {
      await this.#rpc.endSession(orchestrator, info.authToken)
    } catch (thrown) {
      const { code, message: reason } = toLivepeerError(thrown)
      this.#log.info('session not ended at the orchestrator', { orchestrator, sessionId, code, reason })
    }
  }
}
