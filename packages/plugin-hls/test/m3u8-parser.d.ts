/** The part of m3u8-parser that the tests use; it ships no types. */
declare module 'm3u8-parser' {
  export class Parser {
    readonly manifest: {
      readonly targetDuration?: number
      readonly mediaSequence?: number
      readonly segments: readonly { readonly uri: string; readonly duration: number }[]
      readonly playlists?: readonly { readonly uri: string }[]
    }
    on(event: 'warn' | 'info', listener: (event: { message: string }) => void): void
    push(text: string): void
    end(): void
  }
}
