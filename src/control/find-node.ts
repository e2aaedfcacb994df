import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ControlClient, type NodeStatus } from './client.ts'
import { badControlAddress, noNode, severalNodes } from './errors.ts'

/** Longest wait for a node to say who it is, ms. */
const ANSWER_MS = 5000
const ROLES = ['broadcaster', 'orchestrator', 'transcoder']

export interface NodeWanted {
  /** Absolute; nodes have their control sockets in it. */
  readonly dataDir: string
  /** Address of a control listener, instead of a socket. */
  readonly cliAddr?: string | undefined
  readonly role?: string | undefined
  readonly pid?: number | undefined
}

export interface FoundNode {
  readonly client: ControlClient
  readonly status: NodeStatus
}

/** The running node that is meant. Throws `LP_NODE_NOT_FOUND`, and `LP_NODE_AMBIGUOUS` where several may be. */
export async function findNode(wanted: NodeWanted): Promise<FoundNode> {
  if (wanted.cliAddr !== undefined) return ask(new ControlClient(address(wanted.cliAddr)))
  const folder = join(wanted.dataDir, 'control')
  const nodes = await nodesIn(folder)
  const fit = nodes.filter((node) => isWanted(node, wanted))
  const [node, ...others] = fit
  if (others.length > 0) throw severalNodes(fit.map(describeNode))
  if (node) return node
  const wish = [wanted.role, wanted.pid && `process ${wanted.pid}`].filter(Boolean).join(', ')
  const remedy =
    nodes.length > 0
      ? `Running are: ${nodes.map(describeNode).join('; ')}.`
      : 'Start the node, or give the --data-dir or --cli-addr that it was started with.'
  throw noNode(`${folder}${wish && ` (${wish})`}`, remedy)
}

/** `orchestrator, transcoder (process 4711)` */
export function describeNode({ status }: FoundNode): string {
  return `${rolesOf(status).join(', ') || 'node'} (process ${status.pid})`
}

export function rolesOf({ sections }: NodeStatus): string[] {
  return ROLES.filter((role) => role in sections)
}

async function nodesIn(folder: string): Promise<FoundNode[]> {
  const names = await readdir(folder).catch(() => []) // no folder: no node was ever here
  const sockets = names.filter((name) => name.endsWith('.sock'))
  const asked = await Promise.allSettled(
    sockets.map((name) => ask(new ControlClient({ socketPath: join(folder, name) }))),
  )
  return asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}

async function ask(client: ControlClient): Promise<FoundNode> {
  return { client, status: await client.status(AbortSignal.timeout(ANSWER_MS)) }
}

function isWanted({ status }: FoundNode, { role, pid }: NodeWanted): boolean {
  return (role === undefined || rolesOf(status).includes(role)) && (pid === undefined || status.pid === pid)
}

function address(text: string): { host: string; port: number } {
  const url = `http://${text.replace(/^http:\/\//, '').replace(/^:/, '127.0.0.1:')}`
  const { hostname, port, pathname } = URL.canParse(url) ? new URL(url) : { hostname: '', port: '', pathname: '' }
  if (hostname === '' || port === '' || pathname !== '/') throw badControlAddress(text)
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}
