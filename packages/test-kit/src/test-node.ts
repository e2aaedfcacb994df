import { createNode, type LivepeerNode, type Trace } from '@livepeer-node/core'
import type { Clock, LivepeerError, Plugin } from '@livepeer-node/sdk'
import { type LogLine, recordedLog } from './recorded-log.ts'
import { TemporaryFolder } from './temporary-folder.ts'

export interface TestNodeOptions {
  readonly plugins: readonly Plugin[]
  /** Default: the machine's time. With a `FakeClock`, deadlines pass only when it is advanced. */
  readonly clock?: Clock
  /** Where `{ env }` secrets are looked up; default: nowhere. */
  readonly env?: NodeJS.ProcessEnv
  readonly version?: string
  /** Default: a fresh folder, removed on stop. A given one is kept. */
  readonly dataDir?: string
}

/** A real node around the plugins under test, with what it did written down. */
export interface TestNode extends LivepeerNode {
  readonly dataDir: string
  /** Every call of every handler, in the order in which they ended. */
  readonly traces: readonly Trace[]
  /** Errors of handlers that the kernel kept from the others (`collect`, `notify`, `observe`), in order. */
  readonly isolated: readonly LivepeerError[]
  /** Every log line, all levels. */
  readonly lines: readonly LogLine[]
}

/**
 * A started node with these plugins alone, on the real kernel and a data folder of its own. Hold it by `await using`: leaving
 * the block stops it and removes the folder. Rejects as `start()` does, after the folder is gone.
 */
export function createTestNode(...plugins: readonly Plugin[]): Promise<TestNode> {
  return createTestNodeWith({ plugins })
}

/** As `createTestNode`, with a clock, an environment or a data folder of the test's own. */
export async function createTestNodeWith(options: TestNodeOptions): Promise<TestNode> {
  const node = await prepareTestNode(options)
  try {
    await node.start()
  } catch (error) {
    await node.stop()
    throw error
  }
  return node
}

/** As `createTestNodeWith`, not started yet: for tests of the start itself. */
export async function prepareTestNode(options: TestNodeOptions): Promise<TestNode> {
  const own = options.dataDir === undefined ? new TemporaryFolder('node-test') : undefined
  const dataDir = options.dataDir ?? own?.path ?? ''
  const traces: Trace[] = []
  const lines: LogLine[] = []
  const node = createNode({
    plugins: options.plugins,
    dataDir,
    version: options.version ?? '0.0.0-test',
    log: recordedLog(lines),
    env: options.env ?? {},
    ...(options.clock && { clock: options.clock }),
    onTrace: (trace) => traces.push(trace),
  })
  const stop = async () => {
    try {
      await node.stop()
    } finally {
      own?.[Symbol.dispose]()
    }
  }
  return {
    dataDir,
    traces,
    lines,
    run: node.run,
    get state() {
      return node.state
    },
    get isolated() {
      return isolatedErrors(node, traces)
    },
    stopRequested: node.stopRequested,
    start: () => node.start(),
    drain: (deadline, graceMs) => node.drain(deadline, graceMs),
    work: () => node.work(),
    endpoints: () => node.endpoints(),
    composition: () => node.composition(),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function isolatedErrors(node: LivepeerNode, traces: readonly Trace[]): readonly LivepeerError[] {
  const isolating = new Set(
    node
      .composition()
      .hooks.filter(({ kind }) => kind === 'collect' || kind === 'notify' || kind === 'observe')
      .map(({ name }) => name),
  )
  return traces.flatMap(({ hook, error }) => (error && isolating.has(hook) ? [error] : []))
}
