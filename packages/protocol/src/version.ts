import semver from 'semver'

/**
 * Is a peer of this version new enough? Major, minor and patch count, what follows them does not (wire.md §5.3).
 * No minimum, or one that is no version: everything is. Otherwise a peer without a version, with `undefined` or with
 * something that is no version, is not.
 */
export function versionAtLeast(minimum: string, peer: string): boolean {
  if (minimum === '') return true
  const least = parseVersion(minimum)
  if (!least) return true
  const actual = parseVersion(peer)
  return actual !== null && actual.compareMain(least) >= 0
}

/** Lenient as the reference: a `v` before it, minor and patch may be absent, leading zeros in those numbers are skipped. */
function parseVersion(text: string): semver.SemVer | null {
  const parts = /^v?(\d{1,15})(?:\.(\d{1,15}))?(?:\.(\d{1,15}))?([-+].*)?$/.exec(text)
  if (!parts) return null
  const [, major, minor = '0', patch = '0', suffix = ''] = parts
  return semver.parse(`${Number(major)}.${Number(minor)}.${Number(patch)}${suffix}`)
}
