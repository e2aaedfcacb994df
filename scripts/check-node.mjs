// Runs before `npm test`, as bin/livepeer.js looks before it runs. The Node of this project comes from an optional
// dependency, and npm skips an optional dependency that it cannot fetch without a word.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(`Node ${process.version} runs this; 24 or later is needed. Run 'npm ci' again, or install Node 24.`)
  process.exit(1)
}
