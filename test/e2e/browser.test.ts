import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NodeProcess } from './node-process.ts'

const CHROMIUM = '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM)
if (!hasChromium) console.warn(`browser: skipped, there is no ${CHROMIUM}`)

/** The browser talks to nobody but the node. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--mute-audio',
]

interface PageReport {
  readonly stalls: number
  readonly switches: readonly number[]
  readonly state: string
}

describe.skipIf(!hasChromium)('the player page in Chromium', () => {
  let node: NodeProcess
  let browser: Browser

  beforeAll(async () => {
    const anyPort = '127.0.0.1:0'
    node = await NodeProcess.start(
      'start',
      '--rtmp-addr',
      anyPort,
      '--http-addr',
      anyPort,
      '--cli-addr',
      anyPort,
      '--service-addr',
      anyPort,
    )
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS })
  })
  afterAll(async () => {
    await browser.close()
    await node[Symbol.asyncDispose]()
  })

  it('plays 30 s of the ladder without a stall and switches level both ways', async () => {
    // The page forbids code from text, which is how this test looks into it.
    const page = await browser.newPage({ bypassCSP: true })
    await page.goto(new URL('/play/pattern', node.url('http')).href)
    await page.waitForFunction('document.querySelector("video").currentTime > 0.5', null, { timeout: 60_000 })
    await page.addScriptTag({ path: join(import.meta.dirname, 'page-spy.js') })

    const levels = (await page.evaluate('spy.levels()')) as string[]
    expect(levels.length, 'source and at least two renditions').toBeGreaterThanOrEqual(3)
    const [highest = '', lowest = ''] = [levels.at(0), levels.at(-1)]
    for (const level of [lowest, highest, lowest]) {
      await page.click(`#levels button[data-level="${level}"]`)
      await page.waitForFunction(`spy.isShowing(${level})`, null, { timeout: 20_000 })
    }
    await page.click('#levels button[data-level="-1"]')
    await page.waitForFunction('spy.played() >= 30', null, { timeout: 90_000 })

    const report = (await page.evaluate('spy.report()')) as PageReport
    expect(report).toMatchObject({ stalls: 0, state: 'live' })
    expect(report.switches).toEqual(expect.arrayContaining([Number(lowest), Number(highest)]))
  })
})
