import { aPublishedSegment, FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { Publishers } from '../src/publishers.ts'

test('a publisher that hangs holds a bounded number of segments', async () => {
  const lines: LogLine[] = []
  const hanging = { publish: () => new Promise<void>(() => {}), end: () => Promise.resolve() }
  const publishers = new Publishers([hanging], { clock: new FakeClock(), log: recordedLog(lines) })
  for (let seq = 0; seq < 16; seq++) void publishers.publish(aPublishedSegment({ seq }))
  expect(lines).toHaveLength(0)
  await publishers.publish(aPublishedSegment({ seq: 16 }))
  expect(lines.map(({ fields }) => fields['code'])).toEqual(['LP_PUBLISHER_STUCK'])
})

test('each publisher gets every segment in order, one at a time, and the end last', async () => {
  const calls: string[] = []
  let busy = 0
  const slow = {
    publish: async ({ seq }: { seq: number }) => {
      busy += 1
      calls.push(`${seq}/${busy}`)
      await new Promise((resolve) => setImmediate(resolve))
      busy -= 1
    },
    end: async (reason: string) => void calls.push(reason),
  }
  const publishers = new Publishers([slow], { clock: new FakeClock(), log: recordedLog([]) })
  for (let seq = 0; seq < 3; seq++) void publishers.publish(aPublishedSegment({ seq }))
  await publishers.end('ended')
  expect(calls).toEqual(['0/1', '1/1', '2/1', 'ended'])
})
