import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

const BIN = join(import.meta.dirname, '../../bin/livepeer.js')
const HOSTS = join(import.meta.dirname, 'hosts.ts')
/** As systemd does, but for its shorter default. */
const RESTART_MS = 500

export interface SupervisedInit {
  readonly name: string
  /** Command and flags of `livepeer`. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Names that it resolves to these addresses. */
  readonly hosts?: Readonly<Record<string, string>>
  /** For its data folder and its log, which outlive its restarts. */
  readonly folder: string
  /** Aborted: it is killed, and not started again. */
  readonly signal?: AbortSignal | undefined
}

export interface Endpoint {
  readonly name: string
  readonly url: string
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One node under a service manager: started again, with the same data folder, whenever it ends before it is stopped. */
export class Supervised {
  readonly name: string
  readonly logFile: string
  /** Ends so far, the last one included. */
  readonly exits: Exit[] = []
  /** Starts that became ready. */
  starts = 0
  readonly #init: SupervisedInit
  #child: ChildProcess | undefined
  #endpoints: readonly Endpoint[] = []
  #ready = Promise.withResolvers<void>()
  #stopping = false
  #loop: Promise<void> | undefined

  constructor(init: SupervisedInit) {
    this.#init = init
    this.name = init.name
    this.logFile = join(init.folder, `${init.name}.log`)
    mkdirSync(this.dataDir, { recursive: true })
    init.signal?.addEventListener('abort', () => void this.stop('SIGKILL'), { once: true })
  }

  get dataDir(): string {
    return join(this.#init.folder, this.#init.name)
  }

  /** `undefined` between its end and its next start. */
  get pid(): number | undefined {
    const child = this.#child
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined
  }

  get isReady(): boolean {
    return this.pid !== undefined && this.#endpoints.length > 0
  }

  /** Resolves when it is ready for the first time. */
  async start(): Promise<this> {
    this.#loop = this.#keepRunning()
    await Promise.race([this.#ready.promise, this.#loop])
    if (!this.isReady) throw new Error(`${this.name} did not start: see ${this.logFile}`)
    return this
  }

  /** Resolves when it is ready (again). */
  async whenReady(): Promise<void> {
    await this.#ready.promise
  }

  url(endpoint: string): string {
    const found = this.#endpoints.find(({ name }) => name === endpoint)
    if (!found) throw new Error(`${this.name} has no endpoint ${endpoint}`)
    return found.url
  }

  /** The status page's section of this name. */
  async status<T>(section: string): Promise<T> {
    const response = await fetch(new URL('/status', this.url('control')))
    const { sections } = (await response.json()) as { sections: Readonly<Record<string, unknown>> }
    return sections[section] as T
  }

  /** Drained by `livepeer drain`; resolves with what that said when the node is ready again, as another process. */
  async restart(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { pid } = this
    this.#child?.once('exit', () => resolve())
    const [said] = await Promise.all([this.command('drain'), promise])
    // Its end is taken note of in the same turn.
    await sleep(0)
    await this.whenReady()
    if (this.pid === pid) throw new Error(`${this.name} is still process ${pid}`)
    return said
  }

  /** `livepeer` with these arguments, for this node; resolves with what it printed, rejects where it ends with anything but 0. */
  async command(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [BIN, ...args, '--data-dir', this.dataDir], {
      reject: false,
    })
    if (exitCode !== 0) throw new Error(`livepeer ${args.join(' ')} ended with ${exitCode}: ${stdout} ${stderr}`)
    return stdout
  }

  kill(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) process.kill(this.pid, signal)
  }

  /** Told to stop, and not started again. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit | undefined> {
    this.#stopping = true
    this.kill(signal)
    await this.#loop
    return this.exits.at(-1)
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping) {
      const exit = await this.#runOnce()
      this.exits.push(exit)
      if (this.starts === 0) return
      if (!this.#stopping) await sleep(RESTART_MS)
    }
  }

  async #runOnce(): Promise<Exit> {
    const { args, env, hosts = {} } = this.#init
    const log = openSync(this.logFile, 'a')
    const child = spawn(
      process.execPath,
      ['--conditions=livepeer-src', '--import', HOSTS, BIN, ...args, '--data-dir', this.dataDir, '--json'],
      { stdio: ['ignore', 'pipe', log], env: { ...process.env, ...env, CHAOS_HOSTS: JSON.stringify(hosts) } },
    )
    closeSync(log)
    this.#child = child
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line))
    await once(child, 'exit')
    // Who waits for a start that did not come about waits for the next one.
    if (this.#endpoints.length > 0) this.#ready = Promise.withResolvers()
    this.#endpoints = []
    return { code: child.exitCode, signal: child.signalCode }
  }

  #hear(line: string): void {
    if (!line.startsWith('{"ready":true')) return
    this.#endpoints = (JSON.parse(line) as { endpoints: readonly Endpoint[] }).endpoints
    this.starts += 1
    this.#ready.resolve()
  }
}
