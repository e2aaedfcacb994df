import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { NodeProcess } from '../../test/e2e/node-process.ts'

/** A process that is measured. */
export interface Peer extends AsyncDisposable {
  readonly uri: string
  readonly pid: number
}

export interface NullTranscoder {
  /** All renditions of a segment together. */
  readonly renditionBytes: number
  readonly delayMs: number
}

const config = (name: string): string => join(import.meta.dirname, `${name}.config.ts`)

/** An orchestrator whose transcoder, in its own process, does nothing. */
export async function localOrchestrator(): Promise<Peer> {
  return peerOf(await NodeProcess.start('start', '--config', config('local'), '--log-level', 'warn'))
}

/** An orchestrator and, in another process, the transcoder that attached to it with a token of its own. */
export async function attachedOrchestrator(transcoder: NullTranscoder): Promise<Peer & { metricsUrl: string }> {
  await using started = new AsyncDisposableStack()
  const orchestrator = started.use(
    await NodeProcess.start('start', '--config', config('orchestrator'), '--log-level', 'warn'),
  )
  const control = orchestrator.url('control')
  const settings = {
    LP_ORCH_SECRET: await newToken(control),
    BENCH_RENDITION_BYTES: String(transcoder.renditionBytes),
    BENCH_DELAY_MS: String(transcoder.delayMs),
  }
  const attach = ['--orch-addr', orchestrator.address('orchestrator'), '--log-level', 'warn']
  started.use(await NodeProcess.startWith(settings, 'start', '--config', config('transcoder'), ...attach))
  const all = started.move()
  return { ...peerOf(orchestrator), metricsUrl: `${control}/metrics`, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** node:http2 alone. */
export async function barePeer(): Promise<Peer> {
  const child = spawn(process.execPath, ['--conditions=livepeer-src', join(import.meta.dirname, 'bare.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [uri] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const stop = async () => {
    const ended = once(child, 'exit')
    child.stdin.end()
    await ended
  }
  return { uri, pid: pidOf(child), [Symbol.asyncDispose]: stop }
}

async function newToken(control: string): Promise<string> {
  const response = await fetch(`${control}/transcoders/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench' }),
  })
  if (response.status !== 201) throw new Error(`no token: ${await response.text()}`)
  return ((await response.json()) as { token: string }).token
}

function peerOf(node: NodeProcess): Peer {
  return {
    uri: node.url('orchestrator'),
    pid: pidOf(node.child),
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  }
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('no process')
  return pid
}
