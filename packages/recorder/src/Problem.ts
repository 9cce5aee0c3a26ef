/** Why an item was not sent; the keys of `Counters.dropped`. */
export type Reason =
  /** The buffer was full. */
  | "overflow"
  /** The server answered that the batch is not to come again. */
  | "refused"
  /** The server took the batch, but not this item. */
  | "rejected"
  /** The batch was tried as often as it may be. */
  | "undeliverable"
  /** The item alone is larger than what is taken. */
  | "tooLarge"
  /** The item could not be made JSON of. */
  | "unreadable"
  /** It came after `close()`, still waited when `close()` gave up, or the options name no door. */
  | "closed"

/** Something that whoever runs the service should know. *Shape*: `message` is a sentence for a person to read. */
export interface Problem {
  readonly kind: Reason | "options" | "unreachable" | "describe"
  readonly message: string
}

/** *Units*: milliseconds. A kind of problem that lasts is named again after this. */
const silenceMs = 300_000

/** Tells of problems, each kind once in a while. Whatever the listener does, nothing comes of it. */
export const reporter = (onProblem: (problem: Problem) => unknown = warn, now: () => number) => {
  const told = new Map<Problem["kind"], number>()
  return (kind: Problem["kind"], message: string): void => {
    const last = told.get(kind)
    if (last !== undefined && now() - last < silenceMs) return
    told.set(kind, now())
    try {
      Promise.resolve(onProblem({ kind, message })).catch(ignore)
    } catch {
      // The host's listener failed; there is nobody left to tell.
    }
  }
}

/** What was thrown, for a person to read. Anything can be thrown, also what cannot be made text of. */
export const textOf = (error: unknown): string => {
  try {
    return String(error)
  } catch {
    return "something that is no text"
  }
}

export type Report = ReturnType<typeof reporter>

const warn = ({ message }: Problem): void => console.warn(`Spoor recorder: ${message}`)

const ignore = (): void => undefined
