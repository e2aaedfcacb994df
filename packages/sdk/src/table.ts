import type { Route, ListenerName } from './domain/http.ts'
import type { Prober } from './domain/media.ts'
import type { Metric } from './domain/metric.ts'
import type { Endpoint, Problem, StatusSection } from './domain/node.ts'
import type {
  Identity,
  Payee,
  Payer,
  PayerRequest,
  PaymentReport,
  RedemptionChoice,
  RedemptionVerdict,
} from './domain/payment.ts'
import type { Ladder } from './domain/profile.ts'
import type { Candidate, JobSpec, Rejection, SessionOutcome, SessionView, VerifyRequest } from './domain/session.ts'
import type {
  CloseReason,
  PacketSink,
  Publication,
  PublishDecision,
  Publisher,
  PublishRequest,
  Segment,
  SegmentReport,
  SegmentSink,
  Stream,
} from './domain/stream.ts'
import type {
  BackendOffer,
  LocalTranscoder,
  TranscodeBackend,
  TranscodeDevice,
  TranscodeSpec,
} from './domain/transcode.ts'
import type { DispatchJob, WorkerReport, WorkerView } from './domain/worker.ts'
import { claim, collect, decide, notify, observe, transform, type Runners, type Taps } from './hooks.ts'

/** The hooks of the node. Each row has an owner that runs it and says what happens when nobody answers. */
export const nodeHooks = Object.freeze({
  lifecycle: {
    /** Every plugin applied; what would keep this node from working? All problems are printed, then the start stops. */
    preflight: collect<[], Problem>({
      name: 'lifecycle.preflight',
      args: [],
      unanswered: 'no problems',
      deadlineMs: 60_000,
    }),
    /** The node is whole: open the doors. */
    ready: notify<[]>({ name: 'lifecycle.ready', args: [], unanswered: 'nothing to do', deadlineMs: 60_000 }),
    /** Where can this node be reached? Asked once it is ready. */
    endpoints: collect<[], Endpoint>({ name: 'lifecycle.endpoints', args: [], unanswered: 'not reachable' }),
    /**
     * Take no new work, finish what runs; the signal aborts at the deadline, `graceMs` from now at the latest (`Infinity`:
     * nobody set one). The deadline bounds the handlers, whatever time it allows.
     */
    draining: notify<[deadline: AbortSignal, graceMs: number]>({
      name: 'lifecycle.draining',
      args: ['deadline', 'graceMs'],
      unanswered: 'nothing to finish',
      deadlineMs: 10 * 60_000,
    }),
    /** How is it going? */
    status: collect<[], StatusSection>({ name: 'lifecycle.status', args: [], unanswered: 'empty status' }),
    /** What can be counted? Asked at each scrape: answer from what is known, do no work. */
    metrics: collect<[], Metric>({ name: 'lifecycle.metrics', args: [], unanswered: 'no metrics' }),
  },
  ingest: {
    /** May this publisher come in? */
    authorize: decide<[request: PublishRequest], PublishDecision>({
      name: 'ingest.authorize',
      args: ['request'],
      unanswered: 'by the stream keys in the broadcaster’s options',
      deadlineMs: 10_000,
    }),
    /** Which renditions shall this stream have? */
    plan: transform<[ladder: Ladder, request: PublishRequest]>({
      name: 'ingest.plan',
      args: ['ladder', 'request'],
      unanswered: 'the ladder as configured',
    }),
    /** An ingest hands its publisher in; the broadcaster answers with a publication, or throws the refusal. */
    publish: decide<[request: PublishRequest], Publication>({
      name: 'ingest.publish',
      args: ['request'],
      unanswered: 'LP_NO_BROADCASTER, the publisher is refused',
      deadlineMs: 15_000,
    }),
    opened: notify<[stream: Stream]>({ name: 'ingest.opened', args: ['stream'], unanswered: 'nobody is told' }),
    closed: notify<[stream: Stream, reason: CloseReason]>({
      name: 'ingest.closed',
      args: ['stream', 'reason'],
      unanswered: 'nobody is told',
    }),
  },
  segment: {
    /** Who cuts this stream's packets into segments? */
    open: claim<[stream: Stream, sink: SegmentSink], PacketSink>({
      name: 'segment.open',
      args: ['stream', 'sink'],
      unanswered: 'LP_NO_SEGMENTER, the publisher is refused',
    }),
    /** A segment before it is submitted: label it, replace it, look at it. Keep it cheap. */
    received: transform<[segment: Segment]>({ name: 'segment.received', args: ['segment'], unanswered: 'as it is' }),
    /** A segment is through. */
    reported: observe<[report: SegmentReport]>({
      name: 'segment.reported',
      args: ['report'],
      unanswered: 'nobody is told',
    }),
    /** Who can look into media? */
    prober: claim<[], Prober>({ name: 'segment.prober', args: [], unanswered: 'LP_NO_PROBER where one is needed' }),
  },
  session: {
    /** Which orchestrators could do this job? */
    discover: collect<[job: JobSpec], Candidate>({
      name: 'session.discover',
      args: ['job'],
      unanswered: 'LP_NO_ORCHESTRATOR, renditions are missing',
    }),
    /** Which of them may? Order is preference. */
    shortlist: transform<[candidates: readonly Candidate[], job: JobSpec]>({
      name: 'session.shortlist',
      args: ['candidates', 'job'],
      unanswered: 'all of them',
    }),
    /** Which session takes the next segment? */
    select: decide<[sessions: readonly SessionView[], job: JobSpec], SessionView>({
      name: 'session.select',
      args: ['sessions', 'job'],
      unanswered: 'LP_NO_ORCHESTRATOR',
      deadlineMs: 1000,
    }),
    ended: notify<[session: SessionView, outcome: SessionOutcome]>({
      name: 'session.ended',
      args: ['session', 'outcome'],
      unanswered: 'nobody is told',
    }),
  },
  transcode: {
    /** Who opens this session? */
    claim: claim<[spec: TranscodeSpec], TranscodeBackend>({
      name: 'transcode.claim',
      args: ['spec'],
      unanswered: 'LP_NO_BACKEND, the segment fails',
    }),
    /** What can be done here? */
    offers: collect<[], BackendOffer>({
      name: 'transcode.offers',
      args: [],
      unanswered: 'nothing: LP_NO_BACKEND at start',
      // Cards are tested one after the other, and each takes a second or two to wake.
      deadlineMs: 60_000,
    }),
    /** On which devices? Asked when an operator looks or a scrape comes, so answer from what is known. */
    devices: collect<[], TranscodeDevice>({ name: 'transcode.devices', args: [], unanswered: 'none is listed' }),
    /** Is there a transcoder in this process? */
    local: claim<[], LocalTranscoder>({
      name: 'transcode.local',
      args: [],
      unanswered: 'the orchestrator waits for transcoders to attach',
    }),
  },
  worker: {
    /** Which transcoder takes this segment? Asked where there is a choice: sessions stick to theirs until it is lost or late. */
    dispatch: decide<[workers: readonly WorkerView[], job: DispatchJob], WorkerView>({
      name: 'worker.dispatch',
      args: ['workers', 'job'],
      unanswered: 'the one with the least predicted finish time',
      deadlineMs: 250,
    }),
    /** A transcoder has answered, failed, or was given up. */
    reported: observe<[report: WorkerReport]>({
      name: 'worker.reported',
      args: ['report'],
      unanswered: 'nobody is told',
    }),
  },
  payment: {
    /** Who is this node on the chain? */
    identity: claim<[], Identity>({ name: 'payment.identity', args: [], unanswered: 'off chain: nothing is signed' }),
    /** Who pays this orchestrator? */
    payer: claim<[request: PayerRequest], Payer>({
      name: 'payment.payer',
      args: ['request'],
      unanswered: 'off chain: nothing is paid',
    }),
    /** Who takes this orchestrator's money? Asked once, when the node is ready. */
    payee: claim<[], Payee>({ name: 'payment.payee', args: [], unanswered: 'off chain: the work is free' }),
    /** Something happened to money. */
    reported: observe<[report: PaymentReport]>({
      name: 'payment.reported',
      args: ['report'],
      unanswered: 'nobody is told',
    }),
  },
  redeem: {
    /** Is a winning ticket redeemed now, later or never? */
    decide: decide<[choice: RedemptionChoice], RedemptionVerdict>({
      name: 'redeem.decide',
      args: ['choice'],
      unanswered: 'now, unless the transaction costs more than it brings; then later',
      deadlineMs: 1000,
    }),
  },
  verify: {
    /** Is something wrong with this result? */
    reject: decide<[request: VerifyRequest], Rejection>({
      name: 'verify.reject',
      args: ['request'],
      unanswered: 'accepted',
      deadlineMs: 10_000,
    }),
  },
  publish: {
    /** Who shows this stream? */
    open: collect<[stream: Stream], Publisher>({
      name: 'publish.open',
      args: ['stream'],
      unanswered: 'the stream is transcoded and shown nowhere',
    }),
  },
  http: {
    /** What is served on this listener? Asked once, when the node is ready. */
    routes: collect<[listener: ListenerName], Route>({ name: 'http.routes', args: ['listener'], unanswered: '404' }),
  },
})

export type NodeHooks = typeof nodeHooks
/** `transcode`, `ingest`, …: a plugin that runs hooks names the families in its definition. */
export type HookFamily = keyof NodeHooks
export type NodeTaps = Taps<NodeHooks>
export type NodeRunners = Runners<NodeHooks>
