import { ProbeEngine } from '@livepeer-node/media'
import { definePlugin, type PluginScope } from '@livepeer-node/sdk'
import { isAnyHost, newTokenSecret } from '@livepeer-node/protocol'
import { resolveAddresses, serviceUri } from './address.ts'
import { noSecret } from './errors.ts'
import { refuse } from './http/answer.ts'
import { TlsServer } from './http/server.ts'
import { options } from './options.ts'
import { Orchestrator, type OrchestratorInit } from './orchestrator.ts'
import { offchainSettlement, onchainSettlement } from './payment/settlement.ts'
import { keptTokenSecret } from './payment/token-secret.ts'
import { makeCertificate } from '@livepeer-node/protocol/certificate'
import { saveCertificate } from './tls.ts'
import { controlRoutes } from './transcoders/control-routes.ts'
import { Credentials } from './transcoders/credentials.ts'

/** Sells transcoding on one TLS port: sessions, segments, results, and the transcoders that attach. */
export default definePlugin({
  name: '@livepeer-node/plugin-orchestrator',
  kernel: '^0.1.0',
  provides: ['orchestrator'],
  runs: ['transcode', 'worker', 'payment'],
  roles: ['orchestrator'],
  options,

  async apply(node, { serviceAddr, listenAddr, orchSecret, maxSessions, checkResults }) {
    const { clock, log, version, signal } = node
    const addresses = resolveAddresses({ serviceAddr, listenAddr })
    const sharedSecret = orchSecret === undefined ? undefined : node.secret(orchSecret)
    const credentials = await Credentials.open({ dataDir: node.dataDir, sharedSecret, clock, log })
    const examiner = new ProbeEngine({ log, clock })
    node.defer(() => examiner.close())
    const certificate = await makeCertificate(addresses.service.host, clock.now())
    await saveCertificate(node.dataDir, certificate)

    const orchestrator = Promise.withResolvers<Orchestrator>()
    // A failed start is told by the kernel; requests that came in meanwhile are turned away below.
    orchestrator.promise.catch(() => undefined)
    const server = new TlsServer(certificate, {
      grpc: (request, response) => {
        orchestrator.promise.then(
          (ready) => ready.grpc(request, response),
          () => response.stream.close(),
        )
      },
      http: (request, response) => {
        orchestrator.promise.then(
          (ready) => ready.http(request, response),
          () => refuse(request, response, { status: 503, text: 'not ready' }),
        )
      },
    })
    node.defer(() => server.close())
    const uri = serviceUri(addresses.service, await server.listen(addresses.listen))
    if (isAnyHost(addresses.service.host)) {
      log.warn('the service address names no machine: only this one can reach it', { serviceAddr: uri })
    }

    const open = async () => {
      await node.ready
      const local = node.run.transcode.local()
      const settings = { maxSessions, checkResults }
      const { dispatch, reported } = node.run.worker
      const parts = { credentials, examiner, local, dispatch, reported, ...(await moneyParts(node)) }
      return new Orchestrator({ uri, version, clock, log, ...settings, ...parts, signal })
    }
    open().then(orchestrator.resolve, orchestrator.reject)
    node.defer(async () => {
      orchestrator.reject(new Error('stopped before it was ready'))
      await orchestrator.promise.then(
        (ready) => ready.close(),
        () => undefined,
      )
    })

    // No reason not to start: a token that is added while it runs opens the door.
    node.on.lifecycle.ready(() => {
      if (credentials.isEmpty && !node.run.transcode.local())
        log.warn('no transcoder can attach', { error: noSecret() })
    })
    node.on.lifecycle.endpoints(() => [
      { name: 'orchestrator', url: uri, purpose: 'broadcasters and transcoders connect here' },
    ])
    node.on.lifecycle.status(async () => {
      const ready = await orchestrator.promise
      return [{ name: 'orchestrator', data: ready.status(), work: ready.work }]
    })
    node.on.lifecycle.metrics(async () => {
      const ready = await orchestrator.promise
      return ready.metrics()
    })
    // Last: a broadcaster in this process still sells its last segments to us.
    node.on.lifecycle.draining(
      async (deadline, graceMs) => {
        const ready = await orchestrator.promise
        await ready.drain(deadline, graceMs)
      },
      { stage: 'fallback' },
    )
    node.on.http.routes((listener) =>
      listener === 'control' ? controlRoutes({ credentials, fleet: () => orchestrator.promise }) : [],
    )
    node.on.session.discover(() => [{ uri, trusted: true, origin: 'local' }])
  },
})

/** What depends on whether somebody takes this orchestrator's money. */
async function moneyParts(node: PluginScope<'payment'>): Promise<Pick<OrchestratorInit, 'settlement' | 'tokenSecret'>> {
  const payee = node.run.payment.payee()
  if (!payee) return { settlement: offchainSettlement, tokenSecret: newTokenSecret() }
  const settlement = onchainSettlement(payee, node.run.payment.identity())
  return { settlement, tokenSecret: await keptTokenSecret(node.dataDir) }
}
