// To be loaded with --import: names that only this process knows, from a JSON object in CHAOS_HOSTS. So each process of one
// machine reaches the same name by a way of its own, which a fault can cut.
import dns, { type LookupAddress, type LookupOptions } from 'node:dns'

type Done = (error: Error | null, address: string | LookupAddress[], family?: number) => void

const hosts = JSON.parse(process.env['CHAOS_HOSTS'] ?? '{}') as Readonly<Record<string, string>>
const lookup = dns.lookup as (name: string, options: LookupOptions, done: Done) => void

function lookupHere(name: string, options: LookupOptions, done: Done): void {
  const address = hosts[name]
  if (address === undefined) lookup(name, options, done)
  else if (options.all) process.nextTick(done, null, [{ address, family: 4 }])
  else process.nextTick(done, null, address, 4)
}

Object.assign(dns, { lookup: lookupHere })
