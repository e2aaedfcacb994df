import pattern from '@livepeer-node/plugin-pattern'
import { defineConfig } from '@livepeer-node/sdk'
import { nameOf } from './entries.ts'
import start from './start.config.ts'

/** For one process per role: without the test picture, which would cost as much as the stream that is measured. */
export default defineConfig({ plugins: start.plugins.filter((entry) => nameOf(entry) !== pattern.definition.name) })
