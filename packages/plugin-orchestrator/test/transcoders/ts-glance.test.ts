import { generateClip } from '@livepeer-node/media'
import { someBytes } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { glanceAtTs } from '../../src/transcoders/ts-glance.ts'

it('sees pictures and the time of the first one', async () => {
  const clip = await generateClip({ seconds: 2, fps: 25, startPtsMs: 95_000_000, width: 160, height: 90 })
  const seen = glanceAtTs(clip)
  expect(seen?.pictures).toBe(50)
  expect(Math.abs((seen?.startMs ?? 0) - 95_000_000)).toBeLessThan(500)
})

it('sees none where there is none', () => {
  expect(glanceAtTs(someBytes())).toEqual({ pictures: 0, startMs: undefined })
})

it.each([
  ['nothing', new Uint8Array()],
  ['half a packet', someBytes().subarray(0, 282)],
  ['a packet that does not begin as one', someBytes().with(188, 0)],
])('takes %s for no MPEG-TS', (_, bytes) => {
  expect(glanceAtTs(bytes)).toBeUndefined()
})
