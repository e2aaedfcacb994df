// Plays one stream with hls.js and says what happens: waiting, live, ended or error, never anything else than the truth.
const id = decodeURIComponent(location.pathname.slice('/play/'.length))
const master = `/stream/${encodeURIComponent(id)}.m3u8`
const POLL_MS = 1000
/** Playing begins with as many segments in hand as hls.js stays behind live; with less it runs dry before the next is made. */
const START_SEGMENTS = 3
/** It begins with fewer when no more come for this long. */
const START_PATIENCE_MS = 10_000

const byId = (name) => document.getElementById(name)
const video = byId('video')
/** What the node says of the stream; `undefined`: it knows no such stream. */
let stream
/** Node's clock minus ours, ms. */
let clockOffset = 0
let reachable = true
let player
/** Why nothing can ever play here. */
let fatal = ''
/** Why nothing plays at the moment. */
let trouble = ''
let recoveries = 0
/** Segments in the buffer before playing began. */
let inHand = 0
let patience
let stalls = 0

document.title = `${id} · Livepeer node`
byId('title').textContent = id
byId('playlist').href = master
byId('playlist').textContent = new URL(master, location.href).href

function stateNow() {
  if (fatal) return ['error', 'error', fatal]
  if (!reachable) return ['error', 'node not reachable', 'The node does not answer. Trying again.']
  if (!stream) return ['waiting', 'waiting', 'No such stream yet. It starts here as soon as somebody publishes it.']
  if (stream.state === 'waiting') return ['waiting', 'waiting', 'Connected. Waiting for the first segment.']
  if (stream.state === 'ended') return ['ended', 'ended', video.ended || !player ? 'The stream has ended.' : '']
  if (trouble) return ['error', 'interrupted', trouble]
  if (inHand < START_SEGMENTS && video.paused && video.currentTime === 0) return ['live', 'live', 'Filling the buffer.']
  return ['live', 'live', '']
}

function showState() {
  const [state, label, notice] = stateNow()
  byId('state').dataset.state = state
  byId('state').textContent = label
  byId('notice').textContent = notice
  byId('notice').hidden = notice === ''
}

function levelName(level) {
  const name = decodeURIComponent(new URL(level.url[0], location.href).pathname.split('/').pop()).replace('.m3u8', '')
  const size = level.height ? `${level.height}p` : name
  return name === 'source' ? `${size} source` : size
}

function levelButton(label, level) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = label
  button.dataset.level = String(level)
  button.addEventListener('click', () => {
    player.nextLevel = level
    showLevels()
  })
  return button
}

function buildLevels() {
  const buttons = player.levels.map((level, index) => levelButton(levelName(level), index))
  byId('levels').replaceChildren(levelButton('Auto', -1), ...buttons)
  showLevels()
}

function showLevels() {
  const chosen = player.autoLevelEnabled ? -1 : player.loadLevel
  for (const button of byId('levels').children) {
    const level = Number(button.dataset.level)
    button.setAttribute('aria-pressed', String(level === chosen))
    button.dataset.current = String(level === player.currentLevel)
  }
}

function attach() {
  if (!window.Hls?.isSupported()) {
    fatal = 'This browser cannot play HLS with Media Source Extensions.'
    return
  }
  player = new window.Hls({ enableWorker: true, backBufferLength: 30 })
  player.on(window.Hls.Events.MANIFEST_PARSED, buildLevels)
  player.on(window.Hls.Events.LEVELS_UPDATED, buildLevels)
  player.on(window.Hls.Events.LEVEL_SWITCHED, showLevels)
  player.on(window.Hls.Events.FRAG_BUFFERED, onBuffered)
  player.on(window.Hls.Events.ERROR, onError)
  player.loadSource(master)
  player.attachMedia(video)
}

function onBuffered() {
  trouble = ''
  recoveries = 0
  inHand += 1
  if (inHand === 1) patience = setTimeout(play, START_PATIENCE_MS)
  if (inHand === START_SEGMENTS || (inHand < START_SEGMENTS && stream?.state === 'ended')) play()
}

function play() {
  clearTimeout(patience)
  // Browsers may refuse to play by themselves; the controls are there for that.
  video.play().catch(() => undefined)
}

function detach() {
  clearTimeout(patience)
  inHand = 0
  player?.destroy()
  player = undefined
  byId('levels').replaceChildren()
}

function onError(_event, data) {
  if (data.details === 'bufferStalledError') stalls += 1
  if (!data.fatal) return
  if (data.type === window.Hls.ErrorTypes.MEDIA_ERROR && recoveries < 3) {
    recoveries += 1
    player.recoverMediaError()
    return
  }
  // The next look at the node begins anew, as long as it lists the stream.
  detach()
  trouble = `Playback was interrupted (${data.details}). Trying again.`
  showState()
}

function text(value) {
  const cell = document.createElement('td')
  cell.textContent = value
  return cell
}

function result(report) {
  const failed = report.attempts.filter((attempt) => attempt.error)
  if (report.missing.length > 0) {
    const why = failed.at(-1)?.error
    return [`without ${report.missing.join(', ')}${why ? ` (${why})` : ''}`, 'bad']
  }
  if (failed.length > 0) return [`ok after ${failed.length} failed`, 'warn']
  return ['ok', '']
}

function reportRow(report) {
  const last = report.attempts.at(-1)
  const [label, tone] = result(report)
  const outcome = text(label)
  outcome.className = tone
  outcome.title = report.attempts.map((a) => `${a.orchestrator} ${a.ms} ms ${a.error ?? 'ok'}`).join('\n')
  const row = document.createElement('tr')
  row.append(
    text(report.seq),
    text(`${Math.round(report.latencyMs)} ms`),
    text(last ? last.orchestrator.replace(/^https?:\/\//, '') : '–'),
    outcome,
  )
  return row
}

function showReports() {
  if (!stream || stream.reports.length === 0) return
  byId('reports').replaceChildren(...stream.reports.slice(-6).toReversed().map(reportRow))
}

function showFacts() {
  const level = player?.levels[player.currentLevel]
  const size = video.videoWidth ? `${video.videoWidth}×${video.videoHeight}` : '–'
  byId('playing').textContent = level ? `${size} · ${(level.bitrate / 1e6).toFixed(1)} Mbit/s` : '–'
  const date = player?.playingDate
  const behind = date ? (Date.now() + clockOffset - date.getTime()) / 1000 : undefined
  byId('latency').textContent = behind === undefined || stream?.state !== 'live' ? '–' : `${behind.toFixed(1)} s`
  const ranges = video.buffered
  const ahead = ranges.length > 0 ? Math.max(0, ranges.end(ranges.length - 1) - video.currentTime) : 0
  byId('buffer').textContent = `${ahead.toFixed(1)} s`
  byId('stalls').textContent = String(stalls)
}

async function ask() {
  try {
    const response = await fetch(`/streams.json?id=${encodeURIComponent(id)}`, { cache: 'no-store' })
    if (!response.ok) throw new Error(String(response.status))
    const answer = await response.json()
    reachable = true
    clockOffset = answer.now - Date.now()
    const next = answer.streams[0]
    // The same id, started anew: the old playlist is over.
    if (stream && next && stream.startedAt !== next.startedAt) {
      detach()
      trouble = ''
    }
    stream = next
  } catch {
    reachable = false
  }
}

async function tick() {
  await ask()
  if (!player && !fatal && stream && stream.state !== 'waiting') attach()
  showState()
  showReports()
  showFacts()
  setTimeout(tick, POLL_MS)
}

for (const event of ['ended', 'playing', 'waiting']) video.addEventListener(event, showState)
// For scripts that look at the page from outside.
window.livepeerPage = { hls: () => player, stalls: () => stalls, state: () => stateNow()[0] }
await tick()
