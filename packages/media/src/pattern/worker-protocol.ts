import type { PatternOptions } from './options.ts'

export interface PatternProtocol {
  readonly calls: {
    /** Answers when the stream was ended by `stop`. */
    readonly publish: {
      readonly in: { readonly url: string; readonly options: PatternOptions }
      readonly out: undefined
    }
    readonly stop: { readonly in: undefined; readonly out: undefined }
  }
}
