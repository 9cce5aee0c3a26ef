import * as fs from "node:fs"

/** PostgreSQL refuses to run as root; as root it runs as this user, which needs no account to be made. */
const NOBODY = 65534

export interface Account {
  readonly uid: number
  readonly gid: number
}

export const isRoot = process.getuid?.() === 0

/**
 * Who runs the server: we, unless we are root. Then whoever owns the cluster that is there, else nobody.
 * Undefined is the present user, also where there are no such users (Windows).
 */
export const forCluster = (directory: string): Account | undefined => {
  if (!isRoot) return undefined
  const owner = fs.statSync(directory, { throwIfNoEntry: false })
  return owner === undefined || owner.uid === 0 ? nobody : { uid: owner.uid, gid: owner.gid }
}

export const nobody: Account = { uid: NOBODY, gid: NOBODY }

/** Could another user pass through every folder above this path? */
export const isPassable = (target: string): boolean =>
  foldersAbove(target).every((folder) => ((fs.statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & 0o001) !== 0)

const foldersAbove = (target: string): ReadonlyArray<string> => {
  const parent = target.replace(/\/+[^/]*$/, "")
  return parent === "" ? ["/"] : [parent, ...foldersAbove(parent)]
}
