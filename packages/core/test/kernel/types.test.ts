import { defineHooks, definePlugin, notify, type PluginScope, type TranscodeBackend } from '@livepeer-node/sdk'
import { pluginFor } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { z } from 'zod'

/*
 * What the compiler must refuse. Each line under a `@ts-expect-error` fails the type check as soon as it is accepted;
 * nothing here is run.
 */

declare const backend: TranscodeBackend

export function listening(scope: PluginScope) {
  scope.on.transcode.claim(() => backend, { stage: 'fallback' })
  // @ts-expect-error a claim answers at once
  scope.on.transcode.claim(async () => backend)
  // @ts-expect-error null is no answer
  scope.on.transcode.claim(() => null)
  // @ts-expect-error not a verdict
  scope.on.ingest.authorize(() => ({ allow: 'yes' }))
  // @ts-expect-error null is no verdict
  scope.on.ingest.authorize(() => null)
  // @ts-expect-error a transform returns the next value
  scope.on.ingest.plan(() => {})
  // @ts-expect-error a list is wanted
  scope.on.session.discover(() => ({ uri: 'https://x', trusted: true, origin: 'list' }))
  // @ts-expect-error the first argument is a stream
  scope.on.ingest.opened((stream: string) => void stream)
  // @ts-expect-error no such hook
  scope.on.ingest.nope(() => {})
  // @ts-expect-error no such family
  scope.on.nope.opened(() => {})
  // @ts-expect-error stages have names
  scope.on.ingest.opened(() => {}, { stage: -1 })
  // @ts-expect-error there is no `before`
  scope.on.ingest.opened(() => {}, { before: 'other' })
  // @ts-expect-error listening is not running
  scope.on.ingest.opened.run()
}

export function asking(scope: PluginScope<'ingest'>) {
  const request = { protocol: 'rtmp', url: '', playbackId: undefined, streamKey: undefined, remote: '' }
  const decision: Promise<{ readonly allow: boolean } | undefined> = scope.run.ingest.authorize(request)
  // @ts-expect-error nobody may have answered
  const certain: Promise<{ readonly allow: boolean }> = scope.run.ingest.authorize(request)
  // @ts-expect-error the family was not declared in `runs`
  void scope.run.transcode
  // @ts-expect-error an argument is missing
  void scope.run.ingest.plan([])
  return [decision, certain]
}

export function defining() {
  const plugin = definePlugin({
    name: 'x',
    kernel: '*',
    options: z.strictObject({ port: z.number().default(1) }),
    apply(scope, options) {
      const port: number = options.port
      // @ts-expect-error nothing was declared in `runs`
      void scope.run.ingest
      return void port
    },
  })
  plugin({ port: 2 })
  // @ts-expect-error a port is a number
  plugin({ port: '2' })
  // @ts-expect-error no such option
  plugin({ prot: 2 })
  // @ts-expect-error no such family
  pluginFor('x', () => {}, { runs: ['nope'] })
  // @ts-expect-error one name per argument
  notify<[a: number, b: number]>({ name: 'x.y', args: ['a'], unanswered: '' })
}

export function owning(scope: PluginScope) {
  const hooks = defineHooks('x', {
    family: { told: notify<[id: number]>({ name: 'x.told', args: ['id'], unanswered: '' }) },
  })
  scope.tap(hooks).family.told((id: number) => void id)
  // @ts-expect-error the id is a number
  scope.tap(hooks).family.told((id: string) => void id)
  // @ts-expect-error the id is a number
  void scope.provide(hooks).family.told('1')
}

it('is checked by the type checker', () => {
  expect([listening, asking, defining, owning]).toHaveLength(4)
})
