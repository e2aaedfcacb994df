import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { processorTime, shareOfOthers } from '../src/machine-load.ts'

const SPIN = 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end);'

test('what this process and its children do is its own, whether they have ended or not', async () => {
  const start = await processorTime()
  execFileSync(process.execPath, ['-e', SPIN])
  const ended = await processorTime()
  expect(ended.own - start.own).toBeGreaterThanOrEqual(280)
  const child = spawn(process.execPath, ['-e', `${SPIN} console.log(); setInterval(() => {}, 1000)`])
  await once(child.stdout, 'data')
  const living = await processorTime()
  expect(living.own - ended.own).toBeGreaterThanOrEqual(280)
  expect(living.busy - start.busy).toBeGreaterThanOrEqual(560)
  child.kill()
  await once(child, 'exit')
  expect((await processorTime()).own).toBeGreaterThanOrEqual(living.own)
})

test('the share of others is what is busy and not our own', () => {
  const from = { total: 1000, busy: 500, own: 100 }
  expect(shareOfOthers(from, { total: 2000, busy: 1100, own: 400 })).toBeCloseTo(0.3)
  expect(shareOfOthers(from, { total: 2000, busy: 600, own: 210 })).toBe(0)
  expect(shareOfOthers(from, from)).toBe(0)
})
