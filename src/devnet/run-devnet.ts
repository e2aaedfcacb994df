import type { Devnet, DevnetOptions } from '@livepeer-node/devnet'
import { toLivepeerError } from '@livepeer-node/sdk'
import { table } from '../table.ts'
import { type DevnetFiles, writeDevnet } from './files.ts'

export interface DevnetRequest {
  readonly options: DevnetOptions
  /** Where keys and what others need are written; without it nothing is. */
  readonly folder: string | undefined
  readonly json: boolean
  /** Output, and what a person must know. */
  readonly say: (text: string) => void
  readonly warn: (text: string) => void
}

/** How often the keeper is asked for its troubles, ms. */
const LOOK_MS = 5000

/** Runs a local chain until it is told to stop. Throws `LP_DEVNET_…` where it does not start, or ends by itself. */
export async function runDevnet({ options, folder, json, say, warn }: DevnetRequest): Promise<void> {
  const [{ startDevnet }, { StopSignals }, { systemClock }] = await Promise.all([
    import('@livepeer-node/devnet'),
    import('../stop-signals.ts'),
    import('@livepeer-node/sdk'),
  ])
  using signals = new StopSignals({ clock: systemClock, onSecond: (code) => process.exit(code) })
  await using devnet = await startDevnet(options)
  const files = folder === undefined ? undefined : await writeDevnet(folder, devnet.toJSON())
  say(json ? JSON.stringify(devnet) : devnetText(devnet, { files, folder }))
  const looking = setInterval(tellOnce(devnet, warn), LOOK_MS)
  const ended = await Promise.race([signals.first.then(() => undefined), devnet.ended])
  clearInterval(looking)
  if (ended) throw ended
}

/** Tells of a trouble of the keeper when it comes, not again and again. */
function tellOnce(devnet: Devnet, warn: (text: string) => void): () => void {
  let told: string | undefined
  return () => {
    const { keeperProblem: problem } = devnet
    const text = problem === undefined ? undefined : toLivepeerError(problem).message
    if (text !== undefined && text !== told) warn(`The rounds are not kept: ${text}`)
    told = text
  }
}

interface Written {
  readonly files: DevnetFiles | undefined
  readonly folder: string | undefined
}

function devnetText({ rpc, chainId, controller, accounts }: Devnet, { files, folder }: Written): string {
  const rows = [['ROLE', 'ADDRESS'], ...accounts.map(({ role, address }) => [role, address])]
  const keys = files
    ? [
        `  keys        ${files.keystore}, password in ${files.password}`,
        `  next        livepeer devnet config orchestrator --data-dir ${folder}`,
      ]
    : ['  keys        are not written without --data-dir']
  return [
    'The local chain is ready.',
    '',
    `  rpc         ${rpc}`,
    `  chain id    ${chainId}`,
    `  controller  ${controller}`,
    ...keys,
    '',
    table(rows).replace(/^/gm, '  '),
    '',
    '  Stop        Ctrl-C (or SIGTERM)',
    '',
  ].join('\n')
}
