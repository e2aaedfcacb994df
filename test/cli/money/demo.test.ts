import { expect, it } from 'vitest'
import { CliProject, linesUntil } from '../cli-project.ts'

it('start --devnet pays for its test picture, and redeems what wins', async () => {
  await using project = new CliProject()
  const ports = ['cli', 'http', 'rtmp', 'service'].flatMap((name) => [`--${name}-addr`, '127.0.0.1:0'])
  const child = project.run(['start', '--devnet', '--json', '--max-sessions', '1', ...ports])
  const lines = await linesUntil(child.stdout, '"event":"ticket-redeemed"')
  const events = lines.map((line) => (JSON.parse(line) as { event?: string }).event)
  expect(events.indexOf('ticket-received')).toBeLessThan(events.indexOf('ticket-won'))
  expect(events.indexOf('ticket-won')).toBeLessThan(events.indexOf('ticket-redeemed'))
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ amount: '64000000000' })
  child.kill('SIGTERM')
  expect(await child).toMatchObject({ exitCode: 0 })
})
