/** Something that would keep the node from working, found before it is ready. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly remedy: string
}

/** Where the node can be reached; port 0 in the settings has become the real port here. */
export interface Endpoint {
  /** `rtmp`, `hls`, `orchestrator`, `control`, … */
  readonly name: string
  readonly url: string
  /** For a person: "push a stream here". */
  readonly purpose: string
}

/** One plugin's part of the status page. Plain JSON data, no secrets. */
export interface StatusSection {
  readonly name: string
  readonly data: unknown
  /** What of it a drain waits for, as `{ sessions: 3 }`; left out or 0: nothing. */
  readonly work?: Readonly<Record<string, number>>
}

/** The roles that have a command of their own. */
export type Role = 'broadcaster' | 'orchestrator' | 'transcoder'
