// Writes oclif.manifest.json beside package.json; `--check` only says whether it is up to date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Plugin } from '@oclif/core'
import { settings } from '@oclif/core/settings'

settings.enableAutoTranspile = false
const root = dirname(import.meta.dirname)
const file = join(root, 'oclif.manifest.json')

const plugin = new Plugin({
  root,
  pjson: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  type: 'core',
  isRoot: true,
  ignoreManifest: true,
  errorOnManifestCreate: true,
  respectNoCacheDefault: true,
})
await plugin.load()
const wanted: unknown = JSON.parse(JSON.stringify(plugin.manifest))

if (process.argv.includes('--check')) {
  const present: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  if (!isDeepStrictEqual(present, wanted)) {
    console.error('oclif.manifest.json is not what the commands say. Run npm run manifest and commit it.')
    process.exitCode = 1
  }
} else {
  writeFileSync(file, `${JSON.stringify(wanted, null, 2)}\n`)
}
