/** What both sides of the ticket protocol count on (payments.md A17). Money in wei, blocks are L1 blocks. */
import { Rational } from './rational.ts'

/** A winning probability of 1. Probabilities are numerators over this, so 2^256 − 1 and not 2^256. */
export const MAX_WIN_PROB = 2n ** 256n - 1n
/** Blocks for which an orchestrator accepts the terms it offers. */
export const TERMS_LIFE_BLOCKS = 40n
/** A broadcaster drops terms that have this many blocks left, or fewer. */
export const TERMS_EXPIRY_BUFFER_BLOCKS = 1n
/** Tickets per recipientRand that an orchestrator accepts. */
export const MAX_TICKETS_PER_TERMS = 600
/** Tickets of a round are redeemable in it and in the next: what the deployed contracts start with. */
export const TICKET_VALIDITY_ROUNDS = 2n

/** Expected value of one ticket that an orchestrator asks for. */
export const DEFAULT_TICKET_EV = 8_000_000_000n
/** Largest expected value of one ticket that a broadcaster buys. */
export const DEFAULT_MAX_TICKET_EV = 3_000_000_000_000n
/** Largest expected value of the tickets of one payment. */
export const DEFAULT_MAX_TOTAL_EV = 20_000_000_000_000n
/** A face value may be the deposit divided by this. */
export const DEFAULT_DEPOSIT_MULTIPLIER = 1n

/** A face value is this many times what its redemption costs. */
export const TX_COST_MULTIPLIER = 100n
/** A face value is this many times the expected value where redemption costs next to nothing. */
export const EV_MULTIPLIER = 100n
/** Gas price at which a face value that does not cover the present redemption cost is good enough: 3 gwei. */
export const AVERAGE_GAS_PRICE = 3_000_000_000n
/** Gas of one redemption on Arbitrum, generous because of its L1 fee. */
export const REDEEM_GAS_L2 = 1_200_000n
/** Gas of one redemption elsewhere. */
export const REDEEM_GAS_L1 = 350_000n

/** Estimated pixels are multiplied by this: exactly the double 1.02. */
export const PIXEL_MARGIN: Rational = Rational.of(2_296_835_809_958_953n, 2_251_799_813_685_248n)
/** Frames per second that are assumed where a rendition takes the source's. */
export const UNKNOWN_FPS = 60
/** An orchestrator may raise its price within a session up to this factor. */
export const PRICE_RISE_LIMIT = 2n
