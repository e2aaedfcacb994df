import { type Logger, toLivepeerError } from '@livepeer-node/sdk'
import type { ChainService } from './chain.ts'

/** Lets services look at each block, each on its own: one that waits or fails holds up no other. */
export class ServiceRunner {
  readonly #services: readonly ChainService[]
  readonly #log: Logger
  readonly #looking = new Map<ChainService, Promise<void>>()
  #isStopped = false

  constructor(services: readonly ChainService[], log: Logger) {
    this.#services = services
    this.#log = log
  }

  /** A new block has come. Resolves when all have looked; never throws. */
  async look(): Promise<void> {
    if (this.#isStopped) return
    await Promise.all(this.#services.map((service) => this.#look(service)))
  }

  /** Nothing is begun or told any more; what runs ends with the chain. */
  stop(): void {
    this.#isStopped = true
  }

  #look(service: ChainService): Promise<void> {
    const running = this.#looking.get(service)
    if (running) return running
    const looking = this.#guarded(service).finally(() => this.#looking.delete(service))
    this.#looking.set(service, looking)
    return looking
  }

  async #guarded(service: ChainService): Promise<void> {
    try {
      await service.look()
    } catch (error) {
      if (this.#isStopped) return
      const { message, code, remedy } = toLivepeerError(error)
      this.#log.warn(`${service.complaint}; the next block tries again: ${message}`, { code, remedy })
    }
  }
}
