// Runs every command of README.md and docs/**/*.md: each line of each `sh` block, in order, each in a shell of its own.
// A command that starts a node is left running until the file's end, then told to stop, and must exit 0.
// A block after `<!-- not run: reason -->` is skipped, with its reason printed. `npm ci &&` is left out: the modules are
// there, and other nodes run on them. Files may be named; otherwise all are taken.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const READY = /^(Livepeer node .*|The local chain) is ready|"ready":true/
/** Also a chain. Subcommands end by themselves: `livepeer orchestrator status`, `livepeer devnet mine 60`. */
const STARTS_A_NODE =
  /^(npm start|(npx|npm run) livepeer (-- )?(start|broadcaster|orchestrator|transcoder|devnet))(?! [a-z])\b(?!.*--help)/
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
      .map((line) =>
        line
          .replace(/\s+#.*$/, '')
          .trim()
          .replace(/^npm ci && /, ''),
      )
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((command) => ({ command, reason: groups?.['reason'] })),
  )
}

function shell(command: string): ChildProcess {
  return spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
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

/** Newest first, all of them, whatever one of them does. */
async function stopAll(running: readonly Running[]): Promise<void> {
  const failures: string[] = []
  for (const { command, child } of running.toReversed()) {
    for (const pid of nodesOf(child)) process.kill(pid, 'SIGTERM')
    const status = await finish(child, LIMIT_MS)
    if (status !== 0) failures.push(`${command}: ended with ${status} after SIGTERM`)
  }
  if (failures.length > 0) throw new Error(failures.join('\n'))
}

/** The node alone, as a service manager signals it: npm around it would not tell its exit status. */
function nodesOf({ pid }: ChildProcess): number[] {
  const processes = execFileSync('ps', ['-eo', 'pgid=,pid=,args='], { encoding: 'utf8' }).split('\n')
  return processes.flatMap((line) => {
    const [group, own, program, ...args] = line.trim().split(/\s+/)
    const isNode = /(^|\/)node$/.test(program ?? '') && args.some((arg) => /bin\/livepeer(\.js)?$/.test(arg))
    return Number(group) === pid && isNode ? [Number(own)] : []
  })
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
    await stopAll(running)
  }
  return count
}

/** A reader's first run begins without these; what an earlier run left there (a token, a calibration) would change this one. */
function removeLeftovers(file: string): void {
  for (const [folder] of readFileSync(file, 'utf8').matchAll(/\/tmp\/livepeer-[\w-]+/g)) {
    rmSync(folder, { recursive: true, force: true })
  }
}

const named = process.argv.slice(2)
const files = named.length > 0 ? named : ['README.md', ...globSync('docs/**/*.md').toSorted()]
files.forEach(removeLeftovers)
let total = 0
for (const file of files) total += await runFile(file)
console.log(`${total} commands of README and docs ran`)
if (total === 0) process.exitCode = 1
