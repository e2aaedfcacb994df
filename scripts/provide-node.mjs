// Runs after npm has changed node_modules. Node 24 comes as an optional dependency, one per processor. npm 10, which Node 20
// brings, deletes what belongs to the other processor, and with it the command `node`, which both have: so link ours here.
// An optional dependency that cannot be fetched is skipped without a word: so look whether there is one.
import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
const binary = `node-${process.platform}-${process.arch}/bin/node`
const link = `${modules}.bin/node`
const [major] = process.versions.node.split('.')

if (existsSync(modules + binary) && !existsSync(link)) {
  rmSync(link, { force: true })
  symlinkSync(`../${binary}`, link)
}
if (!existsSync(link) && Number(major) < 24) {
  console.error(`Node ${process.version} runs this; 24 or later is needed. Run 'npm ci' again, or install Node 24.`)
  process.exit(1)
}
