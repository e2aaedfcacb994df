import { describe, expect, it } from 'vitest'
import { normaliseArgv } from '../../src/argv.ts'
import { camel, optionFlags, optionValues } from '../../src/flags.ts'
import { namesChain } from '../../src/names-chain.ts'

const words = (text: string) => text.split(' ').filter((word) => word !== '')

describe('command lines written for go-livepeer', () => {
  it.each([
    ['broadcaster -orchAddr h:1', 'broadcaster --orch-addr h:1'],
    ['broadcaster -orchAddr=h:1', 'broadcaster --orch-addr=h:1'],
    ['broadcaster --orchAddr h:1', 'broadcaster --orch-addr h:1'],
    ['orchestrator -transcoder=true -nvidia 0,1', 'orchestrator --transcoder --nvidia 0,1'],
    ['orchestrator -transcoder=false -nvidia=all', 'orchestrator --nvidia=all'],
    ['-gateway -rtmpAddr :1', 'broadcaster --rtmp-addr :1'],
    ['-broadcaster=true -datadir /x', 'broadcaster --data-dir /x'],
    ['-orchestrator -transcoder -serviceAddr h:1', 'orchestrator --transcoder --service-addr h:1'],
    ['-orchestrator -ethUrl u -ticketEV 9 -reward=false', 'orchestrator --eth-url u --ticket-ev 9 --no-reward'],
    ['-gateway -maxTicketEV=1 -maxTotalEV 2', 'broadcaster --max-ticket-ev=1 --max-total-ev 2'],
    ['-orchestrator -initializeRound -autoAdjustPrice=true', 'orchestrator --initialize-round --auto-adjust-price'],
    ['-transcoder -orchAddr h:1 -orchSecret s', 'transcoder --orch-addr h:1 --orch-secret s'],
    ['start --no-pattern --http-addr :0', 'start --no-pattern --http-addr :0'],
    ['broadcaster -h', 'broadcaster -h'],
    ['broadcaster -ethURL x', 'broadcaster --ethURL x'],
    ['--version', '--version'],
    ['start -- -orchAddr', 'start -- -orchAddr'],
  ])('%s', (from, to) => {
    expect(normaliseArgv(words(from))).toEqual(words(to))
  })

  it('keep values that look odd', () => {
    const args = ['broadcaster', '-orchSecret', 'a=b -c', '--orch-addr==x']
    expect(normaliseArgv(args)).toEqual(['broadcaster', '--orch-secret', 'a=b -c', '--orch-addr==x'])
  })
})

describe('flags', () => {
  it('are the options of plugins in kebab-case', () => {
    expect(Object.keys(optionFlags).map(camel)).toEqual(
      expect.arrayContaining([
        'orchAddr',
        'serviceAddr',
        'httpAddr',
        'rtmpAddr',
        'cliAddr',
        'orchSecret',
        'maxSessions',
      ]),
    )
  })

  it('reach the config only when they were set', () => {
    expect(optionValues({ 'orch-addr': 'x', 'cli-addr': undefined, json: true, nvidia: '0' })).toEqual({
      orchAddr: 'x',
      nvidia: '0',
    })
  })
})

describe('a chain', () => {
  it.each([
    [{}, {}, false],
    [{ 'eth-url': 'http://x' }, {}, true],
    [{ network: 'devnet' }, {}, true],
    [{ network: 'offchain', 'eth-url': 'http://x' }, {}, false],
    [{}, { LP_ETHURL: 'http://x' }, true],
    [{}, { LP_NETWORK: 'offchain', LP_ETH_URL: 'http://x' }, false],
    [{ network: 'devnet' }, { LP_NETWORK: 'offchain' }, true],
  ])('named by %j and %j: %s', (flags, env, expected) => {
    expect(namesChain(flags, env)).toBe(expected)
  })
})
