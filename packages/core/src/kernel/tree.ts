/** Families of named things: hook descriptions, hook points, taps, runners. */
export type Tree<T> = Readonly<Record<string, Readonly<Record<string, T>>>>

/** The same families and names, with another leaf in each place. */
export function mapTree<T, U>(tree: Tree<T>, map: (leaf: T) => U): Tree<U> {
  return mapValues(tree, (family) => mapValues(family, map))
}

export function leavesOf<T>(tree: Tree<T>): readonly T[] {
  return Object.values(tree).flatMap((family) => Object.values(family))
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Readonly<Record<string, U>> {
  return Object.freeze(Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)])))
}
