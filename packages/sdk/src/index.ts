/**
 * All that the author of a plugin imports: how to define one, what hooks there are, and the types of what flows through them.
 * @packageDocumentation
 */
export * from './clock.ts'
export * from './config.ts'
export * from './deadline.ts'
export * from './domain/http.ts'
export * from './domain/media.ts'
export * from './domain/metric.ts'
export * from './domain/node.ts'
export * from './domain/profile.ts'
export * from './domain/session.ts'
export * from './domain/stream-path.ts'
export * from './domain/stream.ts'
export * from './domain/transcode.ts'
export * from './domain/worker.ts'
export * from './errors.ts'
export * from './hooks.ts'
export * from './listen.ts'
export * from './plugin.ts'
export * from './replace-file.ts'
export * from './secret.ts'
export * from './table.ts'
