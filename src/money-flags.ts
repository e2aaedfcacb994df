import { Flags } from '@oclif/core'

/** Which chain, and who we are there. */
export const accountFlags = {
  network: Flags.string({ description: 'the chain; offchain: none', helpValue: 'arbitrum-one-mainnet|name' }),
  'eth-url': Flags.string({ description: 'its JSON-RPC endpoints, the preferred one first', helpValue: 'url,…' }),
  'eth-controller': Flags.string({ description: 'the Controller, on a network of your own', helpValue: '0x…' }),
  'eth-acct-addr': Flags.string({ description: 'the account; default: the only one', helpValue: '0x…' }),
  'eth-keystore-path': Flags.string({
    description: 'folder of key files, or one key file; default: keystore in the data folder',
    helpValue: 'folder|file',
  }),
  'eth-password': Flags.string({ description: 'password of the key', helpValue: 'text|file' }),
} as const

const maxGasPrice = Flags.string({ description: 'send nothing while gas costs more', helpValue: 'wei' })

/** What a broadcaster pays at most. */
export const payerFlags = {
  ...accountFlags,
  'max-price-per-unit': Flags.string({ description: 'use no orchestrator that asks more', helpValue: 'wei|0.1USD' }),
  'pixels-per-unit': Flags.string({ description: 'pixels that a price is for', helpValue: 'n' }),
  'max-ticket-ev': Flags.string({ description: 'largest expected value of one ticket', helpValue: 'wei' }),
  'max-total-ev': Flags.string({ description: 'largest expected value of one payment', helpValue: 'wei' }),
  'deposit-multiplier': Flags.string({
    description: 'a winning ticket may cost the deposit divided by this',
    helpValue: 'n',
  }),
} as const

/** What an orchestrator is paid, and what it does on the chain by itself. */
export const payeeFlags = {
  ...accountFlags,
  'eth-orch-addr': Flags.string({
    description: 'the orchestrator that is paid, where it is another account',
    helpValue: '0x…',
  }),
  'price-per-unit': Flags.string({ description: 'price', helpValue: 'wei|0.1USD' }),
  'pixels-per-unit': payerFlags['pixels-per-unit'],
  'auto-adjust-price': Flags.boolean({ description: 'add what redeeming costs to the price', allowNo: true }),
  'ticket-ev': Flags.string({ description: 'expected value of a ticket', helpValue: 'wei' }),
  'max-face-value': Flags.string({ description: 'largest prize of a ticket', helpValue: 'wei' }),
  'max-gas-price': maxGasPrice,
  'redeemer-addr': Flags.string({ description: 'hand winning tickets to this redeemer', helpValue: 'host:port' }),
  'initialize-round': Flags.boolean({ description: 'open each round that nobody has opened', allowNo: true }),
  reward: Flags.boolean({ description: 'call for the reward in each round; default: when registered', allowNo: true }),
} as const
