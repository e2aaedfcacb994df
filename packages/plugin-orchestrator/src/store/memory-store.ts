import { STORE_FILES } from '@livepeer-node/protocol'
import { Bodies } from '../http/bodies.ts'

/** What a session has stored. */
interface Shelf {
  /** By path, oldest first. */
  readonly files: Map<string, File>
  /** Paths of those that nobody has fetched. */
  readonly unread: Set<string>
  bytes: number
}

interface File {
  readonly bytes: Uint8Array
  readonly release: () => void
}

export interface MemoryStoreInit {
  /** All files together. */
  readonly maxBytes?: number
  /** Default: ones that give nothing back. */
  readonly bodies?: Bodies
}

/** All sessions together. A segment with its renditions is a few megabytes, and is fetched within seconds. */
const MAX_STORED_BYTES = 1 << 30
/** Files of a directory that are kept after they were fetched, which broadcasters do once if all goes well (wire.md §8.2). */
const READ_FILES = 1

/**
 * What peers fetch: sources for transcoders, renditions for broadcasters. Lives as long as its session; in a full directory
 * the next file takes the place of the oldest (wire.md §8.1), and what was fetched goes when a later one was.
 * When all is full, the session that holds most gives up its oldest file.
 */
export class MemoryStore {
  readonly #sessions = new Map<string, Shelf>()
  readonly #maxBytes: number
  readonly #bodies: Bodies
  #bytes = 0

  constructor({ maxBytes = MAX_STORED_BYTES, bodies = new Bodies({ givesBack: false }) }: MemoryStoreInit = {}) {
    this.#maxBytes = maxBytes
    this.#bodies = bodies
  }

  get files(): number {
    return [...this.#sessions.values()].reduce((sum, { files }) => sum + files.size, 0)
  }

  get bytes(): number {
    return this.#bytes
  }

  openSession(sessionId: string): void {
    if (!this.#sessions.has(sessionId)) this.#sessions.set(sessionId, { files: new Map(), unread: new Set(), bytes: 0 })
  }

  dropSession(sessionId: string): void {
    const shelf = this.#sessions.get(sessionId)
    if (!shelf) return
    for (const path of shelf.files.keys()) this.#take(shelf, path)
    this.#sessions.delete(sessionId)
  }

  /** `path` is `<file>` or `<directory>/<file>`. False: the session has ended, nothing was kept. */
  save(sessionId: string, path: string, bytes: Uint8Array): boolean {
    const shelf = this.#sessions.get(sessionId)
    if (!shelf) return false
    this.#take(shelf, path)
    const beside = [...shelf.files.keys()].filter((other) => directoryOf(other) === directoryOf(path))
    const [oldest] = beside
    if (oldest !== undefined && beside.length >= STORE_FILES) this.#take(shelf, oldest)
    shelf.files.set(path, { bytes, release: this.#bodies.hold(bytes) })
    shelf.unread.add(path)
    this.#count(shelf, bytes.length)
    this.#makeRoom()
    return true
  }

  read(sessionId: string, path: string): Uint8Array | undefined {
    return this.#sessions.get(sessionId)?.files.get(path)?.bytes
  }

  /** The same, which stays readable until `release`, whatever becomes of the file. */
  borrow(sessionId: string, path: string): { bytes: Uint8Array; release: () => void } | undefined {
    const bytes = this.read(sessionId, path)
    return bytes && { bytes, release: this.#bodies.hold(bytes) }
  }

  /** It was fetched, to its end: whoever fetches once more does so soon. */
  wasRead(sessionId: string, path: string): void {
    const shelf = this.#sessions.get(sessionId)
    if (!shelf?.unread.delete(path)) return
    const beside = [...shelf.files.keys()].filter((other) => directoryOf(other) === directoryOf(path))
    const read = beside.filter((other) => !shelf.unread.has(other))
    for (const old of read.slice(0, -READ_FILES)) this.#take(shelf, old)
  }

  hasUnread(sessionId: string): boolean {
    return (this.#sessions.get(sessionId)?.unread.size ?? 0) > 0
  }

  remove(sessionId: string, path: string): void {
    const shelf = this.#sessions.get(sessionId)
    if (shelf) this.#take(shelf, path)
  }

  #makeRoom(): void {
    while (this.#bytes > this.#maxBytes) {
      const fullest = [...this.#sessions.values()].reduce((most, shelf) => (shelf.bytes > most.bytes ? shelf : most))
      const [oldest] = fullest.files.keys()
      if (oldest === undefined) return
      this.#take(fullest, oldest)
    }
  }

  #take(shelf: Shelf, path: string): void {
    const file = shelf.files.get(path)
    shelf.unread.delete(path)
    if (!file) return
    shelf.files.delete(path)
    this.#count(shelf, -file.bytes.length)
    file.release()
  }

  #count(shelf: Shelf, bytes: number): void {
    shelf.bytes += bytes
    this.#bytes += bytes
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}
