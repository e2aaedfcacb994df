import { Flags } from '@oclif/core'
import { accountFlags } from '../../money-flags.ts'
import { KeyCommand, keyFlags } from '../../key-command.ts'

export default class AccountExport extends KeyCommand {
  static override summary = 'Print a key file, for a backup or another machine. The same password opens it.'
  static override examples = ['<%= config.bin %> account export --eth-acct-addr 0x… > key.json']
  static override flags = {
    ...keyFlags,
    'eth-acct-addr': accountFlags['eth-acct-addr'],
    'private-key': Flags.boolean({ description: 'print the private key itself: whoever sees it owns the account' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(AccountExport)
    const settings = await this.keySettings(flags)
    const { exportKeyFile, findAccount, openKey } = await import('@livepeer-node/chain')
    const { address } = await findAccount(settings.keystore, settings.account)
    const request = { dir: settings.keystore, address, password: await this.password(settings.password, address) }
    if (flags['private-key']) {
      const privateKey = await openKey(request)
      await this.say(flags.json, { address, privateKey }, privateKey)
    } else {
      this.log((await exportKeyFile(request)).trimEnd())
    }
  }
}
