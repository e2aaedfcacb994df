import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LivepeerError } from '@livepeer-node/sdk'
import { findAnvil } from './anvil-binary.ts'
import { chainEnded } from './errors.ts'

const UP_MS = 20_000
const STOP_MS = 10_000
/** Runs anvil until it ends, or until this process does: its standard input closes then, however it dies. */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
anvil=$!
(read -r _ <&3; kill $anvil) >/dev/null 2>&1 &
guard=$!
wait $anvil
status=$?
kill $guard 2>/dev/null
exit $status`

/** A running anvil. */
export interface Anvil {
  readonly rpc: string
  /** Resolves when it is gone: with the reason, unless `stop` was called. */
  readonly ended: Promise<LivepeerError | undefined>
  /** Ends it; its state is written first where it keeps one. Later calls wait for the first. */
  stop(): Promise<void>
}

/** Starts anvil on a free port of the loopback (or the one in `args`) and waits until it listens. @throws `LP_DEVNET_ANVIL`, `LP_DEVNET_CHAIN` */
export async function startAnvil(args: readonly string[]): Promise<Anvil> {
  const binary = findAnvil()
  // Anvil keeps a folder of its own in the home folder, and never removes it.
  const home = await mkdtemp(join(tmpdir(), 'livepeer-devnet-'))
  // A process group of its own: Ctrl-C in a terminal is for the node, which ends the chain last.
  const child = spawn('sh', ['-c', GUARD, 'sh', binary, '--host', '127.0.0.1', ...args], {
    env: { ...process.env, HOME: home },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const output = listen(child)
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let isStopping = false
  const ended = exited.then(async () => {
    await rm(home, { recursive: true, force: true })
    return isStopping ? undefined : chainEnded('ended', output.lastWords())
  })
  const stop = async (): Promise<void> => {
    isStopping = true
    child.stdin?.end()
    const inTime = await Promise.race([ended.then(() => true), delay(STOP_MS, false, { ref: false })])
    if (!inTime) killGroup(child)
    await ended
  }
  const rpc = await Promise.race([
    output.listening,
    ended.then(() => undefined),
    delay(UP_MS, undefined, { ref: false }),
  ])
  if (rpc !== undefined) return { rpc, ended, stop }
  const words = output.lastWords()
  await stop()
  throw chainEnded('did not start', words)
}

/** Reads on for as long as it lives, so that its pipes never fill up; keeps the end of what it said. */
function listen(child: ChildProcess): { listening: Promise<string>; lastWords: () => string } {
  const listening = Promise.withResolvers<string>()
  let heard = ''
  const hear = (chunk: Buffer): void => {
    heard = (heard + chunk.toString('utf8')).slice(-4000)
    const [, authority] = /Listening on (\S+)/.exec(heard) ?? []
    if (authority) listening.resolve(`http://${authority}`)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  // A broken pipe to a process that has just died is told by its end.
  child.stdin?.on('error', () => {})
  child.on('error', (error) => hear(Buffer.from(error.message)))
  return { listening: listening.promise, lastWords: () => heard.trim().split('\n').slice(-3).join(' ').trim() }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // Gone in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
