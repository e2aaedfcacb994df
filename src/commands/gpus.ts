import { BaseCommand } from '../base-command.ts'
import { ExitCode, exitCodeFor } from '../exit-codes.ts'
import { commonFlags, optionFlags } from '../flags.ts'
import { backendsPreset } from '../presets.ts'

export default class Gpus extends BaseCommand {
  static override summary = 'List the cards and processors that this machine can transcode on, each tested.'
  static override description = 'Ends with 4 when a card that --nvidia asks for does not work.'
  static override examples = ['<%= config.bin %> gpus', '<%= config.bin %> gpus --nvidia 0,1 --json']
  static override flags = {
    ...commonFlags,
    nvidia: optionFlags.nvidia,
    machine: optionFlags.machine,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Gpus)
    const [{ listDevices }, { deviceText }, { problemText }] = await Promise.all([
      import('../list-devices.ts'),
      import('../device-text.ts'),
      import('../problem-text.ts'),
    ])
    const config = await this.loadConfig({ flags, role: 'transcoder', preset: backendsPreset })
    const { devices, problems } = await listDevices(config)
    const lacks = flags.nvidia !== undefined && devices.some(({ state }) => state === 'out')
    process.exitCode = exitCodeFor(problems) || (lacks ? ExitCode.environment : ExitCode.ok)
    if (flags.json) {
      this.log(JSON.stringify({ devices, errors: problems.map((problem) => problem.toJSON()) }))
      return
    }
    if (flags.machine) this.logToStderr(`Cards as ${flags.machine} describes them; nothing is transcoded on them.`)
    if (devices.length > 0) this.log(deviceText(devices))
    // What is wrong with a device stands below the table.
    const others = problems.filter(({ message }) => devices.every(({ problem }) => problem !== message))
    for (const problem of others) this.logToStderr(problemText(problem))
  }
}
