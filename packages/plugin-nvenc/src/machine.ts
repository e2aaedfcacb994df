import { existsSync } from 'node:fs'
import { type CardReading, readCards, type RunSmi, visibleCards } from './nvidia-smi.ts'

/** What is asked of the machine's cards: the real ones, or those of a description. */
export interface Machine {
  /** False: it surely has no card, and nothing needs to be tested. */
  readonly mayHaveCards: boolean
  /** Decodes, scales and encodes a little on a card. Rejects with the engine's error, FFmpeg's lines as its cause. */
  test(card: number): Promise<void>
  /** How many encoders a card gives now, up to `atMost`. */
  countEncoders(card: number, atMost: number): Promise<number>
  /** Its cards; `undefined` where nothing is known of them. Never rejects. */
  readings(): Promise<readonly CardReading[] | undefined>
}

/** The part of the media engine that knows cards. */
export interface CardEngine {
  testCard(card: number): Promise<void>
  countEncoders(card: number, atMost: number): Promise<number>
}

export interface ThisMachineInit {
  readonly engine: CardEngine
  /** CUDA_VISIBLE_DEVICES. */
  readonly visible: string | undefined
  readonly run?: RunSmi
  /** Default: what the driver puts into the file system. */
  readonly mayHaveCards?: boolean
}

/** The driver's door on Linux, and the one that Windows has for Linux in it. */
const DOORS = ['/dev/nvidiactl', '/dev/dxg']

/** The machine that this process runs on. */
export class ThisMachine implements Machine {
  readonly #init: ThisMachineInit

  constructor(init: ThisMachineInit) {
    this.#init = init
  }

  get mayHaveCards(): boolean {
    return this.#init.mayHaveCards ?? (process.platform !== 'linux' || DOORS.some((door) => existsSync(door)))
  }

  test(card: number): Promise<void> {
    return this.#init.engine.testCard(card)
  }

  countEncoders(card: number, atMost: number): Promise<number> {
    return this.#init.engine.countEncoders(card, atMost)
  }

  async readings(): Promise<readonly CardReading[] | undefined> {
    const { run, visible } = this.#init
    // Without nvidia-smi cards work as well; they have no names then.
    const cards = await readCards(run).catch(() => undefined)
    return cards && visibleCards(cards, visible)
  }
}
