import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { BaseCommand } from './base-command.ts'
import type { FoundNode } from './control/find-node.ts'
import { commonFlags, roleNames } from './flags.ts'

/** Flags of every command that talks to a running node: which one is meant. */
export const controlFlags = {
  ...commonFlags,
  'data-dir': Flags.string({ description: 'the data folder of the node', helpValue: 'folder' }),
  'cli-addr': Flags.string({ description: 'its control address, instead of the data folder', helpValue: 'host:port' }),
  pid: Flags.integer({ description: 'its process, where several use the data folder', helpValue: 'number' }),
} as const

/** Which of several nodes in one data folder. */
export const controlRoleFlag = {
  role: Flags.option({ description: 'its role, where several nodes use the data folder', options: roleNames })(),
} as const

/** A command that talks to a running node through its control socket. */
export abstract class ControlCommand extends BaseCommand {
  protected async findNode(flags: Readonly<Record<string, unknown>>, role?: string): Promise<FoundNode> {
    const { findNode } = await import('./control/find-node.ts')
    const text = (name: string) => flags[name] as string | undefined
    const dataDir = await dataDirOf(text('data-dir'), text('config'))
    return findNode({
      dataDir,
      cliAddr: text('cli-addr'),
      role,
      pid: flags['pid'] as number | undefined,
    })
  }

  /** One line of JSON, or what a person reads. */
  protected say(json: boolean, data: unknown, text: string): void {
    this.log(json ? JSON.stringify(data) : text)
  }
}

/** Where a node that was started here would have it. Named on the command line it needs no config file, which may be broken. */
async function dataDirOf(flag: string | undefined, file: string | undefined): Promise<string> {
  if (flag !== undefined) return resolve(flag)
  const { loadSettings } = await import('@livepeer-node/core')
  return (await loadSettings({ cwd: process.cwd(), file, env: process.env })).dataDir
}
