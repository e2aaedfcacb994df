import { LivepeerError } from '@livepeer-node/sdk'

/** A plugin's name as operators say it: without scope and without `plugin-`; `@livepeer-node/plugin-rtmp` is `rtmp`. */
export function shortName(packageName: string): string {
  return packageName.replace(/^@[^/]+\//, '').replace(/^(livepeer-)?plugin-/, '')
}

export function duplicatePlugin(plugin: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLUGIN_DUPLICATE',
    kind: 'config',
    message: `The plugin ${plugin} is listed more than once.`,
    remedy: 'Remove all entries but one from `plugins` in the config.',
    plugin,
  })
}

export function missingRequirement(plugin: string, capability: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLUGIN_REQUIRES',
    kind: 'config',
    message: `${plugin} requires "${capability}", which no other listed plugin provides.`,
    remedy: `Add a plugin that provides "${capability}" to \`plugins\` in the config.`,
    observed: capability,
    plugin,
  })
}

export function requirementCycle(plugins: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLUGIN_CYCLE',
    kind: 'config',
    message: `These plugins require each other in a circle: ${plugins.join(' > ')}.`,
    remedy: 'Leave one of them out, or tell its author: no order can satisfy them.',
    observed: plugins,
  })
}

export function wrongKernel(plugin: string, range: string, version: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLUGIN_KERNEL',
    kind: 'config',
    message: `${plugin} was made for kernel "${range}", this one is ${version}.`,
    remedy: `Install a version of ${plugin} for kernel ${version}.`,
    observed: version,
    limit: range,
    plugin,
  })
}

export function lateTap(plugin: string, hook: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_LATE_TAP',
    kind: 'bug',
    message: `${plugin} tapped ${hook} after its apply() had ended.`,
    remedy: 'Tap hooks inside apply(), before it returns or its promise resolves.',
    plugin,
    hook,
  })
}

export function notReady(hook: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_NOT_READY',
    kind: 'bug',
    message: `${hook} was run before every plugin had been applied.`,
    remedy: 'Await `node.ready` first.',
    hook,
  })
}

export function stopped(hook?: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_STOPPED',
    kind: 'environment',
    message: 'The node is stopped.',
    ...(hook && { hook }),
  })
}

export function alreadyStarted(state: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ALREADY_STARTED',
    kind: 'bug',
    message: `A node starts once; this one is ${state}.`,
    remedy: 'Make a new node with createNode().',
    observed: state,
  })
}

export function handlerTimeout(limitMs: number | undefined): LivepeerError {
  return new LivepeerError({
    code: 'LP_HANDLER_TIMEOUT',
    kind: 'bug',
    message:
      limitMs === undefined
        ? 'A handler was still busy at the deadline of its run.'
        : `A handler gave no answer within ${limitMs} ms.`,
    remedy: 'Make the handler quicker, or let it hand its work on and answer at once.',
    ...(limitMs !== undefined && { limit: limitMs }),
  })
}

export function invalidAnswer(problem: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_INVALID_ANSWER',
    kind: 'bug',
    message: `A handler answered wrongly: ${problem}.`,
    remedy: 'Return undefined to pass.',
    observed,
  })
}

export function applyTimeout(plugin: string, limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_APPLY_TIMEOUT',
    kind: 'bug',
    message: `apply() of ${plugin} did not end within ${limitMs} ms.`,
    remedy: 'Do slow work after `node.ready`, not in apply().',
    limit: limitMs,
    plugin,
  })
}

export function cleanupTimeout(limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_CLEANUP_TIMEOUT',
    kind: 'bug',
    message: `A deferred clean-up did not end within ${limitMs} ms; it was left behind.`,
    remedy: 'Bound the wait inside the clean-up.',
    limit: limitMs,
  })
}

export function wrongHookOwner(plugin: string, owner: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_HOOKS_OWNER',
    kind: 'bug',
    message: `${plugin} tried to run the hooks of ${owner}.`,
    remedy: "Run only hooks whose defineHooks() names the plugin's own short name.",
    observed: owner,
    limit: shortName(plugin),
    plugin,
  })
}

export function missingSecret(source: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_SECRET_MISSING',
    kind: 'config',
    message: `A secret is empty: ${source}.`,
    remedy: 'Put the secret there, or give the option another source.',
    observed: source,
  })
}

export function unreadableSecret(path: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SECRET_UNREADABLE',
    kind: 'environment',
    message: `The secret file ${path} cannot be read.`,
    remedy: 'Let the user that runs the node read it.',
    observed: path,
    cause,
  })
}

export function dataDirNotWritable(path: string, cause: unknown): LivepeerError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new LivepeerError({
    code: 'LP_DATADIR_NOT_WRITABLE',
    kind: 'environment',
    message: `The data folder ${path} cannot be made or written${why}.`,
    remedy: 'Choose another folder with --data-dir, or let the user that runs the node write to this one.',
    observed: path,
    cause,
  })
}
