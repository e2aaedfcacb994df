/** Paths, headers and content types of the HTTP half of the wire (wire.md §6, §8.1, §9.1, §10.4). Header names in lower case. */

export const SEGMENT_PATH = '/segment'
export const PAYMENT_PATH = '/payment'
export const RESULTS_PATH = '/transcodeResults'
/** Then session id, rendition name and `<seq>.ts` or `.mp4`; or session id and `<seq>.tempfile` for a source. */
export const STREAM_PATH = '/stream/'

export const SEGMENT_HEADER = 'livepeer-segment'
export const PAYMENT_HEADER = 'livepeer-payment'
/**
 * Our own orchestrators' answer to a payment, not known to go-livepeer: the session's balance in wei, as `n/d`, right after the
 * payment's tickets were credited and before its segment is debited. Broadcasters correct their own account by it.
 */
export const CREDIT_HEADER = 'livepeer-node-credit'
/**
 * Beside `CREDIT_HEADER`: how many of the session's earlier segments were taken in and are not debited yet. 0: the balance is all
 * that there is to know.
 */
export const CREDIT_OPEN_HEADER = 'livepeer-node-credit-open'

/** The body is the video, whatever its container. */
export const SEGMENT_TYPE = 'video/MP2T'
/** The body is the video's URL. Compared as a whole string. */
export const SEGMENT_URI_TYPE = 'application/vnd+livepeer.uri'
/** Refusals of `/segment` carry this and `x-content-type-options: nosniff`. */
export const REFUSAL_TYPE = 'text/plain; charset=utf-8'

/** `authorization` of a transcoder's results, as a whole. */
export const TRANSCODER_PROTOCOL = 'Livepeer-Transcoder-1.0'
/** Holds the shared secret. */
export const CREDENTIALS_HEADER = 'credentials'
export const TASK_ID_HEADER = 'taskid'
/** Of the whole: decoded pixels. Of a part: encoded pixels, and the mark of a rendition. */
export const PIXELS_HEADER = 'pixels'
export const RESULTS_TYPE = 'multipart/mixed'
/** The body is the error's text alone. */
export const TRANSCODING_ERROR_TYPE = 'livepeer/transcoding-error'
/** A part with the MPEG-7 signature of the rendition before it. */
export const PERCEPTUAL_HASH_TYPE = 'application/octet-stream'
/** A rendition in MPEG-TS, as a part and as a download. */
export const MPEGTS_TYPE = 'video/mp2t'
/** A rendition in MP4. */
export const MP4_TYPE = 'video/mp4'

/** `orchId` of a job from an orchestrator that has no chain. */
export const OFFCHAIN_ORCH_ID = 'offchain'

/** gRPC or the rest? The reference's rule for one port (wire.md §2.1). */
export function isGrpcRequest(httpVersionMajor: number, contentType: string | undefined): boolean {
  return httpVersionMajor === 2 && contentType?.startsWith('application/grpc') === true
}
