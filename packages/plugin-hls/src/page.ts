import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Route } from '@livepeer-node/sdk'

interface Asset {
  readonly path: string
  readonly file: string | URL
  readonly type: string
}

const HTML = 'text/html; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** `page/` lies beside `src/` and beside `dist/`: one address finds it from both. */
function pageFile(name: string): URL {
  return new URL(`../page/${name}`, import.meta.url)
}

/** hls.js comes from its own package, so that the page needs no other host. */
function assets(): readonly Asset[] {
  const hls = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js')
  return [
    { path: '/', file: pageFile('index.html'), type: HTML },
    { path: '/play/:id', file: pageFile('play.html'), type: HTML },
    { path: '/assets/page.css', file: pageFile('page.css'), type: STYLE },
    { path: '/assets/icon.svg', file: pageFile('icon.svg'), type: 'image/svg+xml' },
    { path: '/assets/streams.js', file: pageFile('streams.js'), type: SCRIPT },
    { path: '/assets/play.js', file: pageFile('play.js'), type: SCRIPT },
    { path: '/assets/hls.min.js', file: hls, type: SCRIPT },
  ]
}

/** The player page: `/` lists the streams, `/play/:id` plays one. Files are read once, when the node starts. */
export function pageRoutes(): Promise<readonly Route[]> {
  return Promise.all(assets().map(route))
}

async function route({ path, file, type }: Asset): Promise<Route> {
  const body = await readFile(file)
  const headers = {
    'content-type': type,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "default-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; connect-src *; style-src 'self'",
  }
  return { method: 'GET', path, handle: () => ({ status: 200, headers, body }) }
}
