import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type Client, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import {
  type Capabilities,
  CARD_HEADER,
  encodeTranscoderCard,
  nodeCapabilities,
  type NotifySegment,
  readProfiles,
  REFERENCE_SOFTWARE_CAPABILITIES,
  resultBody,
  type ResultPart,
  Transcoder,
  TRANSCODER_DRAIN_PATH,
  TRANSCODER_ID_HEADER,
  type TranscoderCard,
} from '@livepeer-node/protocol'
import type { Profile } from '@livepeer-node/sdk'
import { someBytes } from '@livepeer-node/test-kit'
import { type Answer, H2 } from './h2.ts'

export const SECRET = 'verysecret'

export interface Delivery {
  readonly parts?: readonly ResultPart[]
  readonly error?: string
}

export interface TranscoderInit {
  readonly capacity?: bigint
  /** Default: the shared one. */
  readonly secret?: string
  /** As ours show it; default: none, as the reference's. */
  readonly card?: TranscoderCard
  readonly capabilities?: Capabilities
  /** What it does with a job; default: fetches the source, returns a part per profile. `undefined`: nothing, ever. */
  readonly work?: (job: NotifySegment, transcoder: TestTranscoder) => Promise<Delivery | undefined>
}

/** A transcoder as the wire knows it: attaches, fetches, posts. */
export class TestTranscoder {
  readonly h2: H2
  readonly jobs: NotifySegment[] = []
  readonly teardowns: NotifySegment[] = []
  readonly answers: Answer[] = []
  /** How its registration ended: `ok`, or the error. */
  readonly ended: Promise<unknown>
  readonly #abort = new AbortController()
  readonly #rpc: Client<typeof Transcoder>
  readonly #init: TranscoderInit
  readonly #uri: string
  #waiters: (() => void)[] = []

  constructor(uri: string, init: TranscoderInit = {}) {
    this.h2 = new H2(uri)
    this.#init = init
    this.#uri = uri
    this.#rpc = createClient(
      Transcoder,
      createGrpcTransport({ baseUrl: uri, nodeOptions: { rejectUnauthorized: false } }),
    )
    this.ended = this.#run().then(
      () => 'ok',
      (error: unknown) => error,
    )
  }

  get card(): TranscoderCard | undefined {
    return this.#init.card
  }

  /** Resolves when that many jobs have come. */
  async whenJobs(count: number): Promise<void> {
    while (this.jobs.length < count) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  async whenTeardown(): Promise<void> {
    while (this.teardowns.length === 0) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }

  /** Its process is gone. */
  kill(): void {
    this.#abort.abort()
    this.h2.close()
  }

  fetch(job: NotifySegment): Promise<Answer> {
    return this.h2.get(new URL(job.url).pathname)
  }

  async post(taskId: bigint, { parts, error }: Delivery): Promise<Answer> {
    const common = this.#credentials(taskId)
    if (error !== undefined) {
      const headers = { ...common, pixels: '0', 'content-type': 'livepeer/transcoding-error' }
      return this.h2.post('/transcodeResults', headers, error)
    }
    const body = resultBody(parts ?? [])
    const headers = { ...common, pixels: '1000', 'content-type': body.contentType }
    return this.h2.post('/transcodeResults', headers, Buffer.concat(body.pieces))
  }

  postRaw(taskId: bigint, body: string, type: string): Promise<Answer> {
    return this.h2.post('/transcodeResults', { ...this.#credentials(taskId), pixels: '1', 'content-type': type }, body)
  }

  /** Begins to post a result on a connection that then goes down. */
  async breakOff(taskId: bigint): Promise<void> {
    const other = new H2(this.#uri)
    await once(other.session, 'connect')
    const { stream } = other.call({
      ':method': 'POST',
      ':path': '/transcodeResults',
      ...this.#credentials(taskId),
      pixels: '1',
      'content-type': 'multipart/mixed; boundary=x',
    })
    stream.write('--x\r\nPixels: 5\r\n\r\nhalf')
    await new Promise((resolve) => other.session.ping(resolve))
    other.close()
  }

  /** It says that it will leave. */
  drain(): Promise<Answer> {
    return this.h2.post(TRANSCODER_DRAIN_PATH, this.#identity())
  }

  #credentials(taskId: bigint) {
    return { ...this.#identity(), taskid: String(taskId) }
  }

  #identity() {
    const { secret = SECRET, card } = this.#init
    const credentials = { authorization: 'Livepeer-Transcoder-1.0', credentials: secret }
    return card ? { ...credentials, [TRANSCODER_ID_HEADER]: card.id } : credentials
  }

  async #run(): Promise<void> {
    const stream = this.#rpc.registerTranscoder(
      {
        secret: this.#init.secret ?? SECRET,
        capacity: this.#init.capacity ?? 10n,
        capabilities:
          this.#init.capabilities ??
          nodeCapabilities({ capabilities: REFERENCE_SOFTWARE_CAPABILITIES, version: '0.9.1' }),
      },
      {
        signal: this.#abort.signal,
        headers: this.#init.card ? { [CARD_HEADER]: encodeTranscoderCard(this.#init.card) } : {},
      },
    )
    for await (const message of stream) {
      if (message.url === '') this.teardowns.push(message)
      else {
        this.jobs.push(message)
        this.#work(message).catch(() => undefined)
      }
      for (const tell of this.#waiters.splice(0)) tell()
    }
  }

  async #work(job: NotifySegment): Promise<void> {
    const delivery = await (this.#init.work ?? fetchAndReturn)(job, this)
    if (delivery) this.answers.push(await this.post(job.taskId, delivery))
  }
}

/** A card for a transcoder of ours. */
export function aCard(name: string): TranscoderCard {
  return { id: randomUUID(), name, version: '1.2.3', devices: [{ backend: 'cpu', id: 'cpu', name: 'a processor' }] }
}

export async function fetchAndReturn(job: NotifySegment, transcoder: TestTranscoder): Promise<Delivery> {
  const source = await transcoder.fetch(job)
  if (source.status !== 200) return { error: `${source.status} Not Found` }
  return { parts: partsFor(job) }
}

export function partsFor(job: NotifySegment): ResultPart[] {
  return ladderOf(job).map(({ format, width, height }) => ({
    bytes: someBytes(),
    format,
    pixels: 60 * width * height,
  }))
}

export function ladderOf(job: NotifySegment): Profile[] {
  return job.segData ? readProfiles(job.segData) : []
}
