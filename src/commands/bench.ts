import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.ts'
import type { BenchStep } from '../bench/report.ts'
import type { BenchRequest } from '../bench/run-bench.ts'
import { commonFlags, optionFlags } from '../flags.ts'
import { backendsPreset, CARD_BACKEND, CPU_BACKEND } from '../presets.ts'

const DEFAULT_SEGMENTS = 8
const MOST_SESSIONS = 10_000

type Handlers = Pick<BenchRequest, 'onSegment' | 'onStep'>
/** Besides what is printed. */
type Request = Omit<BenchRequest, keyof Handlers>

export default class Bench extends BaseCommand {
  static override summary = 'Find out how many sessions at once this machine transcodes in real time.'
  static override description =
    `Runs sessions side by side, each with its next segment as soon as the last one is done, first one, then more, until
they take more than --ratio of the time that the segments play. The ratio is that of livepeer_bench ("Real-Time
Duration Ratio"); with several backends that of the slowest.`
  static override examples = [
    '<%= config.bin %> bench',
    '<%= config.bin %> bench film.mp4 --transcoding-options P360p30fps16x9,P720p30fps16x9',
    '<%= config.bin %> bench --nvidia 0,1 --csv segments.csv',
    '<%= config.bin %> bench stream.m3u8 --sessions 4 --segments 30',
  ]
  static override args = {
    file: Args.string({ description: 'a media file, or a local .m3u8; without one a clip is generated' }),
  }
  static override flags = {
    ...commonFlags,
    'transcoding-options': optionFlags['transcoding-options'],
    nvidia: Flags.string({ description: 'only on these NVIDIA cards', helpValue: '0,1|all', exclusive: ['cpu'] }),
    cpu: Flags.boolean({ description: 'only on the CPU' }),
    ratio: Flags.string({ description: 'highest share of real time that is good', helpValue: 'n', default: '0.8' }),
    'max-sessions': Flags.string({ description: 'try no more than this', helpValue: 'n', exclusive: ['sessions'] }),
    sessions: Flags.string({ description: 'measure exactly this many, and do not search', helpValue: 'n' }),
    segments: Flags.string({
      description: 'segments of each session in a step',
      helpValue: 'n',
      default: String(DEFAULT_SEGMENTS),
    }),
    csv: Flags.string({ description: 'a row per segment, in the columns of livepeer_bench', helpValue: 'file' }),
    'log-level': optionFlags['log-level'],
  }

  async run(): Promise<void> {
    const { flags, args } = await this.parse(Bench)
    const [{ DEFAULT_TRANSCODING_OPTIONS, parseTranscodingOptions }, { readSource }, numbers] = await Promise.all([
      import('@livepeer-node/media'),
      import('../bench/source.ts'),
      import('../bench/numbers.ts'),
    ])
    const ladder = parseTranscodingOptions(flags['transcoding-options'] ?? DEFAULT_TRANSCODING_OPTIONS)
    const segments = numbers.count('segments', flags.segments)
    const sessions = flags.sessions === undefined ? undefined : numbers.count('sessions', flags.sessions)
    const maxSessions = numbers.count('max-sessions', flags['max-sessions'] ?? String(MOST_SESSIONS))
    const ratio = numbers.share('ratio', flags.ratio)
    const config = await this.#config(flags)
    await this.#untilStopped(async (signal) => {
      const source = await readSource(args.file, segments, signal)
      const request = { config, version: this.config.version, source, ladder, ratio, maxSessions, sessions, segments }
      await this.#measure({ ...request, signal }, { json: flags.json, csv: flags.csv })
    })
  }

  async #config(flags: {
    nvidia?: string | undefined
    cpu?: boolean
    config?: string | undefined
    'log-level'?: string | undefined
  }) {
    const without = flags.cpu ? [CARD_BACKEND] : flags.nvidia !== undefined ? [CPU_BACKEND] : []
    const { nvidia, config: file } = flags
    const level = flags['log-level'] ?? 'warn'
    const set = { config: file, 'log-level': level, ...(nvidia !== undefined && { nvidia }) }
    return await this.loadConfig({ flags: set, role: undefined, preset: backendsPreset, without })
  }

  async #measure(request: Request, output: { json: boolean; csv: string | undefined }): Promise<void> {
    const [{ runBench }, report, { CsvFile }, { Progress }] = await Promise.all([
      import('../bench/run-bench.ts'),
      import('../bench/report.ts'),
      import('../bench/csv.ts'),
      import('../bench/progress.ts'),
    ])
    using csv = output.csv === undefined ? undefined : new CsvFile(output.csv)
    using progress = new Progress(process.stderr)
    const { source, ladder, ratio, segments, sessions } = request
    const say = (line: string) => {
      if (!output.json) progress.above(() => this.log(line))
    }
    say(`source  ${source.text}`)
    say(`ladder  ${ladder.map(({ name }) => name).join(', ')}\n`)
    say(report.tableHead())
    const steps: BenchStep[] = []
    const result = await runBench({
      ...request,
      onSegment: (segment, running) => {
        csv?.add(segment, new Date())
        progress.step({ sessions: running, segments: running * segments })
      },
      onStep: (step) => {
        steps.push(step)
        say(report.tableRow(step))
      },
    })
    if (output.json) {
      const { limitedBy } = result
      const answer = { sessions: result.sessions, ratio: result.ratio, pixelsPerMs: result.pixelsPerMs, limitedBy }
      this.log(JSON.stringify({ ...answer, limit: ratio, source: source.text, ladder, steps }, rounded))
    }
    say(`\n${report.answerText(result, { limit: ratio, fixed: sessions !== undefined })}`)
  }

  /** Ctrl-C ends the measurement and every process of it; a second one does not wait for that. */
  async #untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const [{ systemClock }, { StopSignals }, { constants }] = await Promise.all([
      import('@livepeer-node/sdk'),
      import('../stop-signals.ts'),
      import('node:os'),
    ])
    using signals = new StopSignals({ clock: systemClock, onSecond: (code) => process.exit(code) })
    const stop = new AbortController()
    const told = async () => {
      const signal = await signals.first
      process.exitCode = 128 + constants.signals[signal]
      stop.abort(new Error(`told to stop by ${signal}`))
    }
    void told()
    try {
      await work(stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
  }
}

/** Three digits behind the point are enough for everybody. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}
