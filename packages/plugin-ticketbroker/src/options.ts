import {
  DEFAULT_DEPOSIT_MULTIPLIER,
  DEFAULT_MAX_TICKET_EV,
  DEFAULT_MAX_TOTAL_EV,
  DEFAULT_TICKET_EV,
  ETH_UNITS,
  parseAmount,
} from '@livepeer-node/protocol'
import { isLivepeerError, secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

/** An amount of Ether: bare digits are wei, as go-livepeer reads them; else with a unit. Never a fraction of a wei. */
const wei = z
  .union([z.string(), z.int().nonnegative(), z.bigint().nonnegative()], {
    error: 'expected wei, or an amount as 8gwei',
  })
  .transform((value, context) => {
    const text = String(value).trim()
    try {
      return /^\d+$/.test(text) ? BigInt(text) : parseAmount(text, ETH_UNITS)
    } catch (error) {
      context.addIssue({ code: 'custom', message: isLivepeerError(error) ? error.message : String(error) })
      return z.NEVER
    }
  })

/** More than nothing. */
const someWei = wei.refine((value) => value > 0n, { error: 'expected more than 0 wei' })

/** A list, or text with commas between. */
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? value.split(',') : value).map((one) => one.trim()).filter(Boolean))

/** Text, because a price may have more digits than a number holds. */
const amount = z.union([z.string().min(1), z.number().nonnegative()]).transform(String)

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, { error: 'expected an address, 0x and 40 hex digits' })

const seconds = z.coerce.number().positive()

/** What an operator may set; names are go-livepeer's where it has one (operator.md §2). */
export const options = z.strictObject({
  role: z
    .enum(['broadcaster', 'orchestrator', 'both', 'redeemer'])
    .default('both')
    .describe(
      'broadcaster: pays; orchestrator: is paid and redeems; both: one account for all; redeemer: only redeems, for others',
    ),
  network: z
    .string()
    .min(1)
    .default('arbitrum-one-mainnet')
    .describe('Which contracts: arbitrum-one-mainnet, mainnet, or any other word for a chain of your own'),
  ethUrl: list
    .refine((urls) => urls.length > 0, { error: 'expected at least one URL' })
    .describe('JSON-RPC of the chain, http(s) or ws(s); several, comma separated: the first that works is used'),
  ethController: address.optional().describe('Controller contract; needed where the network has no name of its own'),
  chainId: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Refuse any other chain. Default: that of the network'),
  ethAcctAddr: address.optional().describe('Account of this node. Default: the only key in the keystore'),
  ethKeystorePath: z.string().min(1).optional().describe('Folder of keys. Default: keystore, in the data folder'),
  ethPassword: secretOption().optional().describe('Password of the key: the text itself or a file path'),
  ethOrchAddr: address.optional().describe('Registered orchestrator that tickets pay. Default: the account'),

  pricePerUnit: amount
    .optional()
    .describe(
      'What pixelsPerUnit pixels cost: wei, or with a unit as 0.0000001ETH; 0 = free. An orchestrator must set it',
    ),
  pixelsPerUnit: amount.default('1').describe('Pixels that the prices are for'),
  pricePerGateway: z
    .union([z.string().min(1), z.record(z.string(), z.unknown())])
    .optional()
    .describe(
      'Other prices for some broadcasters: {"gateways":[{ethaddress,priceperunit,pixelsperunit}]}, or the path of such a file',
    ),
  autoAdjustPrice: flag.default(true).describe('Raise the price by what redeeming tickets costs'),
  ticketEV: someWei.default(DEFAULT_TICKET_EV).describe('What one ticket is worth on average, wei'),
  maxFaceValue: wei
    .default(0n)
    .describe('Most that a ticket may pay when it wins, wei; 0 = as the sender’s reserve allows'),
  redeemGas: z.coerce
    .bigint()
    .positive()
    .optional()
    .describe('Gas that redeeming is reckoned with when tickets are made'),

  maxPricePerUnit: amount.default('0').describe('Most that is paid for pixelsPerUnit pixels; 0 = any price'),
  priceFeedAddr: address
    .default('0x639Fe6ab55C921f74e7fac1ee960C0B6293ba612')
    .describe('Feed of exchange rates for prices in other currencies, as 0.41USD. Default: ETH / USD on Arbitrum One'),
  maxTicketEV: wei.default(DEFAULT_MAX_TICKET_EV).describe('Most that one bought ticket may be worth on average, wei'),
  maxTotalEV: wei.default(DEFAULT_MAX_TOTAL_EV).describe('Most that the tickets of one payment may be worth, wei'),
  depositMultiplier: z.coerce
    .bigint()
    .positive()
    .default(DEFAULT_DEPOSIT_MULTIPLIER)
    .describe('A bought ticket may win the deposit divided by this'),

  initializeRound: flag.default(false).describe('Initialize rounds that are due'),
  reward: flag.optional().describe('Call reward in each round. Default: if the account is a registered orchestrator'),
  serviceAddr: z
    .string()
    .min(1)
    .optional()
    .describe('Where others reach this orchestrator, host:port: compared with what the chain says'),
  redeemer: flag.default(true).describe('Redeem winning tickets in this process'),
  listenAddr: z.string().min(1).default('127.0.0.1:8935').describe('As a redeemer: listen here for orchestrators'),
  redeemerAddr: z.string().min(1).optional().describe('Let the redeemer at this host:port do it instead'),
  confirmations: z.coerce.number().int().min(0).default(12).describe('Blocks on top of one that make it final'),
  maxGasPrice: wei.default(0n).describe('No transaction is sent while gas costs more, wei; 0 = whatever it costs'),
  maxSpendPerTransaction: wei
    .default(0n)
    .describe('No transaction is signed that could spend more, its gas included, wei; 0 = no limit'),
  maxSpendPerDay: wei
    .default(0n)
    .describe('No transaction is signed that could take what 24 hours spend above this, wei; 0 = no limit'),
  minGasPrice: wei.default(0n).describe('Least that a transaction offers for gas, wei'),
  blockPollingInterval: seconds.default(5).describe('Seconds between looks for new blocks'),
  transactionTimeout: seconds
    .default(300)
    .describe('Seconds after which a pending transaction is sent again with a higher fee'),
  maxTransactionReplacements: z.coerce.number().int().min(0).default(1).describe('How often at most'),
})

export type TicketBrokerOptions = z.output<typeof options>
