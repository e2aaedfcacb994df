import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ThisMachine } from '../src/machine.ts'
import { parseRows, readCards, visibleCards } from '../src/nvidia-smi.ts'

const MIB = 1024 * 1024

/** A program called nvidia-smi in front of all others. */
async function withSmi<T>(script: string, use: () => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'smi-'))
  await writeFile(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'nvidia-smi'), 0o755)
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`)
  try {
    return await use()
  } finally {
    await rm(folder, { recursive: true })
  }
}

afterEach(() => vi.unstubAllEnvs())

describe('parseRows', () => {
  it('reads a row: bytes, and ratios from 0 to 1', () => {
    expect(parseRows(['1, GPU-8f5b, Tesla T4, 550.54.15, 1024, 15360, 37, 4, 62', ''])).toEqual([
      {
        index: 1,
        uuid: 'GPU-8f5b',
        name: 'NVIDIA Tesla T4',
        driver: '550.54.15',
        memoryUsedBytes: 1024 * MIB,
        memoryTotalBytes: 15_360 * MIB,
        utilisation: 0.37,
        encoderSessions: 4,
        encoderUtilisation: 0.62,
      },
    ])
  })

  it('leaves out what a card does not tell, and rows that are none', () => {
    const rows = [
      '0, GPU-1, NVIDIA H100, 550.54.15, 1, 81559, [N/A], [Not Supported], N/A',
      'No devices were found',
      '',
    ]
    expect(parseRows(rows)).toEqual([
      {
        index: 0,
        uuid: 'GPU-1',
        name: 'NVIDIA H100',
        driver: '550.54.15',
        memoryUsedBytes: MIB,
        memoryTotalBytes: 81_559 * MIB,
      },
    ])
  })
})

describe('readCards', () => {
  it('asks nvidia-smi for the fields that the rows hold', async () => {
    const named = await withSmi(
      `[ "$1" = "--query-gpu=index,uuid,name,driver_version,memory.used,memory.total,utilization.gpu,encoder.stats.sessionCount,utilization.encoder" ] || exit 1
       [ "$2" = "--format=csv,noheader,nounits" ] && echo "0, GPU-1, NVIDIA L4, 550.1, 2, 3, 4, 5, 6"`,
      () => readCards(),
    )
    expect(named).toMatchObject([{ index: 0, name: 'NVIDIA L4', encoderSessions: 5, encoderUtilisation: 0.06 }])
  })

  it('does without a field that an older driver does not know', async () => {
    const old = `case "$1" in *utilization.encoder*) echo 'Field "utilization.encoder" is not a valid field to query.'; exit 2;; esac
      echo "0, GPU-1, NVIDIA T4, 450.1, 2, 3, 4, 5"`
    expect(await withSmi(old, () => readCards())).toMatchObject([{ driver: '450.1', encoderSessions: 5 }])
  })

  it('rejects where nvidia-smi fails', async () => {
    const broken = 'echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9'
    await expect(withSmi(broken, () => readCards())).rejects.toThrow(/nvidia-smi/)
  })
})

describe('ThisMachine', () => {
  const engine = { testCard: () => Promise.resolve(), countEncoders: () => Promise.resolve(0) }

  it('knows nothing of its cards where nvidia-smi is absent', async () => {
    const machine = new ThisMachine({ engine, visible: undefined, run: () => Promise.reject(new Error('ENOENT')) })
    expect(await machine.readings()).toBeUndefined()
  })

  it('numbers them as this process sees them', async () => {
    const rows = ['0, GPU-a111, A, 1', '1, GPU-b222, B, 1', '2, GPU-c333, C, 1'].join('\n')
    const machine = new ThisMachine({ engine, visible: '2,GPU-a', run: () => Promise.resolve(rows) })
    expect(await machine.readings()).toMatchObject([
      { index: 0, name: 'NVIDIA C' },
      { index: 1, name: 'NVIDIA A' },
    ])
  })

  it.each([
    [undefined, 3],
    ['', 0],
    ['1', 1],
    ['1,9,0', 1],
  ])('with CUDA_VISIBLE_DEVICES=%s sees %i of three', (visible, count) => {
    const cards = parseRows(['0, GPU-a, A, 1', '1, GPU-b, B, 1', '2, GPU-c, C, 1'])
    expect(visibleCards(cards, visible)).toHaveLength(count)
  })
})
