import { STORE_FILES } from '@livepeer-node/protocol'

/** What a session has stored. */
interface Shelf {
  /** By path, oldest first. */
  readonly files: Map<string, Uint8Array>
  /** Paths of those that nobody has fetched. */
  readonly unread: Set<string>
  bytes: number
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
  #bytes = 0

  constructor(maxBytes = MAX_STORED_BYTES) {
    this.#maxBytes = maxBytes
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
    this.#bytes -= this.#sessions.get(sessionId)?.bytes ?? 0
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
    shelf.files.set(path, bytes)
    shelf.unread.add(path)
    this.#count(shelf, bytes.length)
    this.#makeRoom()
    return true
  }

  read(sessionId: string, path: string): Uint8Array | undefined {
    return this.#sessions.get(sessionId)?.files.get(path)
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
    const bytes = shelf.files.get(path)
    shelf.unread.delete(path)
    if (bytes && shelf.files.delete(path)) this.#count(shelf, -bytes.length)
  }

  #count(shelf: Shelf, bytes: number): void {
    shelf.bytes += bytes
    this.#bytes += bytes
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}
