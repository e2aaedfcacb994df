import type { Socket } from 'node:net'

/** How a `Link` treats what passes through it; one for both directions of all its connections. */
export interface Passage {
  /** Nothing passes. */
  blocked: boolean
  /** Added to the way of each byte, ms. */
  latencyMs: number
  /** Per connection and direction. */
  bytesPerSecond: number
  /** Asked for each piece; returns what goes on instead. */
  alter: (piece: Buffer) => Buffer
}

interface Piece {
  readonly bytes: Buffer
  /** `performance.now()` at which it may arrive, ms. */
  readonly due: number
}

/** On the way at once per direction: as much as a socket's own buffers hold. */
const MAX_HELD_BYTES = 256 * 1024

/** One direction of one connection: takes from one socket, hands to the other as the passage says. */
export class LinkDirection {
  readonly #from: Socket
  readonly #to: Socket
  readonly #passage: Passage
  readonly #held: Piece[] = []
  #heldBytes = 0
  #lastDue = 0
  #timer: NodeJS.Timeout | undefined
  #ended = false
  #full = false
  /** Of the far socket; what is silenced stays so when the link heals. */
  silenced = false

  constructor(from: Socket, to: Socket, passage: Passage) {
    this.#from = from
    this.#to = to
    this.#passage = passage
    from.on('data', (bytes: Buffer) => this.#take(bytes))
    from.on('end', () => {
      this.#ended = true
      this.move()
    })
    to.on('drain', () => {
      this.#full = false
      this.move()
    })
  }

  /** Something is still on its way. */
  get holds(): boolean {
    return this.#held.length > 0
  }

  /** Hands on what is due; to be called whenever the passage has changed. */
  move(): void {
    clearTimeout(this.#timer)
    if (this.silenced || this.#passage.blocked) {
      this.#from.pause()
      return
    }
    while (this.#held[0] && !this.#full && this.#held[0].due <= performance.now()) this.#handOn(this.#held[0])
    const next = this.#held[0]
    if (next && !this.#full) this.#timer = setTimeout(() => this.move(), Math.ceil(next.due - performance.now()))
    if (this.#ended && !next) this.#to.end()
    if (this.#heldBytes < MAX_HELD_BYTES) this.#from.resume()
    else this.#from.pause()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#held.length = 0
  }

  #take(bytes: Buffer): void {
    const { latencyMs, bytesPerSecond } = this.#passage
    const sent = Math.max(performance.now(), this.#lastDue - latencyMs) + (bytes.length / bytesPerSecond) * 1000
    this.#lastDue = sent + latencyMs
    this.#held.push({ bytes, due: this.#lastDue })
    this.#heldBytes += bytes.length
    this.move()
  }

  #handOn(piece: Piece): void {
    this.#held.shift()
    this.#heldBytes -= piece.bytes.length
    if (!this.#to.destroyed) this.#full = !this.#to.write(this.#passage.alter(piece.bytes))
  }
}
