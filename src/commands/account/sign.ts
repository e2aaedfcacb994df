import { readFile } from 'node:fs/promises'
import { Args, Flags } from '@oclif/core'
import { accountFlags } from '../../money-flags.ts'
import { KeyCommand, keyFlags } from '../../key-command.ts'

export default class AccountSign extends KeyCommand {
  static override summary = 'Sign a text with an account, as Ethereum’s personal_sign does; or typed data (EIP-712).'
  static override examples = [
    '<%= config.bin %> account sign "I run this orchestrator"',
    '<%= config.bin %> account sign --typed ./data.json',
  ]
  static override args = { text: Args.string({ description: 'the text; with --typed a JSON file', required: true }) }
  static override flags = {
    ...keyFlags,
    'eth-acct-addr': accountFlags['eth-acct-addr'],
    typed: Flags.boolean({ description: 'the argument names a file with typed data' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AccountSign)
    const settings = await this.keySettings(flags)
    const [{ findAccount, openKey, signText, signTyped }, { badTypedData }] = await Promise.all([
      import('@livepeer-node/chain'),
      import('../../money/errors.ts'),
    ])
    const { address } = await findAccount(settings.keystore, settings.account)
    const password = await this.password(settings.password, address)
    const key = await openKey({ dir: settings.keystore, address, password })
    const signature = flags.typed
      ? await readFile(args.text, 'utf8')
          .then((text) => signTyped(key, text))
          .catch((error: unknown) => {
            throw badTypedData(error)
          })
      : await signText(key, args.text)
    await this.say(flags.json, { address, signature }, signature)
  }
}
