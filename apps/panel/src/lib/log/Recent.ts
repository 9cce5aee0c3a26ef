/** So many terms are remembered for each person and log. */
const termsMax = 12

/**
 * What somebody filtered by lately, newest first, as terms of a filter's text: "email:anna@example.pl". It stays in their
 * browser until they sign out (routes/sign-out); nobody else needs it.
 */
export const recentOf = (person: string, log: string): ReadonlyArray<string> => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(person, log)) ?? "[]")
    return Array.isArray(kept) ? kept.filter((term) => typeof term === "string") : []
  } catch {
    // A browser may keep nothing for us, and a person may have changed what it keeps.
    return []
  }
}

export const remember = (person: string, log: string, terms: ReadonlyArray<string>): void => {
  if (terms.length === 0) return
  const all = [...new Set([...terms, ...recentOf(person, log)])].slice(0, termsMax)
  try {
    localStorage.setItem(keyOf(person, log), JSON.stringify(all))
  } catch {
    // As above.
  }
}

const keyOf = (person: string, log: string): string => `recent:${person}:${log}`
