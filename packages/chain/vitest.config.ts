import { defineProject, mergeConfig } from 'vitest/config'
import shared from '../../vitest.shared.ts'

const poll = { timeout: 20_000, interval: 10 }

export default mergeConfig(shared, defineProject({ test: { name: 'chain', expect: { poll } } }))
