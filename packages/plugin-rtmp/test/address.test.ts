import { expect, it } from 'vitest'
import { parseAddress, urlHost } from '../src/address.ts'

const fallback = { host: '127.0.0.1', port: 1935 }

it.each([
  ['0.0.0.0:0', '0.0.0.0', 0],
  [':1936', '127.0.0.1', 1936],
  ['media.example', 'media.example', 1935],
  ['[::1]:1937', '::1', 1937],
  ['', '127.0.0.1', 1935],
])('reads %j', (text, host, port) => {
  expect(parseAddress(text, fallback)).toEqual({ host, port })
})

it.each(['a:b', '127.0.0.1:70000', '::1:1935'])('refuses %j', (text) => {
  expect(() => parseAddress(text, fallback)).toThrow(expect.objectContaining({ code: 'LP_BAD_ADDRESS' }))
})

it('shows an address that this machine can reach', () => {
  expect(urlHost({ host: '0.0.0.0', port: 1 })).toBe('127.0.0.1:1')
  expect(urlHost({ host: '::', port: 2 })).toBe('[::1]:2')
})
