import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { anvilMissing } from './errors.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * The anvil to run: the one that `ANVIL` names, the one that npm installed for this machine, or the first on the `PATH`. The
 * program itself, not its JavaScript launcher, which would be a second process to end.
 * @throws `LP_DEVNET_ANVIL`
 */
export function findAnvil(env: NodeJS.ProcessEnv = process.env): string {
  const candidates = env.ANVIL ? [env.ANVIL] : [installedAnvil(), ...onPath(env.PATH ?? '')]
  const found = candidates.find((path) => path !== undefined && isExecutable(path))
  if (found === undefined) throw anvilMissing(candidates.filter((path) => path !== undefined))
  return found
}

function installedAnvil(): string | undefined {
  const name = `@foundry-rs/anvil-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`
  // As its launcher finds it: an optional dependency of that package, not of this one.
  const launcher = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'))
  try {
    return launcher.resolve(`${name}/bin/anvil`)
  } catch {
    return undefined
  }
}

function onPath(path: string): string[] {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'anvil'))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
