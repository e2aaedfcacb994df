import { KeyCommand, keyFlags } from '../../key-command.ts'

export default class AccountCreate extends KeyCommand {
  static override summary = 'Make a new account, with a key in the keystore.'
  static override description =
    'Without --eth-password the password is asked for. Keep the key file and the password: nobody can restore them.'
  static override examples = ['<%= config.bin %> account create --eth-password ./password.txt']
  static override flags = keyFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(AccountCreate)
    const settings = await this.keySettings(flags)
    const password = await this.newPassword(settings.password)
    const { createAccount } = await import('@livepeer-node/chain')
    const account = await createAccount({ dir: settings.keystore, password })
    await this.say(
      flags.json,
      account,
      `${account.address}\n  key  ${account.file}   keep a copy of it, and of its password`,
    )
  }
}
