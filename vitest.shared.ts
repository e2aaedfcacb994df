import { defineConfig } from 'vitest/config'

/** What every project of the workspace shares: tests run on the sources, nothing is built. */
export default defineConfig({
  ssr: { resolve: { conditions: ['livepeer-src', 'node', 'import', 'module', 'default'] } },
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    disableConsoleIntercept: true,
    execArgv: ['--conditions=livepeer-src'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
