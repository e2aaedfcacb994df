import type { Endpoint } from '@livepeer-node/sdk'

/** What a person reads when the node is ready: where to watch, where to push, what else there is, how to stop. */
export function readyText(endpoints: readonly Endpoint[], version: string): string {
  const find = (name: string) => endpoints.find((endpoint) => endpoint.name === name)
  const http = find('http')
  const rtmp = find('rtmp')
  const others = endpoints.filter((endpoint) => endpoint !== http && endpoint !== rtmp)
  return [
    `Livepeer node ${version} is ready.`,
    '',
    ...(http ? [line('Watch', `${http.url}/`)] : []),
    ...(rtmp ? pushLines(rtmp.url) : []),
    ...others.map(({ name, url, purpose }) => line(name, `${url}   ${purpose}`)),
    '',
    line('Stop', 'Ctrl-C (or SIGTERM): work in flight is finished first; a second one stops at once'),
    '',
  ].join('\n')
}

/** The endpoint names the application, as `rtmp://host:port/live`; a stream's name follows. */
function pushLines(url: string): string[] {
  const server = url.replace(/\/$/, '')
  return [
    line('Push', `${server}/mystream`),
    line('', `OBS: Settings, Stream, Custom: server ${server}, stream key mystream; key-frame interval 2 s`),
    line('', `ffmpeg -re -i film.mp4 -c:v libx264 -g 60 -c:a aac -f flv ${server}/mystream`),
  ]
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(14)}${text}`
}
