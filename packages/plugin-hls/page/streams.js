// The list of streams: asks the node every two seconds and shows what it says.
const list = document.getElementById('streams')
const state = document.getElementById('state')
const hint = document.getElementById('hint')
const POLL_MS = 2000

function element(tag, text) {
  const node = document.createElement(tag)
  node.textContent = text
  return node
}

function describe(stream) {
  if (stream.state === 'waiting') return 'waiting for its first segment'
  const heights = stream.variants.map((variant) => `${variant.height}p`).join(' · ')
  return `${stream.state} · ${heights}`
}

function card(stream) {
  const link = element('a', '')
  link.href = `/play/${encodeURIComponent(stream.id)}`
  link.append(element('strong', stream.id), element('span', describe(stream)))
  const item = document.createElement('li')
  item.append(link)
  return item
}

function show(streams) {
  const live = streams.filter((stream) => stream.state === 'live').length
  state.dataset.state = live > 0 ? 'live' : 'waiting'
  state.textContent = live > 0 ? `${live} live` : 'nothing live'
  hint.hidden = streams.length > 0
  const shown = JSON.stringify(streams.map((stream) => [stream.id, describe(stream)]))
  if (list.dataset.shown === shown) return
  list.dataset.shown = shown
  list.replaceChildren(...streams.map(card))
}

async function poll() {
  try {
    const response = await fetch('/streams.json', { cache: 'no-store' })
    if (!response.ok) throw new Error(`the node answered ${response.status}`)
    show((await response.json()).streams)
  } catch {
    state.dataset.state = 'error'
    state.textContent = 'node not reachable'
  }
  setTimeout(poll, POLL_MS)
}

await poll()
