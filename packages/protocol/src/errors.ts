import { LivepeerError } from '@livepeer-node/sdk'

/** What was read is not a message of its kind: cut off, garbage, or text that is not UTF-8. */
export function messageUndecodable(type: string, bytes: number, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_MESSAGE_UNDECODABLE',
    kind: 'input',
    message: `${bytes} bytes are not a ${type} message.`,
    remedy: 'Look at what sent them: it must speak the protocol of go-livepeer 0.9.1.',
    observed: bytes,
    wireText: 'proto: cannot parse invalid wire-format data',
    cause,
  })
}

/** A value does not fit its field: too large for an int32, a float in an integer. */
export function messageUnencodable(type: string, cause: unknown): LivepeerError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LivepeerError({
    code: 'LP_MESSAGE_UNENCODABLE',
    kind: 'bug',
    message: `A ${type} message holds a value that cannot be sent: ${reason}.`,
    remedy: 'Report this with the message; check sizes and bitrates in the ladder first.',
    cause,
  })
}

/** A header is not padded standard base64. */
export function headerNotBase64(header: string, length: number, wireText: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_HEADER_BASE64',
    kind: 'input',
    message: `The ${header} header of ${length} characters is not base64.`,
    remedy: 'Send standard base64 with padding.',
    observed: length,
    wireText,
  })
}

/** A header is base64 of something that is no message. */
export function headerUndecodable(header: string, wireText: string, cause: LivepeerError): LivepeerError {
  return new LivepeerError({
    code: 'LP_HEADER_UNDECODABLE',
    kind: 'input',
    message: `The ${header} header holds no message of its kind.`,
    remedy: 'Look at what sent it: it must speak the protocol of go-livepeer 0.9.1.',
    observed: cause.observed,
    wireText,
    cause,
  })
}

/** Why a signature does not count; `why` is the reference's text where it has one (wire.md §3). */
export function signatureInvalid(why: string, observed: unknown, wireText = why): LivepeerError {
  return new LivepeerError({
    code: 'LP_SIGNATURE_INVALID',
    kind: 'peer',
    message: `The signature does not count: ${why}.`,
    remedy: 'Let the sender sign with the key of the address it names; both sides must be on the same network.',
    observed,
    wireText,
  })
}

/** The private key cannot be used. The key itself is never told. */
export function keyInvalid(bytes: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_KEY_INVALID',
    kind: 'config',
    message: 'The private key is not a secp256k1 key.',
    remedy: 'Give 32 bytes, greater than 0 and below the order of the curve.',
    observed: `${bytes} bytes`,
    limit: '32 bytes',
  })
}

/** The signature over a segment's data is not the sender's. */
export function segmentSignatureInvalid(sender: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_SIGNATURE',
    kind: 'peer',
    message: `The segment is not signed by ${sender}.`,
    remedy: 'Sign manifest id, sequence number, hash and rendition names exactly as sent, with the payer’s key.',
    observed: sender,
    wireText: 'ErrSegSig',
    cause,
  })
}

/** A segment's duration is out of bounds. */
export function durationInvalid(observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_DURATION',
    kind: 'input',
    message: `A segment of ${observed} ms is not accepted.`,
    remedy: `Cut segments of 0 to ${limit} ms.`,
    observed,
    limit,
    wireText: 'invalid duration',
  })
}

/** A manifest id cannot name a stream. */
export function manifestIdInvalid(why: string, observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_MANIFEST_ID',
    kind: 'input',
    message: `The manifest id ${why}.`,
    remedy: 'Name the stream in UTF-8 text without slashes and control characters.',
    observed,
    wireText: 'invalid manifest id',
  })
}

export type TokenFault = 'missing' | 'invalid' | 'expired'

/** The session's credential is not one of ours, or is too old (wire.md §6.4). */
export function authTokenRefused(fault: TokenFault, observed?: unknown, limit?: unknown): LivepeerError {
  return new LivepeerError({
    code: `LP_AUTH_TOKEN_${fault.toUpperCase()}`,
    kind: 'peer',
    message: `The session’s auth token is ${fault}.`,
    remedy: 'Ask the orchestrator for a new session (GetOrchestrator) and send its token unchanged.',
    ...(observed !== undefined && { observed }),
    ...(limit !== undefined && { limit }),
    wireText: `${fault} auth token`,
  })
}

/** A job that no capability number can name (wire.md §5.4). */
export function capabilityUnsupported(what: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CAPABILITY_UNSUPPORTED',
    kind: 'input',
    message: `This cannot be asked of any orchestrator: ${what}.`,
    remedy: 'Publish 8- or 10-bit 4:2:0, 4:2:2 or 4:4:4 video and ask for formats, codecs and profiles of the list.',
    observed,
    wireText: `capability: ${what}`,
  })
}

/** An enum number in a profile that we do not know. */
export function profileUnrecognized(wireText: string, observed: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_PROFILE_UNRECOGNIZED',
    kind: 'input',
    message: `A rendition cannot be made: ${wireText}.`,
    remedy: 'Ask for MPEG-TS or MP4, and for a codec and an encoder profile of go-livepeer 0.9.1.',
    observed,
    wireText,
  })
}

/** A size or a bitrate of a ladder is not written as the field writes them. */
export function profileTextInvalid(what: string, observed: string, expected: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PROFILE_INVALID',
    kind: 'config',
    message: `“${observed}” is not a ${what}.`,
    remedy: `Write it as ${expected}.`,
    observed,
    limit: expected,
  })
}

/** A rendition's name would break paths, URLs or playlists (wire.md §6.3). */
export function renditionNameInvalid(why: string, observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_RENDITION_NAME',
    kind: 'input',
    message: `The rendition name ${JSON.stringify(observed)} ${why}.`,
    remedy:
      'Give each rendition of the ladder a name of its own, like 720p: no slashes, no ?#%, not “source”, not ending in “live”.',
    observed,
    wireText: 'invalid rendition name',
  })
}

/** The renditions are not signed by who sold them (wire.md §7.2). */
export function resultSignatureInvalid(orchestrator: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_RESULT_SIGNATURE',
    kind: 'peer',
    message: `The renditions are not signed by ${orchestrator}.`,
    remedy: 'Use another orchestrator; this one does not stand by what it sends.',
    observed: orchestrator,
    wireText: 'PM Check Failed',
    cause,
  })
}

/** An address of a node cannot be used. */
export function addressInvalid(why: string, observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ADDRESS_INVALID',
    kind: 'config',
    message: `The address “${observed}” ${why}.`,
    remedy: 'Write host:port, as in 192.0.2.7:8935, [2001:db8::7]:8935 or https://node.example.com:8935.',
    observed,
  })
}
