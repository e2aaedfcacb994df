import { describeTranscodeBackend } from '@livepeer-node/test-kit'
import cpuX264 from '../src/index.ts'
import { killWorkers } from './workers.ts'

describeTranscodeBackend('cpu-x264', { make: () => [cpuX264({ slots: 2, preset: 'ultrafast' })], crash: killWorkers })
