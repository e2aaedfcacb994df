import type { TranscodeDevice } from '@livepeer-node/sdk'
import { table } from './table.ts'

const MIB = 1024 * 1024
const HEAD = ['DEVICE', 'NAME', 'DRIVER', 'MEMORY', 'BUSY', 'ENCODERS', 'SESSIONS', 'STATE']

/** A table for a person; below it, what is wrong and what to do. */
export function deviceText(devices: readonly TranscodeDevice[]): string {
  const problems = devices.flatMap(({ problem, remedy }) =>
    problem ? [`\n${problem}\n  remedy  ${remedy ?? '-'}`] : [],
  )
  return [table([HEAD, ...devices.map(row)]), ...problems].join('\n')
}

function row(device: TranscodeDevice): string[] {
  const { id, name, driver = '-', utilisation, slots, state } = device
  return [
    id === 'cpu' ? id : `card ${id}`,
    name,
    driver,
    memory(device),
    utilisation === undefined ? '-' : `${Math.round(utilisation * 100)} %`,
    encoders(device),
    `up to ${slots}`,
    state === 'ok' ? 'works' : 'does not work',
  ]
}

function memory({ memoryUsedBytes, memoryTotalBytes }: TranscodeDevice): string {
  if (memoryTotalBytes === undefined) return '-'
  return `${Math.round((memoryUsedBytes ?? 0) / MIB)} of ${Math.round(memoryTotalBytes / MIB)} MiB`
}

/** Open now, and at once. */
function encoders({ id, encoderSessions, encoderSessionLimit }: TranscodeDevice): string {
  if (id === 'cpu') return '-'
  const limit = encoderSessionLimit === undefined ? 'no limit' : `limit ${encoderSessionLimit}`
  return encoderSessions === undefined ? limit : `${encoderSessions} open, ${limit}`
}
