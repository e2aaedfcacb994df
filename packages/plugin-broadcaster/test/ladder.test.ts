import { expect, test } from 'vitest'
import { startRig } from './support/rig.ts'

async function ladderWith(options: NonNullable<Parameters<typeof startRig>[0]>['options']) {
  await using rig = await startRig({ plan: false, ...(options && { options }) })
  const { publication } = await rig.publish()
  return publication.stream.ladder.map(({ name, bitrate }) => `${name} ${bitrate}`)
}

test('the ladder is go-livepeer’s unless told otherwise', async () => {
  expect(await ladderWith({})).toEqual(['P240p30fps16x9 600000', 'P360p30fps16x9 1200000'])
})

test('presets by name, profiles in place', async () => {
  expect(await ladderWith({ transcodingOptions: 'P144p30fps16x9' })).toEqual(['P144p30fps16x9 400000'])
  const profile = { name: 'small', width: 320, height: 180, bitrate: 300_000 }
  expect(await ladderWith({ transcodingOptions: [profile] })).toEqual(['small 300000'])
})

test('an unknown preset fails the start', async () => {
  await expect(startRig({ options: { transcodingOptions: 'P240p31fps' } })).rejects.toMatchObject({
    code: 'LP_PRESET_UNKNOWN',
  })
})

test.each(['250ms', '1.5s', 750])('discoveryTimeout may be %j', async (discoveryTimeout) => {
  await using rig = await startRig({ options: { discoveryTimeout } })
  expect(rig.node.state).toBe('ready')
})

test.each(['soon', '5', 5, 0])('discoveryTimeout may not be %j', async (discoveryTimeout) => {
  await expect(startRig({ options: { discoveryTimeout } })).rejects.toMatchObject({
    message: expect.stringContaining('discoveryTimeout'),
  })
})
