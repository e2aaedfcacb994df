import { describe, expect, it } from 'vitest'
import { outputSize } from '../../src/transcode/size.ts'

/** media.md §5.3, §11.18, §12: input, asked for, what comes out. */
const VECTORS: readonly (readonly [input: string, asked: string, output: string])[] = [
  ['150x200', '0x250', '188x250'],
  ['200x300', '0x427', '284x426'],
  ['200x300', '426x0', '284x426'],
  ['123x456', '0x426', '146x542'],
  ['200x300', '0x428', '286x428'],
  ['400x456', '0x40', '146x166'],
  ['456x123', '426x0', '426x114'],
  ['456x123', '0x301', '300x80'],
  ['456x400', '100x0', '146x128'],
  ['500x100', '0x200', '250x50'],
  ['456x120', '0x400', '400x106'],
  ['123x123', '426x0', '426x426'],
  ['1920x1080', '426x240', '426x240'],
  ['2560x1080', '1280x720', '1280x540'],
  ['1080x1920', '1280x720', '720x1280'],
  ['1440x1080', '1280x720', '1280x960'],
  ['1280x720', '0x240', '240x136'],
  ['1280x720', '240x0', '240x136'],
  ['1280x720', '240x400', '400x226'],
  ['1280x720', '333x201', '332x186'],
  ['320x180', '128x72', '146x82'],
  ['100x56', '256x144', '256x144'],
  ['56x100', '256x144', '146x260'],
]

describe('outputSize', () => {
  it.each(VECTORS)('%s asked for as %s is %s', (input, asked, output) => {
    expect(outputSize(size(asked), size(input))).toEqual(size(output))
  })

  it('keeps within the encoder’s bounds', () => {
    expect(outputSize(size('9000x9000'), size('1920x1080'))).toEqual(size('4096x2304'))
  })
})

function size(text: string): { width: number; height: number } {
  const [width = 0, height = 0] = text.split('x').map(Number)
  return { width, height }
}
