// node ours.ts <folder of N.ts> <segments> <output prefix>: one session of the media engine, as a transcoder holds it.
import { readFileSync, writeFileSync } from 'node:fs'
import { TranscodeEngine } from '@livepeer-node/media'
import { LADDER } from '../lib/profiles.ts'
import { quietLog } from '../lib/quiet-log.ts'

const [folder = '', segments = '0', prefix = ''] = process.argv.slice(2)
const engine = new TranscodeEngine({ log: quietLog, deadlineMs: () => 120_000 })
const session = await engine.open(
  { sessionId: 'bench', ladder: LADDER, provider: '' },
  { kind: 'x264', preset: 'medium' },
)
for (let seq = 0; seq < Number(segments); seq++) {
  const bytes = readFileSync(`${folder}/${seq}.ts`)
  const { renditions } = await session.transcode({ seq, durationMs: 2000, bytes }, AbortSignal.timeout(120_000))
  for (const { name, bytes: encoded } of renditions) writeFileSync(`${prefix}-${seq}-${name}.ts`, encoded)
}
await session.close()
await engine.close()
