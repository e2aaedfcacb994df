import { type Clock, isLivepeerError, LivepeerError, type Logger, systemClock } from '@livepeer-node/sdk'
import { execaNode } from 'execa'
import { deadlinePassed, type WorkerEnd, workerDied } from './errors.ts'
import { LogTail } from './log-tail.ts'
import {
  type CallInput,
  type CallName,
  type CallOutput,
  PING,
  unpackError,
  type WorkerMessage,
  type WorkerProtocol,
} from './protocol.ts'

/**
 * Read by glibc when the child starts: freed frames go back to the system instead of staying in per-thread arenas
 * (node-av.md §2.2). Other C libraries do not look at them.
 */
const MALLOC = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '1048576',
}
/** So that a card's number is the one that nvidia-smi shows; CUDA's own order is by speed. The operator's wish goes first. */
const CARD_ORDER = { CUDA_DEVICE_ORDER: process.env['CUDA_DEVICE_ORDER'] ?? 'PCI_BUS_ID' }
const START_LIMIT_MS = 20_000
const END_GRACE_MS = 2000
const SILENCE_TICKS = 4

export interface WorkerOptions {
  /** The worker's entry file; see `workerEntry`. */
  readonly entry: URL
  /** For log lines and errors: `transcode`, `segment`, … */
  readonly name: string
  readonly log: Logger
  readonly clock?: Clock
  /** Longest time without a word from the worker, ms; default 4000. Past it, it is killed. */
  readonly silenceMs?: number
}

export interface CallOptions {
  /** Past it the worker is killed and the call rejects with `LP_WORKER_DEADLINE`. Default: none. */
  readonly deadlineMs?: number
  /** Aborting kills the worker (a call that blocks cannot be told) and rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

interface PendingCall {
  readonly settle: (outcome: { output: unknown } | { error: unknown }) => void
  readonly logMark: number
}

/** The entry file beside the caller's own file, with its extension: `.ts` in sources, `.js` when built. */
export function workerEntry(name: string, importMetaUrl: string): URL {
  const extension = importMetaUrl.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`./${name}${extension}`, importMetaUrl)
}

/** One child process and the calls to it. It is killed when it falls silent or overruns a deadline; it never outlives us. */
export class WorkerProcess<P extends WorkerProtocol> {
  /** Resolves when the worker answers its first call; rejects with `LP_WORKER_DIED` when it ended before. */
  readonly ready: Promise<void>
  /** Resolves when the process is gone. Never rejects. */
  readonly ended: Promise<WorkerEnd>
  readonly #options: WorkerOptions
  readonly #clock: Clock
  readonly #child
  readonly #channel
  readonly #log = new LogTail()
  readonly #pending = new Map<number, PendingCall>()
  readonly #started = Promise.withResolvers<void>()
  #end: WorkerEnd | undefined
  #expected = false
  #reason: string | undefined
  #lastId = 0
  #silentTicks = 0
  #cancelTick = (): void => {}

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#child = execaNode(options.entry, [], {
      ipc: true,
      serialization: 'advanced',
      buffer: false,
      reject: false,
      killSignal: 'SIGKILL',
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
      env: { ...MALLOC, ...CARD_ORDER },
      nodeOptions: options.entry.pathname.endsWith('.ts') ? ['--conditions=livepeer-src'] : [],
    })
    this.#child.stderr.on('data', (chunk: Buffer) => this.#log.add(chunk))
    this.#channel = this.#child.nodeChildProcess // by its own events: execa's IPC is slower (node-av.md §7)
    this.#channel.on('message', (message: WorkerMessage) => this.#receive(message))
    this.ready = this.#started.promise
    this.ready.catch(() => {}) // told to whoever waits for it, and by `ended`
    this.ended = this.#watch()
    this.#watchSilence(START_LIMIT_MS)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** False from the moment on when its end is known or ordered. */
  get alive(): boolean {
    const { connected, exitCode, signalCode } = this.#channel
    return connected && exitCode === null && signalCode === null && this.#reason === undefined
  }

  /** Is it really there? The system may know of its death before we are told: `alive` is only what we know. Never rejects. */
  answers(): Promise<boolean> {
    return this.call(PING as CallName<P>, undefined).then(
      () => true,
      () => false,
    )
  }

  /** Asks the worker. Rejects with the worker's error, `LP_WORKER_DIED`, `LP_WORKER_DEADLINE` or the signal's reason. */
  call<N extends CallName<P>>(
    name: N,
    input: CallInput<P, N>,
    { deadlineMs, signal }: CallOptions = {},
  ): Promise<CallOutput<P, N>> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#end) return Promise.reject(workerDied(this.#options.name, this.#end))
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<CallOutput<P, N>>()
    const giveUp = (error: unknown, why: string): void => {
      reject(error)
      this.kill(why)
    }
    const cancelDeadline =
      deadlineMs === undefined
        ? () => {}
        : this.#clock.after(deadlineMs, () =>
            giveUp(
              deadlinePassed(this.#options.name, { call: name, deadlineMs }),
              `"${name}" took over ${deadlineMs} ms`,
            ),
          )
    const onAbort = (): void => giveUp(signal?.reason, `"${name}" was cancelled`)
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#pending.set(id, {
      logMark: this.#log.mark,
      settle: (outcome) => {
        this.#pending.delete(id)
        cancelDeadline()
        signal?.removeEventListener('abort', onAbort)
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.output)
      },
    })
    this.#send({ id, call: name, input })
    return promise
  }

  /** SIGKILL: it may be inside a native call that knows no other end. */
  kill(reason: string): void {
    if (this.#end !== undefined || this.#reason !== undefined) return
    this.#reason = reason
    this.#child.kill('SIGKILL')
  }

  /** Ends the worker, at once where it is busy; resolves when it is gone. Calling it twice is harmless. */
  async end(): Promise<void> {
    this.#expected = true
    if (this.#pending.size > 0) this.kill('it is not needed any more')
    else if (this.#channel.connected) this.#channel.disconnect()
    const cancel = this.#clock.after(END_GRACE_MS, () => this.kill('it did not end by itself'))
    await this.ended
    cancel()
  }

  #send(message: { id: number; call: string; input: unknown }): void {
    // A failure to send means that the worker is ending; `ended` then settles the call.
    this.#channel.send(message, () => {})
  }

  #receive(message: WorkerMessage): void {
    this.#silentTicks = 0
    switch (message.type) {
      case 'beat':
        return
      case 'ready':
        this.#watchSilence(this.#options.silenceMs ?? 4000)
        this.#started.resolve()
        return
      case 'result':
        this.#pending.get(message.id)?.settle({ output: message.output })
        return
      case 'failure':
        // Its log lines are in the pipe already; they are read within the next two turns of the loop.
        setImmediate(() => setImmediate(() => this.#fail(message.id, message.error)))
    }
  }

  #fail(id: number, error: Parameters<typeof unpackError>[0]): void {
    const call = this.#pending.get(id)
    call?.settle({ error: unpackError(error, this.#log.since(call.logMark)) })
  }

  /** Counts ticks instead of ms: when it was this process that stood still, the worker's words are read before the last tick. */
  #watchSilence(limitMs: number): void {
    this.#cancelTick()
    this.#silentTicks = 0
    const tick = (): void => {
      this.#silentTicks++
      if (this.#silentTicks > SILENCE_TICKS) this.kill(`it said nothing for ${limitMs} ms`)
      else this.#cancelTick = this.#clock.after(limitMs / SILENCE_TICKS, tick)
    }
    this.#cancelTick = this.#clock.after(limitMs / SILENCE_TICKS, tick)
  }

  async #watch(): Promise<WorkerEnd> {
    const result = await this.#child
    this.#cancelTick()
    const end: WorkerEnd = {
      exitCode: result.exitCode,
      signal: result.signal,
      reason: this.#reason ?? (result.exitCode === undefined && !result.signal ? result.shortMessage : undefined),
      lastLogLine: this.#log.lastLine,
    }
    this.#end = end
    const error = workerDied(this.#options.name, end)
    this.#started.reject(error)
    for (const call of this.#pending.values()) call.settle({ error })
    if (!this.#expected) this.#options.log.warn(error.message, { code: error.code, pid: this.pid, ...end })
    return end
  }
}

/** Is this the loss of a worker, and not something that the input did? */
export function isWorkerDeath(error: unknown): error is LivepeerError {
  return isLivepeerError(error) && error.code === 'LP_WORKER_DIED'
}
