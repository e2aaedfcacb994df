import { Flags } from '@oclif/core'
import type { ContractCall } from '@livepeer-node/chain'
import { keyFlags, KeyCommand } from './key-command.ts'
import { accountFlags, payeeFlags } from './money-flags.ts'
import type { ChainSession, Sent } from './money/session.ts'
import { table } from './table.ts'

/** Flags of every command that asks the chain. */
export const chainFlags = { ...keyFlags, ...accountFlags } as const

/** Flags of every command that sends transactions. */
export const sendFlags = {
  ...chainFlags,
  'max-gas-price': payeeFlags['max-gas-price'],
  yes: Flags.boolean({ char: 'y', description: 'do not ask whether to send' }),
} as const

type ParsedFlags = Readonly<Record<string, unknown>> & { readonly json: boolean }

/** One transaction. */
export interface Step {
  /** What it does, as `fund the deposit`. */
  readonly label: string
  readonly call: ContractCall
}

export interface SendRequest {
  readonly session: ChainSession
  readonly flags: ParsedFlags & { readonly yes: boolean }
  /** What is about to happen, for who has to confirm it. */
  readonly summary: readonly (readonly [name: string, value: string])[]
  /** In order. A function: what to do then depends on how things stand then; nothing is a step that is not needed any more. */
  readonly steps: readonly (Step | (() => Promise<Step | undefined>))[]
}

/** A command that talks to the chain. */
export abstract class ChainCommand extends KeyCommand {
  /** Opens the chain for `work`, and closes it whatever becomes of that. */
  protected async onChain(flags: ParsedFlags, work: (session: ChainSession) => Promise<void>): Promise<void> {
    const [{ chainSettings, keySettings }, { ChainSession }, { pinoLogger }, config] = await Promise.all([
      import('./money/settings.ts'),
      import('./money/session.ts'),
      import('@livepeer-node/core'),
      this.moneyConfig(flags),
    ])
    const keys = keySettings(config)
    const log = pinoLogger({ level: 'warn', pretty: process.stderr.isTTY, destination: process.stderr })
    const password = (address: string) => this.password(keys.password, address)
    await using session = await ChainSession.open({ settings: await chainSettings(config), keys, log, password })
    await work(session)
  }

  /** Shows what is about to happen, asks, and sends one after the other. Stops at the first that fails. */
  protected async send({ session, flags, summary, steps }: SendRequest): Promise<readonly Sent[]> {
    const rows = [['account', await session.account()], ...summary].map(([name = '', value = '']) => [
      `  ${name}`,
      value,
    ])
    if (!flags.json) this.logToStderr(`${table(rows)}\n`)
    await this.#finishEarlier(session, steps)
    await this.#confirm(flags.yes)
    const sent: Sent[] = []
    for (const step of steps) {
      const next = typeof step === 'function' ? await step() : step
      if (next) sent.push(await this.#sendOne(session, next, flags.json))
    }
    return sent
  }

  /** Says how it ended. */
  protected async sayDone(json: boolean, data: object, transactions: readonly Sent[]) {
    const total = transactions.reduce((sum, { cost }) => sum + cost, 0n)
    const { formatAmount } = await import('@livepeer-node/protocol')
    const text = transactions.length === 0 ? 'Nothing had to be done.' : `Done; gas cost ${formatAmount(total, 'ETH')}.`
    await this.say(json, { ...data, transactions }, text)
  }

  /** One that was interrupted may have sent the very same: then it is not sent twice. */
  async #finishEarlier(session: ChainSession, steps: SendRequest['steps']): Promise<void> {
    const labels = new Set(steps.map((step) => (typeof step === 'function' ? undefined : step.label)))
    const earlier = await session.earlier()
    if (earlier.length === 0) return
    const [{ toLivepeerError }, { sentEarlier }] = await Promise.all([
      import('@livepeer-node/sdk'),
      import('./money/errors.ts'),
    ])
    for (const { label, hash, outcome } of earlier) {
      this.logToStderr(`${label}: an earlier command sent it, and it is still on its way: ${hash}`)
      const receipt = await outcome.catch((error: unknown) => this.logToStderr(toLivepeerError(error).message))
      if (receipt && labels.has(label)) throw sentEarlier(label, receipt.transactionHash)
    }
  }

  async #sendOne(session: ChainSession, { label, call }: Step, json: boolean): Promise<Sent> {
    const sent = await session.send({ ...call, label }, ({ state, hash }) => {
      if (!json && state !== 'done') this.logToStderr(`${label}: ${state} ${hash}`)
    })
    return sent
  }

  async #confirm(yes: boolean): Promise<void> {
    if (yes) return
    const [{ ask, isTerminal }, { notConfirmed }] = await Promise.all([
      import('./money/prompt.ts'),
      import('./money/errors.ts'),
    ])
    if (!isTerminal()) throw notConfirmed('no terminal')
    const answer = await ask('Send? (y/N) ')
    if (!/^y(es)?$/i.test(answer?.trim() ?? '')) throw notConfirmed('no')
  }
}
