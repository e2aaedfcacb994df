import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { TemporaryFolder } from '@livepeer-node/test-kit/faults'

const BIN = join(import.meta.dirname, '../../bin/livepeer.js')

export interface ReadyEndpoint {
  readonly name: string
  readonly url: string
}

/** One process of the node, started as an operator starts it. */
export class NodeProcess implements AsyncDisposable {
  readonly child: ChildProcess
  readonly #folder = new TemporaryFolder('e2e')
  /** Every line of its log, oldest first. */
  readonly log: string[] = []
  endpoints: readonly ReadyEndpoint[] = []

  private constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.child = spawn(
      process.execPath,
      ['--conditions=livepeer-src', BIN, ...args, '--data-dir', this.dataDir, '--json'],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    )
    if (this.child.stderr) createInterface({ input: this.child.stderr }).on('line', (line) => this.log.push(line))
  }

  get dataDir(): string {
    return this.#folder.path
  }

  /** Starts `livepeer <args>` and waits until it says that it is ready. */
  static start(...args: string[]): Promise<NodeProcess> {
    return NodeProcess.startWith({}, ...args)
  }

  /** The same, with settings in the environment. */
  static async startWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<NodeProcess> {
    const node = new NodeProcess(args, env)
    const ready = Promise.withResolvers<readonly ReadyEndpoint[]>()
    if (!node.child.stdout) throw new Error('no stdout')
    createInterface({ input: node.child.stdout }).on('line', (line) => {
      if (!line.startsWith('{"ready":true')) return
      ready.resolve((JSON.parse(line) as { endpoints: readonly ReadyEndpoint[] }).endpoints)
    })
    // Not at `exit`: what it said last is still to be read then.
    node.child.once('close', (code, signal) =>
      ready.reject(new Error(`livepeer ${args.join(' ')} ended with ${code ?? signal}:\n${node.log.join('\n')}`)),
    )
    try {
      node.endpoints = await ready.promise
      return node
    } catch (error) {
      await node[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The real address of an endpoint, as the ready line tells it. */
  url(name: string): string {
    const found = this.endpoints.find((endpoint) => endpoint.name === name)
    if (!found) throw new Error(`no endpoint ${name} among ${this.endpoints.map((e) => e.name).join(', ')}`)
    return found.url
  }

  /** `host:port` of an endpoint. */
  address(name: string): string {
    return new URL(this.url(name)).host
  }

  async exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
    return { code: this.child.exitCode, signal: this.child.signalCode }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
    return (await this.exited()).code
  }

  /** `livepeer <args>` for this node; resolves at its end, whatever its exit code. */
  command(...args: readonly string[]) {
    return execa(process.execPath, [BIN, ...args, '--data-dir', this.dataDir], { reject: false })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
    this.#folder[Symbol.dispose]()
  }
}

/** Pids of a process's living children whose command line holds `needle`, newest last. */
export async function childrenOf(pid: number, needle: string): Promise<number[]> {
  const ps = spawn('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pids: number[] = []
  for await (const line of createInterface({ input: ps.stdout })) {
    if (line.includes(needle)) pids.push(Number(line.trim().split(/\s+/)[0]))
  }
  return pids
}
