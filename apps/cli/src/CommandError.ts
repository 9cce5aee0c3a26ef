import { Effect, Schema } from "effect"
import { CliError } from "effect/cli"

/** Why a command could not do its work: one sentence for the person who called it. Exit status 1. */
export class CommandError extends Schema.TaggedError<CommandError>()("CommandError", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }

  override get [CliError.userMessage](): string {
    return this.sentence
  }
}

/** Runs plain code that may throw a `CommandError`; anything else that is thrown is a defect. */
export const attempt = <A>(run: () => A): Effect.Effect<A, CommandError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      return error instanceof CommandError ? Effect.fail(error) : Effect.die(error)
    }
  })

/** What the system says of a failure, without its name and code in front where it has them. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Nobody reads the output any more: no error, and nothing to say. */
export class OutputClosed extends Schema.TaggedError<OutputClosed>()("OutputClosed", {}) {}
