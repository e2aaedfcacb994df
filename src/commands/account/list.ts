import { KeyCommand, keyFlags } from '../../key-command.ts'

export default class AccountList extends KeyCommand {
  static override summary = 'List the accounts of the keystore.'
  static override flags = keyFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(AccountList)
    const { keystore } = await this.keySettings(flags)
    const [{ listAccounts }, { table }] = await Promise.all([import('@livepeer-node/chain'), import('../../table.ts')])
    const accounts = await listAccounts(keystore)
    const rows = accounts.map(({ address, file }) => [address, file])
    await this.say(flags.json, accounts, rows.length === 0 ? `No account in ${keystore}.` : table(rows))
  }
}
