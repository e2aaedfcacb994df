import { describe, expect, it } from 'vitest'
import { isAnyHost, localAuthority, parseAddress, parseOrchestratorList, parseServiceAddress } from '../src/index.ts'

describe('an address', () => {
  it.each([
    ['node.example.com', 'https://node.example.com:8935', 'node.example.com:8935'],
    ['192.0.2.7:0', 'https://192.0.2.7:0', '192.0.2.7:0'],
    ['https://192.0.2.7:443', 'https://192.0.2.7:443', '192.0.2.7:443'],
    ['https://node.example.com', 'https://node.example.com:8935', 'node.example.com:8935'],
    ['http://127.0.0.1:80/', 'http://127.0.0.1:80', '127.0.0.1:80'],
    ['HTTPS://Node:1', 'https://Node:1', 'Node:1'],
    ['::1', 'https://[::1]:8935', '[::1]:8935'],
    ['2001:db8::7', 'https://[2001:db8::7]:8935', '[2001:db8::7]:8935'],
    ['[2001:db8::7]', 'https://[2001:db8::7]:8935', '[2001:db8::7]:8935'],
    ['[2001:db8::7]:9000', 'https://[2001:db8::7]:9000', '[2001:db8::7]:9000'],
    ['https://[::1]:0/', 'https://[::1]:0', '[::1]:0'],
    ['  a:1 ', 'https://a:1', 'a:1'],
  ])('%j', (text, uri, authority) => expect(parseAddress(text)).toMatchObject({ uri, authority }))

  it('has its parts', () => {
    expect(parseAddress('http://[::1]:7935')).toEqual({
      uri: 'http://[::1]:7935',
      secure: false,
      host: '::1',
      port: 7935,
      authority: '[::1]:7935',
    })
    expect(parseAddress(':9935', { host: '127.0.0.1' }).authority).toBe('127.0.0.1:9935')
    expect(parseAddress('a', { port: 1935 }).port).toBe(1935)
  })

  it.each([
    '',
    ':8935',
    'https://',
    'ftp://a:1',
    'https://a:1/path',
    'https://a:1?x',
    'https://user@a:1',
    'a:',
    'a:65536',
    'a:b',
    'a:-1',
    'a:1:2',
    '[a]:1',
    '[::1',
    '::1]:2',
    'a b:1',
    'https://https://a',
  ])('%j is refused', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'LP_ADDRESS_INVALID', kind: 'config' }))
  })
})

describe('serviceAddr', () => {
  it('may say that the node takes no work', () => expect(parseServiceAddress(' none')).toBeUndefined())
  it('is an address', () => expect(parseServiceAddress('a:1')?.uri).toBe('https://a:1'))
  it('has a host that others can reach', () => {
    expect(() => parseServiceAddress(':8935')).toThrow(expect.objectContaining({ code: 'LP_ADDRESS_INVALID' }))
  })
})

describe('orchAddr', () => {
  it('is a list with defaults, each orchestrator once', () => {
    const uris = parseOrchestratorList('a, b:1,https://c:2/,:8936, http://[::1]:3 ,a:8935,').map(({ uri }) => uri)
    expect(uris).toEqual(['https://a:8935', 'https://b:1', 'https://c:2', 'https://127.0.0.1:8936', 'http://[::1]:3'])
  })

  it.each(['', ' , ', 'a,b/c'])('%j is refused', (text) => {
    expect(() => parseOrchestratorList(text)).toThrow(expect.objectContaining({ code: 'LP_ADDRESS_INVALID' }))
  })
})

describe('a listener', () => {
  it.each([
    ['0.0.0.0', true, '127.0.0.1:80'],
    ['::', true, '[::1]:80'],
    ['127.0.0.1', false, '127.0.0.1:80'],
    ['2001:db8::7', false, '[2001:db8::7]:80'],
  ])('on %s', (host, isAny, local) => {
    expect(isAnyHost(host)).toBe(isAny)
    expect(localAuthority({ host, port: 80 })).toBe(local)
  })
})
