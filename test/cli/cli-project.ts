import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { TemporaryFolder } from '@livepeer-node/test-kit/faults'
import { execa } from 'execa'

const ROOT = join(import.meta.dirname, '../..')
export const BIN = join(ROOT, 'bin/livepeer.js')

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>
}

/** A folder of an operator, from which the command line is run as an operator runs it. */
export class CliProject implements AsyncDisposable {
  readonly #folder = new TemporaryFolder('cli')
  readonly #children: Child[] = []

  constructor() {
    this.write('package.json', '{ "type": "module" }')
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'))
  }

  get folder(): string {
    return this.#folder.path
  }

  write(name: string, content: string | object): string {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return file
  }

  /** Runs `livepeer <args>`; the result resolves at its end, whatever its exit code. */
  run(args: readonly string[], { env = {} }: CliOptions = {}) {
    const child = spawnCli(args, { cwd: this.folder, env: { PATH: process.env['PATH'], HOME: this.folder, ...env } })
    this.#children.push(child)
    return child
  }

  /** Starts `livepeer <args> --json` and waits for its ready line. */
  async start(args: readonly string[], options?: CliOptions) {
    const child = this.run([...args, '--json'], options)
    const lines = await linesUntil(child.stdout, '{"ready":true')
    return { child, ready: JSON.parse(lines.at(-1) ?? '') as Ready }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    await Promise.all(this.#children)
    this.#folder[Symbol.dispose]()
  }
}

function spawnCli(args: readonly string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }) {
  return execa(process.execPath, [BIN, ...args], { reject: false, stdin: 'ignore', extendEnv: false, cwd, env })
}

type Child = ReturnType<typeof spawnCli>

/** Reads a running process's output until a line holds `needle`; rejects with what there was when it ends before. */
export function linesUntil(output: Readable, needle: string): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
  const lines: string[] = []
  createInterface({ input: output })
    .on('line', (line) => {
      lines.push(line)
      if (line.includes(needle)) resolve(lines.slice())
    })
    .once('close', () => reject(new Error(`ended before "${needle}":\n${lines.join('\n')}`)))
  return promise
}

export interface Ready {
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
}

/** Source of a plugin in the operator's own folder. */
export function ownPlugin(name: string, apply: string, options = ''): string {
  return `
    import { definePlugin } from '@livepeer-node/sdk'
    import { z } from 'zod'
    export default definePlugin({
      name: '${name}', kernel: '^0.1.0', options: z.strictObject({ ${options} }),
      async apply(node, options) { ${apply} },
    })`
}
