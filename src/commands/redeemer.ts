import { nodeFlags, optionFlags } from '../flags.ts'
import { accountFlags, payeeFlags } from '../money-flags.ts'
import { OF_OTHER_ROLES, redeemerPreset } from '../presets.ts'
import { RoleCommand } from '../role-command.ts'

export default class Redeemer extends RoleCommand {
  static override summary = 'Redeem what orchestrators in other processes have won.'
  static override examples = [
    '<%= config.bin %> redeemer --network arbitrum-one-mainnet --eth-url https://rpc.example.org --eth-orch-addr 0x…',
  ]
  static override flags = {
    ...nodeFlags,
    ...accountFlags,
    'eth-orch-addr': payeeFlags['eth-orch-addr'],
    'max-gas-price': payeeFlags['max-gas-price'],
    'http-addr': optionFlags['http-addr'],
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Redeemer)
    const options = { role: 'redeemer' }
    await this.runNode({ flags, role: undefined, preset: redeemerPreset, without: OF_OTHER_ROLES, pays: true, options })
  }
}
