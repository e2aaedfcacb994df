import { create } from '@bufbuild/protobuf'
import {
  AuthTokenSchema,
  type Capabilities,
  CapabilitiesSchema,
  capacitiesOf,
  legacyProfiles,
  type NotifySegment,
  OFFCHAIN_ORCH_ID,
  type SegData,
  SegDataSchema,
  segmentData,
  STREAM_PATH,
} from '@livepeer-node/protocol'
import type { Job } from './workforce.ts'

type Notification = Omit<NotifySegment, '$typeName'>

/** Under which an attached transcoder fetches the segment (wire.md §10.3). */
export function sourceName({ seq }: Job): string {
  return `${seq}.tempfile`
}

/** "Transcode this" (wire.md §10.2). `uri`: the service URI, under which the source is fetched. */
export function jobNotification(job: Job, { uri, taskId }: { uri: string; taskId: bigint }): Notification {
  return {
    url: `${uri}${STREAM_PATH}${job.sessionId}/${sourceName(job)}`,
    segData: forTranscoder(job),
    taskId,
    profiles: legacyProfiles(),
    orchId: OFFCHAIN_ORCH_ID,
  }
}

/** "This session has ended for you": no job, no answer. */
export function teardownNotification(sessionId: string): Notification {
  const segData = create(SegDataSchema, { authToken: create(AuthTokenSchema, { sessionId }) })
  return { url: '', segData, taskId: 0n, profiles: new Uint8Array(), orchId: '' }
}

/** The broadcaster's message made anew for a transcoder: no hash, no signature, no storage (wire.md §10.2). */
function forTranscoder(job: Job): SegData {
  const { data } = job
  const message = segmentData({
    manifestId: data.manifestId,
    seq: job.seq,
    durationMs: job.durationMs,
    ladder: job.ladder,
    ...(data.capabilities && { capabilities: withCapacities(data.capabilities) }),
    ...(data.authToken && { authToken: data.authToken }),
  })
  message.calcPerceptualHash = data.calcPerceptualHash
  message.ForceSessionReinit = data.ForceSessionReinit
  message.segmentParameters = data.segmentParameters
  return message
}

function withCapacities(capabilities: Capabilities): Capabilities {
  return create(CapabilitiesSchema, { ...capabilities, capacities: Object.fromEntries(capacitiesOf(capabilities)) })
}
