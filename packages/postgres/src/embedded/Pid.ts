import * as fs from "node:fs"

/** Does this process exist? A zombie counts: it has a number and nothing else. */
export const isAlive = (pid: number): boolean => {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/**
 * Is this process a PostgreSQL server that lives? A pid is given anew to others, and where pid 1 does not reap
 * (containers) a dead server stays as a zombie and still answers to signal 0.
 */
export const isPostgres = (pid: number): boolean => {
  if (!isAlive(pid)) return false
  if (process.platform !== "linux") return true
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.includes("(postgres)") && stat.charAt(stat.lastIndexOf(")") + 2) !== "Z"
  } catch {
    return false
  }
}
