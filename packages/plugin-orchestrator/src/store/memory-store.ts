import { STORE_FILES } from '@livepeer-node/protocol'

interface StoredFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * What peers fetch: sources for transcoders, renditions for broadcasters. Lives as long as its session; in a full directory
 * the next file takes the place of the oldest (wire.md §8.1).
 */
export class MemoryStore {
  /** Session id → directory → files, oldest first. */
  readonly #sessions = new Map<string, Map<string, StoredFile[]>>()

  openSession(sessionId: string): void {
    if (!this.#sessions.has(sessionId)) this.#sessions.set(sessionId, new Map())
  }

  dropSession(sessionId: string): void {
    this.#sessions.delete(sessionId)
  }

  /** `path` is `<file>` or `<directory>/<file>`. False: the session has ended, nothing was kept. */
  save(sessionId: string, path: string, bytes: Uint8Array): boolean {
    const directories = this.#sessions.get(sessionId)
    if (!directories) return false
    const [directory, name] = split(path)
    const files = directories.get(directory)?.filter((file) => file.name !== name) ?? []
    directories.set(directory, [...files, { name, bytes }].slice(-STORE_FILES))
    return true
  }

  read(sessionId: string, path: string): Uint8Array | undefined {
    const [directory, name] = split(path)
    const files = this.#sessions.get(sessionId)?.get(directory)
    return files?.find((file) => file.name === name)?.bytes
  }

  remove(sessionId: string, path: string): void {
    const [directory, name] = split(path)
    const directories = this.#sessions.get(sessionId)
    const files = directories?.get(directory)
    if (files)
      directories?.set(
        directory,
        files.filter((file) => file.name !== name),
      )
  }
}

function split(path: string): [directory: string, name: string] {
  const slash = path.lastIndexOf('/')
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)]
}
