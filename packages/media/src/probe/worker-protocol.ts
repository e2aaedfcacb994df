import type { MediaInfo, Measurement } from '@livepeer-node/sdk'
import type { Examination } from './examination.ts'

export interface ProbeProtocol {
  readonly calls: {
    readonly probe: { readonly in: Uint8Array; readonly out: MediaInfo }
    readonly examine: { readonly in: Uint8Array; readonly out: Examination }
    readonly measure: { readonly in: Uint8Array; readonly out: Measurement }
  }
}
