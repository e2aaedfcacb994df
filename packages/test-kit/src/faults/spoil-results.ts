import type {
  EncodedRendition,
  HookFamily,
  Plugin,
  PluginScope,
  TranscodeBackend,
  TranscodeResult,
  TranscodeSession,
} from '@livepeer-node/sdk'

/**
 * What is wrong with the results of a backend: `garbage`: bytes that are no media; `truncated`: the first half of each
 * rendition; `fewer`: the last rendition is missing; `sizes`: the renditions' bytes come in reverse order; `swapped`: the
 * latest result of another session; `stale`: the result before. What has no other to take from stays right.
 */
export type Spoil = 'garbage' | 'truncated' | 'fewer' | 'sizes' | 'swapped' | 'stale'

export interface SpoilOptions {
  /** Results that are right before the first wrong one; default 0. */
  readonly after?: number
  /** Results that are wrong; default: all from then on. */
  readonly times?: number
}

/**
 * A plugin whose transcode backends return wrong results. Each is otherwise what the backend made: it took as long, and other
 * plugins notice nothing.
 */
export function spoilResults(plugin: Plugin, how: Spoil, options: SpoilOptions = {}): Plugin {
  const spoiler = new Spoiler(how, options)
  const { definition } = plugin
  return {
    ...plugin,
    definition: { ...definition, apply: (node, own) => definition.apply(claimingFor(node, spoiler), own) },
  }
}

type Scope = PluginScope<HookFamily>

/** The same scope, but for backends that it claims with. */
function claimingFor(node: Scope, spoiler: Spoiler): Scope {
  const claim: Scope['on']['transcode']['claim'] = (handler, options) =>
    node.on.transcode.claim((spec) => {
      const backend = handler(spec)
      return backend && spoiler.backend(backend)
    }, options)
  const on = { ...node.on, transcode: { ...node.on.transcode, claim } }
  // Not a copy: the scope makes its data folder when it is asked for.
  return Object.create(node, { on: { value: on } }) as Scope
}

class Spoiler {
  readonly #how: Spoil
  readonly #after: number
  readonly #times: number
  #results = 0
  /** What each session was given last. */
  readonly #last = new Map<string, TranscodeResult>()

  constructor(how: Spoil, { after = 0, times = Infinity }: SpoilOptions) {
    this.#how = how
    this.#after = after
    this.#times = times
  }

  backend(real: TranscodeBackend): TranscodeBackend {
    return {
      name: real.name,
      open: async (spec, signal) => this.#session(spec.sessionId, await real.open(spec, signal)),
    }
  }

  #session(sessionId: string, real: TranscodeSession): TranscodeSession {
    return {
      backend: real.backend,
      transcode: async (segment, signal) => this.#pass(sessionId, await real.transcode(segment, signal)),
      close: async () => {
        this.#last.delete(sessionId)
        await real.close()
      },
    }
  }

  #pass(sessionId: string, result: TranscodeResult): TranscodeResult {
    const before = this.#last.get(sessionId)
    const others = [...this.#last].filter(([id]) => id !== sessionId)
    this.#last.set(sessionId, result)
    const count = this.#results++
    if (count < this.#after || count >= this.#after + this.#times) return result
    if (this.#how === 'stale') return before ?? result
    if (this.#how === 'swapped') return others.at(-1)?.[1] ?? result
    return { ...result, renditions: spoiled(result.renditions, this.#how) }
  }
}

type OwnSpoil = Exclude<Spoil, 'stale' | 'swapped'>

function spoiled(renditions: readonly EncodedRendition[], how: OwnSpoil): readonly EncodedRendition[] {
  if (how === 'fewer') return renditions.slice(0, -1)
  if (how === 'garbage')
    return renditions.map((one) => ({ ...one, bytes: one.bytes.map((byte, at) => byte ^ (at % 251)) }))
  if (how === 'truncated')
    return renditions.map((one) => ({ ...one, bytes: one.bytes.subarray(0, one.bytes.length / 2) }))
  const turned = renditions.toReversed()
  return renditions.map((one, index) => ({ ...one, bytes: turned[index]?.bytes ?? one.bytes }))
}
