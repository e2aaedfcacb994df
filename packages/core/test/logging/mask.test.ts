import { LivepeerError } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { SecretMask } from '../../src/logging/mask.ts'

function maskOf(...secrets: readonly string[]) {
  const mask = new SecretMask()
  for (const secret of secrets) mask.add(secret)
  return mask
}

describe('SecretMask', () => {
  it('hides a secret wherever it stands in a text, and every one of several', () => {
    expect(maskOf('hunter2', 'swordfish').text('hunter2, hunter2 and swordfish')).toBe('***, *** and ***')
  })

  it('hides a very short secret only where it is the whole text', () => {
    const mask = maskOf('a', '')
    expect(mask.text('a')).toBe('***')
    expect(mask.text('banana')).toBe('banana')
    expect(mask.text('')).toBe('')
  })

  it('hides the whole of a secret that begins with another', () => {
    expect(maskOf('hunter', 'hunter2').text('x hunter2 y')).toBe('x *** y')
  })

  it('goes into lists, objects, errors and causes, and leaves the originals alone', () => {
    const mask = maskOf('hunter2')
    const fields = {
      list: [{ key: 'hunter2' }],
      error: new LivepeerError({
        code: 'LP_X',
        kind: 'config',
        message: 'bad hunter2',
        cause: new Error('really hunter2'),
      }),
      all: new AggregateError([new Error('hunter2!')], 'many'),
    }
    const masked = mask.value(fields)
    expect(masked).toMatchObject({
      list: [{ key: '***' }],
      error: { code: 'LP_X', message: 'bad ***', cause: { message: 'really ***' } },
      all: { errors: [{ message: '***!' }] },
    })
    expect(JSON.stringify(masked)).not.toContain('hunter2')
    expect(fields.list).toEqual([{ key: 'hunter2' }])
  })

  it('keeps numbers, bytes and instances, and survives circles', () => {
    const circle: Record<string, unknown> = { n: 1, wei: 1n, bytes: Uint8Array.of(1), at: new Date(0), none: null }
    circle['self'] = circle
    expect(maskOf('hunter2').value(circle)).toEqual({ ...circle, self: '[circular]' })
  })
})
