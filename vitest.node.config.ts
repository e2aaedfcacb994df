import { defineProject, mergeConfig } from 'vitest/config'
import shared from './vitest.shared.ts'

/** The command line and the whole node: tests that start real processes. */
export default mergeConfig(shared, defineProject({ test: { name: 'node', testTimeout: 180_000, hookTimeout: 60_000 } }))
