import { Flags } from '@oclif/core'
import type { ConfigRequest } from '../base-command.ts'
import { nodeFlags, optionFlags } from '../flags.ts'
import { PATTERN, startPreset } from '../presets.ts'
import { RoleCommand } from '../role-command.ts'

export default class Start extends RoleCommand {
  static override summary = 'Run what the config file lists; without one, all roles in one process.'
  static override examples = [
    '<%= config.bin %> start',
    '<%= config.bin %> start --no-pattern --rtmp-addr 0.0.0.0:1935',
  ]
  static override flags = {
    ...nodeFlags,
    ...optionFlags,
    devnet: Flags.boolean({
      description: 'with money: pay for the work with tickets on a local chain, and show what becomes of them',
    }),
    pattern: Flags.boolean({ description: 'publish the test picture', default: true, allowNo: true }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Start)
    const without = flags.pattern ? [] : [PATTERN]
    const request = { flags, role: undefined, preset: startPreset, without }
    await (flags.devnet ? this.#runWithMoney({ ...request, pays: true }) : this.runNode(request))
  }

  async #runWithMoney(request: ConfigRequest): Promise<void> {
    const [{ MoneyDemo }, { reportText }, { moneyJson }] = await Promise.all([
      import('../devnet/demo.ts'),
      import('../money/report-text.ts'),
      import('../money/json.ts'),
    ])
    const json = request.flags['json'] === true
    const config = await this.loadConfig(request)
    await using demo = await MoneyDemo.start()
    if (!json) this.log(demo.text)
    const withMoney = demo.configure(config, (report) => {
      this.log(json ? moneyJson(report) : reportText(report, new Date()))
    })
    await this.runConfig(withMoney, json)
  }
}
