import { once } from 'node:events'
import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { toLivepeerError } from '@livepeer-node/sdk'
import { controlPathLong, controlSocketFailed, controlSocketTaken } from './errors.ts'
import { Listener } from './listener.ts'

/** Folder of the sockets in the data folder: one per process, as several nodes may share it. */
const FOLDER = 'control'
/** Shortest bound of the systems that we run on, with the zero at the end. */
const MAX_PATH_BYTES = 104

/**
 * Opens `<dataDir>/control/<pid>.sock`, which only this user may use, and removes the sockets of nodes that died. Throws
 * `LP_CONTROL_SOCKET…`.
 */
export async function openControlSocket(dataDir: string, pid: number): Promise<{ listener: Listener; path: string }> {
  const folder = join(dataDir, FOLDER)
  const path = join(folder, `${pid}.sock`)
  const bytes = Buffer.byteLength(path) + 1
  if (bytes > MAX_PATH_BYTES) throw controlPathLong(path, bytes, MAX_PATH_BYTES)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    await removeDead(folder)
    return { listener: await Listener.openSocket(path), path }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EADDRINUSE') throw controlSocketTaken(path, thrown)
    throw controlSocketFailed(path, toLivepeerError(thrown).message, thrown)
  }
}

async function removeDead(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sock'))
  await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      if (!(await isAnswered(path))) await rm(path, { force: true })
    }),
  )
}

/** Does a process listen there? */
async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    // Refused: its process is gone. Anything else (a full backlog, no permission) is no proof of that.
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED'
  } finally {
    socket.destroy()
  }
}
