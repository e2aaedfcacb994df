#!/usr/bin/env node
// Plain JavaScript that every Node reads: the version is checked before anything newer is loaded.
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

const [major] = process.versions.node.split('.')
if (Number(major) < 24) {
  console.error(
    `Node ${process.version} runs this; 24 or later is needed. Start it through npm, which brings Node 24 (npm start, npx livepeer), or install Node 24.`,
  )
  process.exit(4)
}
const root = fileURLToPath(new URL('..', import.meta.url))
/** A checkout runs from its sources, an installed package from what was built of them. */
const isCheckout = existsSync(`${root}src`)
if (isCheckout) {
  module.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, 'livepeer-src'] }),
  })
}

// Media lies in buffers outside of the heap. V8 collects everything whenever 64 MB of them have come and gone: twice a
// second with 16 streams, half of a broadcaster's CPU time. Counted together with the heap, it does so when memory has grown by 40 %.
v8.setFlagsFromString('--external-memory-accounted-in-global-limit')
v8.setFlagsFromString('--heap-growing-percent=40')
module.enableCompileCache()
const { handle, run } = await import('@oclif/core')
const { settings } = await import('@oclif/core/settings')
const { normaliseArgv } = await import(isCheckout ? '../src/argv.ts' : '../dist/argv.js')
// Else it looks for a TypeScript runner; Node strips the types itself.
settings.enableAutoTranspile = false

const pjson = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
if (!isCheckout) pjson.oclif.commands.target = './dist/commands'
// Not execute(): it waits for ever for a reader that has gone, as in `livepeer --help | head -1`.
await run(normaliseArgv(process.argv.slice(2)), { root, pjson, isRoot: true }).catch(handle)
// All that had to be said and closed is: nothing forgotten may keep the process.
process.exit()
