import { CARD_HEADER, decodeTranscoderCard } from '@livepeer-node/protocol'
import type { Plugin } from '@livepeer-node/sdk'
import { createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { afterEach } from 'vitest'
import { OrchestratorDouble, type Registration } from './orchestrator-double.ts'

/** Nodes and orchestrators of one test, which end with it. */
export class Rig {
  #stops: (() => Promise<void>)[] = []

  constructor() {
    afterEach(async () => {
      for (const stop of this.#stops.toReversed()) await stop()
      this.#stops = []
    })
  }

  /** What ends with the test, the last one first. */
  defer(stop: () => Promise<void>): void {
    this.#stops.push(stop)
  }

  readonly started = async (...plugins: Plugin[]): Promise<TestNode> => {
    const node = await createTestNode(...plugins)
    this.defer(() => node.stop())
    return node
  }

  /** With a source at `/0`. */
  readonly orchestrator = async (): Promise<OrchestratorDouble> => {
    const double = await new OrchestratorDouble().listen()
    this.defer(() => double.kill())
    double.sources.set('/0', { status: 200, body: Buffer.from('source') })
    return double
  }
}

export function cardOf({ headers }: Registration) {
  const card = decodeTranscoderCard(headers.get(CARD_HEADER))
  if (!card) throw new Error('there is no card')
  return card
}
