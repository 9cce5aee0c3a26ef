import { isMasked } from "#lib/value/Masked.ts"

/** By what a person's page is asked for; a session leads to whoever it is of. */
export type By = "email" | "visitor" | "phone" | "session"

/** The address of the page that tells all of one person; none where the value is hidden. */
export const personPath = (by: By, value: string): string | undefined =>
  isMasked(value) ? undefined : `/person?${new URLSearchParams({ [by]: value })}`
