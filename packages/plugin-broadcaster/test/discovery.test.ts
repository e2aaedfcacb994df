import { create } from '@bufbuild/protobuf'
import { CapabilitiesSchema, type OrchestratorInfo } from '@livepeer-node/protocol'
import { aCandidate, FakeClock, recordedLog } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { discover } from '../src/discovery.ts'
import { someInfo } from './support/sessions.ts'

const never = new Promise<never>(() => {})

function start(hosts: readonly string[], ask: (host: string) => Promise<OrchestratorInfo>) {
  const clock = new FakeClock()
  const found: string[] = []
  const { signal } = new AbortController()
  const candidates = hosts.map((host) => aCandidate({ uri: `https://${host}:8935` }))
  let over = false
  const parts = {
    clock,
    log: recordedLog([]),
    timeoutMs: 500,
    misfit: () => undefined,
    payer: () => undefined,
    unpayable: () => {},
    refusals: new Map<string, string>(),
    ask: (uri: string) => ask(new URL(uri).hostname),
  }
  const capabilities = create(CapabilitiesSchema)
  const done = discover(parts, { candidates, capabilities, signal, found: ({ sessionId }) => found.push(sessionId) })
  void done.finally(() => {
    over = true
  })
  return { clock, found, isOver: () => over }
}

const answer = async (host: string) => someInfo(`https://${host}:8935`, host)

test('a round is over when all have answered', async () => {
  const { clock, found, isOver } = start(['a', 'b'], answer)
  await clock.advance(0)
  expect(isOver()).toBe(true)
  expect(found).toEqual(['a', 'b'])
})

test('a round is over when enough have answered', async () => {
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'silent']
  const { clock, isOver } = start(hosts, (host) => (host === 'silent' ? never : answer(host)))
  await clock.advance(0)
  expect(isOver()).toBe(true)
})

test('with a usable answer it waits half a second for the others', async () => {
  const { clock, isOver } = start(['a', 'silent'], (host) => (host === 'silent' ? never : answer(host)))
  await clock.advance(499)
  expect(isOver()).toBe(false)
  await clock.advance(1)
  expect(isOver()).toBe(true)
})

test('without one it waits in doubled intervals: who answers at 0.6 s ends it at 1.5 s', async () => {
  const slow = Promise.withResolvers<OrchestratorInfo>()
  const { clock, isOver, found } = start(['slow', 'silent'], (host) => (host === 'silent' ? never : slow.promise))
  await clock.advance(600)
  slow.resolve(await answer('slow'))
  await clock.advance(899)
  expect(isOver()).toBe(false)
  await clock.advance(1)
  expect(isOver()).toBe(true)
  expect(found).toEqual(['slow'])
})

test('six seconds are the end; who answers later is welcome all the same', async () => {
  const late = Promise.withResolvers<OrchestratorInfo>()
  const { clock, isOver, found } = start(['late'], () => late.promise)
  await clock.advance(5999)
  expect(isOver()).toBe(false)
  await clock.advance(1)
  expect(isOver()).toBe(true)
  late.resolve(await answer('late'))
  await clock.advance(0)
  expect(found).toEqual(['late'])
})

test.each(['nonsense', 'ftp://h:1', 'https://h:8935/base', '//h'])('%j is no service address', async (transcoder) => {
  const { clock, found } = start(['a'], async () => someInfo(transcoder, 'a'))
  await clock.advance(0)
  expect(found).toEqual([])
})
