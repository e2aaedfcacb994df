/**
 * For authors of plugins: a real node around the plugin under test, values to feed it, a clock to hold, and the contract
 * suites that every implementation of an extension point must pass. To be imported in vitest only.
 * @packageDocumentation
 */
export * from './builders.ts'
export * from './contracts/publisher.ts'
export * from './contracts/stop.ts'
export * from './contracts/transcode-backend.ts'
export * from './contracts/flv.ts'
export * from './contracts/ingest.ts'
export * from './contracts/segmenter.ts'
export * from './fake-clock.ts'
export * from './faults.ts'
export * from './plugin-for.ts'
export * from './recorded-log.ts'
export * from './temporary-folder.ts'
export * from './test-node.ts'
