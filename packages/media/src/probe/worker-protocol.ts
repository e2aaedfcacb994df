import type { MediaInfo, Measurement } from '@livepeer-node/sdk'

export interface ProbeProtocol {
  readonly calls: {
    readonly probe: { readonly in: Uint8Array; readonly out: MediaInfo }
    readonly measure: { readonly in: Uint8Array; readonly out: Measurement }
  }
}
