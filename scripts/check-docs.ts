// Runs every command of README.md and docs/**/*.md: each line of each `sh` block, in order, in one shell environment
// per file. A command that starts a node is left running until the file's end, then told to stop, and must exit 0.
// A block after `<!-- not run: reason -->` is skipped, with its reason printed.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const READY = /to stop|"ready":true/i
const STARTS_A_NODE = /^(npm start|npm ci && npm start|npx livepeer (start|broadcaster|orchestrator|transcoder))\b(?!.*--help)/
const LIMIT_MS = 180_000

interface Running {
  readonly command: string
  readonly child: ChildProcess
}

function commandsOf(markdown: string): { command: string; reason: string | undefined }[] {
  const block = /(?:<!-- not run: (?<reason>[^>]*) -->\s*)?```sh\n(?<body>[\s\S]*?)```/g
  return [...markdown.matchAll(block)].flatMap(({ groups }) =>
    (groups?.['body'] ?? '')
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((command) => ({ command, reason: groups?.['reason'] })),
  )
}

function shell(command: string): ChildProcess {
  return spawn('bash', ['-c', `exec ${command.includes('&&') ? `bash -c ${JSON.stringify(command)}` : command}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
}

async function finish(child: ChildProcess, limitMs: number): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? String(child.signalCode)
  const timer = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), limitMs)
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  return code ?? String(signal)
}

async function untilReady({ command, child }: Running): Promise<void> {
  if (!child.stdout) throw new Error('no stdout')
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => READY.test(line) && resolve())
    child.once('exit', (code) => reject(new Error(`${command}: ended with ${code} before it was ready`)))
    setTimeout(() => reject(new Error(`${command}: not ready after ${LIMIT_MS} ms`)), LIMIT_MS).unref()
  })
  await ready
}

async function runFile(file: string): Promise<number> {
  const running: Running[] = []
  let count = 0
  try {
    for (const { command, reason } of commandsOf(readFileSync(file, 'utf8'))) {
      if (reason !== undefined) {
        console.log(`-- ${file}: not run (${reason}): ${command}`)
        continue
      }
      console.log(`-- ${file}: ${command}`)
      const child = shell(command)
      count++
      if (STARTS_A_NODE.test(command)) {
        running.push({ command, child })
        await untilReady({ command, child })
      } else {
        child.stdout?.pipe(process.stdout)
        const status = await finish(child, LIMIT_MS)
        if (status !== 0) throw new Error(`${command}: ended with ${status}`)
      }
    }
  } finally {
    for (const { command, child } of running.reverse()) {
      if (child.pid) process.kill(-child.pid, 'SIGTERM')
      const status = await finish(child, LIMIT_MS)
      if (status !== 0) throw new Error(`${command}: ended with ${status} after SIGTERM`)
    }
  }
  return count
}

let total = 0
for (const file of ['README.md', ...globSync('docs/**/*.md').toSorted()]) total += await runFile(file)
console.log(`${total} commands of README and docs ran`)
if (total === 0) process.exitCode = 1
