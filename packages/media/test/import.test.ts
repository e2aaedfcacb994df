import { execaNode } from 'execa'
import { expect, it } from 'vitest'

/** The native libraries of FFmpeg that a process holds after importing `specifier`. */
async function loadedBy(specifier: string): Promise<string[]> {
  const script = `await import('${specifier}')
    const { sharedObjects } = process.report.getReport()
    process.stdout.write(JSON.stringify(sharedObjects.filter((file) => file.includes('node-av'))))`
  const nodeOptions = ['--conditions=livepeer-src', '--input-type=module']
  const { stdout } = await execaNode('-', [], { nodeOptions, input: script, cwd: new URL('..', import.meta.url) })
  return JSON.parse(stdout) as string[]
}

it('loads no codec into the process that imports the package', async () => {
  expect(await loadedBy('@livepeer-node/media')).toEqual([])
  expect(await loadedBy('node-av/lib')).not.toEqual([]) // so that the first line can fail
})
