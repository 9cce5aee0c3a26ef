import { Effect, Result } from "effect"
import type { DatabaseSync } from "node:sqlite"
import { QueueUnavailable } from "./QueueUnavailable.ts"

interface Job {
  /** Runs inside the open transaction. */
  readonly run: () => void
  readonly settle: (failure?: QueueUnavailable) => void
}

/** SQLITE_FULL, the low byte of every code that means "no room". *Source*: https://sqlite.org/rescode.html */
const sqliteFull = 13

/** Why SQLite refused: out of room, or anything else. */
export const refusal = (cause: unknown): QueueUnavailable => {
  const code = cause instanceof Error && "errcode" in cause && typeof cause.errcode === "number" ? cause.errcode : 0
  return new QueueUnavailable({ reason: (code & 0xff) === sqliteFull ? "full" : "io", cause })
}

/**
 * Runs writes that arrive within one turn of the event loop in one transaction, so that they share one flush to disk.
 *
 * The flush blocks the event loop, on purpose: what arrives meanwhile waits in the sockets and becomes the next group,
 * and no thread has to be fed with copies of the bodies (ADR 0006).
 */
export class GroupCommit {
  private readonly database: DatabaseSync
  private readonly transaction: Record<"begin" | "commit", ReturnType<DatabaseSync["prepare"]>>
  private jobs: Array<Job> = []
  private isClosed = false

  constructor(database: DatabaseSync) {
    this.database = database
    this.transaction = {
      // A deferred transaction that starts by reading can lose its turn and fail at once; an immediate one queues up.
      begin: database.prepare("begin immediate"),
      commit: database.prepare("commit")
    }
  }

  /** Returns once `run` is durable; one that fails must have written nothing, and leaves its group alone. */
  write<A>(run: () => Result.Result<A, QueueUnavailable>): Effect.Effect<A, QueueUnavailable> {
    return Effect.callback((resume) => {
      if (this.isClosed) return resume(Effect.fail(new QueueUnavailable({ reason: "closed" })))
      let result: Result.Result<A, QueueUnavailable> | undefined
      const job: Job = {
        run: () => {
          result = run()
        },
        settle: (failure) =>
          resume(failure === undefined ? Effect.fromResult(result ?? notRun()) : Effect.fail(failure))
      }
      this.jobs.push(job)
      if (this.jobs.length === 1) setImmediate(() => this.commit())
      return Effect.sync(() => {
        this.jobs = this.jobs.filter((other) => other !== job)
      })
    })
  }

  /** Reads at once, outside of any group. */
  read<A>(run: () => A): Effect.Effect<A, QueueUnavailable> {
    return Effect.suspend(() =>
      this.isClosed ? Effect.fail(new QueueUnavailable({ reason: "closed" })) : Effect.try({ try: run, catch: refusal })
    )
  }

  /** Commits what has arrived and refuses all that comes later. */
  close(): void {
    this.commit()
    this.isClosed = true
  }

  private commit(): void {
    const jobs = this.jobs
    this.jobs = []
    if (jobs.length === 0) return
    const failure = this.attempt(jobs)
    for (const job of jobs) job.settle(failure)
  }

  private attempt(jobs: ReadonlyArray<Job>): QueueUnavailable | undefined {
    const { begin, commit } = this.transaction
    try {
      begin.run()
      for (const job of jobs) job.run()
      commit.run()
    } catch (cause) {
      // SQLite may have rolled back by itself already.
      if (this.database.isTransaction) this.database.exec("rollback")
      return refusal(cause)
    }
  }
}

/** An error takes a stack with it: it is made only where it is needed. */
const notRun = () => Result.fail(new QueueUnavailable({ reason: "io" }))
