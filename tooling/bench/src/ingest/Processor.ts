import { readdir, readFile } from "node:fs/promises"

/** Linux counts processor time in hundredths of a second. */
const millisecondsOfTick = 10

/**
 * Processor time of a PostgreSQL server: its first process, the backends that live, and those that have ended.
 *
 * *Units*: milliseconds so far; 0 where there is no /proc. *Source*: proc(5), /proc/pid/stat.
 */
export const cpuOfPostgres = async (processId: number): Promise<number> => {
  const stats = await Promise.all((await readdir("/proc").catch(() => [])).filter(isNumber).map(statOf))
  const ticks = stats.flatMap((stat) => {
    if (stat?.id === processId) return stat.own + stat.ofEnded
    return stat?.parent === processId ? stat.own : []
  })
  return ticks.reduce((sum, count) => sum + count, 0) * millisecondsOfTick
}

/** The same of one process. */
export const cpuOf = async (processId: number): Promise<number> =>
  ((await statOf(String(processId)))?.own ?? 0) * millisecondsOfTick

const isNumber = (name: string): boolean => /^\d+$/.test(name)

const statOf = async (id: string) => {
  const text = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "")
  // The second field is a name in parentheses, which may hold anything.
  const [, parent, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ")
  const [utime, stime, cutime, cstime] = fields.slice(9, 13).map(Number)
  if (cstime === undefined) return undefined
  return { id: Number(id), parent: Number(parent), own: utime! + stime!, ofEnded: cutime! + cstime }
}
