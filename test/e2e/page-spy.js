// Runs inside the player page: counts from the moment it is added what a viewer would notice.
{
  const video = document.querySelector('video')
  const from = video.currentTime
  const switches = []
  let waits = 0
  video.addEventListener('waiting', () => waits++)
  window.livepeerPage.hls().on('hlsLevelSwitched', (_event, { level }) => switches.push(level))

  window.spy = {
    /** Seconds of picture that went by. */
    played: () => video.currentTime - from,
    isShowing: (level) => document.querySelector(`#levels button[data-level="${level}"]`)?.dataset.current === 'true',
    /** Level numbers, best picture first. */
    levels: () =>
      [...document.querySelectorAll('#levels button')]
        .filter(({ dataset }) => dataset.level !== '-1')
        .toSorted((a, b) => Number.parseInt(b.textContent, 10) - Number.parseInt(a.textContent, 10))
        .map(({ dataset }) => dataset.level),
    report: () => ({ stalls: window.livepeerPage.stalls() + waits, switches, state: window.livepeerPage.state() }),
  }
}
