import { readFile } from 'node:fs/promises'
import { Args, Flags } from '@oclif/core'
import { KeyCommand, keyFlags } from '../../key-command.ts'

export default class AccountImport extends KeyCommand {
  static override summary =
    'Take a key into the keystore: a key file, or a file with a private key in hexadecimal digits.'
  static override examples = [
    '<%= config.bin %> account import ./UTC--2020-… --file-password ./old.txt --eth-password ./new.txt',
  ]
  static override args = { file: Args.string({ description: 'the file', required: true }) }
  static override flags = {
    ...keyFlags,
    'file-password': Flags.string({
      description: 'password that opens the file; default: the one it gets here',
      helpValue: 'text|file',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AccountImport)
    const settings = await this.keySettings(flags)
    const [{ importKey }, { fileUnreadable }] = await Promise.all([
      import('@livepeer-node/chain'),
      import('../../money/errors.ts'),
    ])
    const text = await readFile(args.file, 'utf8').catch((error: unknown) => {
      throw fileUnreadable(args.file, error)
    })
    const old = flags['file-password']
    const password = await this.newPassword(settings.password)
    const source = { text, ...(old !== undefined && { password: await this.secret(old) }) }
    const account = await importKey({ dir: settings.keystore, password }, source)
    await this.say(flags.json, account, `${account.address}\n  key  ${account.file}`)
  }
}
