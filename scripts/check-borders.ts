// Who may import whom (docs/architecture.md). Reads every package.json and every import of every package's src.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

const SCOPE = '@livepeer-node/'

interface Package {
  /** Without the scope. */
  readonly name: string
  /** Relative to the root. */
  readonly folder: string
  readonly declared: ReadonlySet<string>
  readonly imports: readonly Import[]
}

interface Import {
  readonly file: string
  readonly target: string
}

/** Looks at a checkout; every line of the result is one breach. */
export function checkBorders(root: string): string[] {
  const packages = globSync('packages/*/package.json', { cwd: root }).map((file) => readPackage(root, dirname(file)))
  return [
    ...packages.flatMap(breachesOf),
    ...cliBreaches(root),
    ...tapableBreaches(packages),
    ...nativeBreaches(packages),
    ...cycles(packages),
  ]
}

function mayImport(from: string, target: string): boolean {
  const [name = '', ...entry] = target.split('/')
  if (name === from) return true
  if (from === 'sdk') return false
  if (from === 'core' || from === 'protocol' || from === 'media') return name === 'sdk'
  if (from === 'chain') return name === 'sdk' || name === 'protocol'
  if (from === 'devnet') return name === 'sdk'
  if (from === 'test-kit') return ['sdk', 'core', 'media'].includes(name)
  const isHooksOfAnother = name.startsWith('plugin-') && entry.join('/') === 'hooks'
  return ['sdk', 'protocol', 'media', 'chain'].includes(name) || isHooksOfAnother
}

function breachesOf({ name, folder, declared, imports }: Package): string[] {
  const wrongDependencies = [...declared]
    .filter((dependency) => dependency.startsWith(SCOPE))
    .map((dependency) => dependency.slice(SCOPE.length))
    .filter((target) => !mayImport(name, target) && !mayImport(name, `${target}/hooks`))
    .map((target) => `${folder}/package.json: ${name} must not depend on ${target}`)
  const wrongImports = imports.flatMap(({ file, target }) => {
    if (target.startsWith('.')) {
      const isInside = !relative(folder, join(dirname(file), target)).startsWith('..')
      return isInside ? [] : [`${file}: ${target} is outside of the package`]
    }
    if (target.startsWith(SCOPE) && !mayImport(name, target.slice(SCOPE.length))) {
      return [`${file}: ${name} must not import ${target}`]
    }
    const dependency = packageOf(target)
    const isKnown = isBuiltin(target) || dependency === SCOPE + name || declared.has(dependency)
    return isKnown ? [] : [`${file}: ${dependency} is not among the dependencies of ${folder}/package.json`]
  })
  return [...wrongDependencies, ...wrongImports]
}

const CLI_MAY = new Set(['core', 'sdk', 'protocol', 'media', 'chain', 'devnet'].map((name) => SCOPE + name))

/** Commands know the kernel, the sdk, the wire, the media engine, which measures, and the chain; plugins come to them through the config only. */
function cliBreaches(root: string): string[] {
  return importsIn(root, ['bin/**/*.js', 'src/**/*.ts'])
    .filter(({ target }) => target.startsWith(SCOPE) && !CLI_MAY.has(target))
    .map(({ file, target }) => `${file}: commands must not import ${target}`)
}

/** The hook library stays behind one file, so that it can be replaced. */
function tapableBreaches(packages: readonly Package[]): string[] {
  const files = packages.flatMap(({ imports }) => imports.filter(({ target }) => packageOf(target) === 'tapable'))
  const users = [...new Set(files.map(({ file }) => file))]
  const outside = users.filter((file) => !file.startsWith('packages/core/'))
  return [
    ...outside.map((file) => `${file}: only core may import tapable`),
    ...(users.length > 1 ? [`tapable is imported by more than one file: ${users.join(', ')}`] : []),
  ]
}

/** Native handles stay in one folder, where each is known to be freed. */
function nativeBreaches(packages: readonly Package[]): string[] {
  return packages
    .flatMap(({ imports }) => imports)
    .filter(({ file, target }) => packageOf(target) === 'node-av' && !file.startsWith('packages/media/src/native/'))
    .map(({ file }) => `${file}: only packages/media/src/native may import node-av`)
}

function cycles(packages: readonly Package[]): string[] {
  const targets = new Map(
    packages.map(({ name, imports }) => {
      const ours = imports.filter(({ target }) => target.startsWith(SCOPE))
      return [
        name,
        new Set(ours.map(({ target }) => packageOf(target).slice(SCOPE.length)).filter((it) => it !== name)),
      ]
    }),
  )
  const found = new Set<string>()
  const visit = (name: string, path: readonly string[]): void => {
    const at = path.indexOf(name)
    if (at >= 0) found.add(`import circle: ${[...path.slice(at), name].join(' -> ')}`)
    else for (const next of targets.get(name) ?? []) visit(next, [...path, name])
  }
  for (const { name } of packages) visit(name, [])
  return [...found]
}

function readPackage(root: string, folder: string): Package {
  const json = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string
    dependencies?: Record<string, string>
    optionalDependencies?: Record<string, string>
    peerDependencies?: Record<string, string>
  }
  const { dependencies, optionalDependencies, peerDependencies } = json
  return {
    name: json.name.slice(SCOPE.length),
    folder,
    declared: new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })),
    imports: importsIn(root, [`${folder}/src/**/*.ts`]),
  }
}

/** `import … from`, `export … from`, `import '…'`, and what is loaded or located while running. */
const STATEMENT =
  /^\s*(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*from\s*['"]([^'"\n]+)['"]/gm
const BARE = /^\s*import\s*['"]([^'"\n]+)['"]/gm
const CALL = /(?:\bimport|\brequire|\.resolve|createRequire\([^)]*\))\(\s*['"]([^'"\n]+)['"]/g

function importsIn(root: string, patterns: readonly string[]): Import[] {
  return globSync([...patterns], { cwd: root }).flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '')
    const found = [STATEMENT, BARE, CALL].flatMap((pattern) => [...code.matchAll(pattern)])
    return found.map(([, target = '']) => ({ file, target }))
  })
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

function isBuiltin(target: string): boolean {
  return target.startsWith('node:') || builtinModules.includes(target)
}

if (import.meta.main) {
  const root = resolve(process.argv[2] ?? dirname(import.meta.dirname))
  if (!existsSync(join(root, 'packages'))) throw new Error(`${root} has no packages`)
  const breaches = checkBorders(root)
  for (const breach of breaches) console.error(breach)
  if (breaches.length > 0) process.exitCode = 1
}
