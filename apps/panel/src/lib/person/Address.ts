/** By what a person's page is asked for; a session leads to whoever it is of. */
export type By = "email" | "visitor" | "phone" | "session"

/** The address of the page that tells all of one person. */
export const personPath = (by: By, value: string): string => `/person?${new URLSearchParams({ [by]: value })}`
