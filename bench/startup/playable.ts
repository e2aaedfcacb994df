import { setTimeout as sleep } from 'node:timers/promises'
import { parse, types } from 'hls-parser'

const POLL_MS = 20

/** Resolves when the master playlist lists all these variants and the first segment of each has been fetched. */
export async function whenPlayable(
  master: URL,
  { variants, signal }: { variants: readonly string[]; signal: AbortSignal },
): Promise<void> {
  while (!(await isPlayable(master, variants, signal))) await sleep(POLL_MS, undefined, { signal })
}

async function isPlayable(master: URL, variants: readonly string[], signal: AbortSignal): Promise<boolean> {
  const response = await fetch(master, { signal })
  const text = await response.text()
  if (response.status !== 200) return false
  const playlist = parse(text)
  if (!(playlist instanceof types.MasterPlaylist) || playlist.variants.length < variants.length) return false
  const found = await Promise.all(playlist.variants.map(({ uri }) => hasFirstSegment(new URL(uri, master), signal)))
  return found.every(Boolean)
}

async function hasFirstSegment(url: URL, signal: AbortSignal): Promise<boolean> {
  const playlist = parse(await (await fetch(url, { signal })).text())
  const uri = playlist instanceof types.MediaPlaylist ? playlist.segments[0]?.uri : undefined
  if (uri === undefined) return false
  const segment = await fetch(new URL(uri, url), { signal })
  return segment.status === 200 && (await segment.arrayBuffer()).byteLength > 0
}
