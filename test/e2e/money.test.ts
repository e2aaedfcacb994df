import { generateClip } from '@livepeer-node/media'
import { expectedValue, Rational, winProbFor } from '@livepeer-node/protocol'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PaidNetwork, RENDITION } from './paid-network.ts'

const SEGMENTS = 200
/** Of the one rendition of a segment. */
const SEGMENT_PIXELS = BigInt(RENDITION.width * RENDITION.height * RENDITION.fps * 2)
const TICKET_EV = 10n ** 15n
/** A segment costs about one ticket, and one ticket of eight wins. */
const PRICE = TICKET_EV / SEGMENT_PIXELS
const SEGMENT_PRICE = SEGMENT_PIXELS * PRICE
const FACE_VALUE = 8n * TICKET_EV
/** Of a broadcaster of the local chain. */
const DEPOSIT = 10n ** 18n
/** Until the terms of the last tickets are over, and their redemptions lie deep enough. */
const BLOCKS_TO_THE_END = 45
/** The machine may be busy; on an idle one all of it takes half a minute. */
const PATIENCE_MS = 300_000

describe('a stream that is paid for', () => {
  let network: PaidNetwork

  beforeAll(async () => {
    const clip = await generateClip({ width: 256, height: 144, fps: 10, seconds: 2, audio: false })
    network = await PaidNetwork.start({
      ticketEv: TICKET_EV,
      maxFaceValue: FACE_VALUE,
      price: PRICE,
      clip,
      segments: SEGMENTS,
    })
  }, PATIENCE_MS)
  afterAll(() => network?.[Symbol.asyncDispose]())

  it(
    `takes every ticket of ${SEGMENTS} segments, and makes of every winner its face value to the wei`,
    async () => {
      await vi.waitFor(
        async () => expect(await network.status('broadcaster', 'feeder')).toMatchObject({ reported: SEGMENTS }),
        { timeout: PATIENCE_MS, interval: 200 },
      )
      expect(await network.status('broadcaster', 'feeder')).toMatchObject({ missing: 0 })
      const sent = await network.status('broadcaster', 'payer')
      const taken = await network.status('orchestrator', 'payee')
      // More only where an answer came too late for the broadcaster, which then asked again.
      expect(taken['refused']).toEqual({})
      expect(taken['payments']).toBeGreaterThanOrEqual(SEGMENTS)
      expect(taken['tickets']).toBeGreaterThanOrEqual(Number(sent['ticketsSent']))

      const worth = Rational.of(BigInt(Number(taken['tickets']))).times(ticketWorth())
      const charged = BigInt(String(taken['charged']))
      expect(charged).toBeGreaterThanOrEqual(BigInt(SEGMENTS) * SEGMENT_PRICE)
      expect(charged % SEGMENT_PRICE).toBe(0n)
      expect(network.credit().toString()).toBe(worth.minus(Rational.of(charged)).toString())

      await network.devnet.mine(BLOCKS_TO_THE_END)
      await vi.waitFor(() => expect(network.winners().filter(({ redeemed }) => redeemed === undefined)).toEqual([]), {
        timeout: 60_000,
        interval: 200,
      })
      const winners = network.winners()
      expect(winners).toEqual(
        Array.from({ length: Number(taken['won']) }, () => ({ faceValue: FACE_VALUE, redeemed: FACE_VALUE })),
      )
      expect(await network.transfers()).toEqual(winners.map(({ faceValue }) => faceValue))
      expect(DEPOSIT - (await network.deposit())).toBe(BigInt(winners.length) * FACE_VALUE)
    },
    PATIENCE_MS,
  )
})

/** What a ticket is worth on average: a little more than was asked for. */
function ticketWorth(): Rational {
  return expectedValue({ faceValue: FACE_VALUE, winProb: winProbFor(FACE_VALUE, TICKET_EV) })
}
