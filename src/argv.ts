import { camel, optionFlags } from './flags.ts'

/** Without them a plugin decides, so `=false` says something. */
const WITH_NO = new Set(['initialize-round', 'reward', 'auto-adjust-price'])
const BOOLEANS = new Set(['transcoder', 'json', 'hooks', 'pattern', 'devnet', ...WITH_NO])
const ROLE_FLAGS: Readonly<Record<string, string>> = {
  gateway: 'broadcaster',
  broadcaster: 'broadcaster',
  orchestrator: 'orchestrator',
}
/** Older spellings that go-livepeer still takes, and names in its own kind of camelCase. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  datadir: 'data-dir',
  ticketEV: 'ticket-ev',
  maxTicketEV: 'max-ticket-ev',
  maxTotalEV: 'max-total-ev',
}

const byGoName = new Map([
  ...Object.keys(optionFlags).map((flag) => [camel(flag), flag] as const),
  ...Object.entries(OTHER_NAMES),
])

/**
 * Command lines written for go-livepeer, as oclif takes them: `-orchAddr x`, `-orchAddr=x` and `--orchAddr x` are
 * `--orch-addr x`, `-transcoder=false` is left out, and a role given as a flag becomes the command.
 */
export function normaliseArgv(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const rest = end < 0 ? [] : args.slice(end)
  return [...withCommand(own.flatMap(normaliseArg)), ...rest]
}

function normaliseArg(arg: string): string[] {
  const match = /^--?([A-Za-z][\w-]+)(=[\s\S]*)?$/.exec(arg)
  if (!match) return [arg]
  const [, name = '', value = ''] = match
  const flag = byGoName.get(name) ?? name
  if ((BOOLEANS.has(flag) || flag in ROLE_FLAGS) && value !== '') {
    if (value === '=false') return WITH_NO.has(flag) ? [`--no-${flag}`] : []
    return [`--${flag}`]
  }
  return [`--${flag}${value}`]
}

/** `-orchestrator -transcoder …` names no command: the first role that go-livepeer would take is it. */
function withCommand(args: readonly string[]): string[] {
  const [first] = args
  if (first === undefined || !first.startsWith('--')) return [...args]
  for (const name of ['orchestrator', 'transcoder', 'broadcaster', 'gateway']) {
    const flag = `--${name}`
    if (args.includes(flag)) return [ROLE_FLAGS[name] ?? name, ...args.filter((arg) => arg !== flag)]
  }
  return [...args]
}
