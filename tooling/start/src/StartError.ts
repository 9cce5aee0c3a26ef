import { Schema } from "effect"

/** Something only the person who started can put right; the message says what. */
export class StartError extends Schema.TaggedError<StartError>()("StartError", { message: Schema.String }) {}
