/** How many cases a law is tried on. *Source*: `SPOOR_LAW_RUNS`, 10,000 for a long run. */
export const lawRuns = Number(process.env["SPOOR_LAW_RUNS"] ?? 1_000)

/** Where the random cases come from. *Source*: `SPOOR_LAW_SEED`; a failure prints the seed in use. */
export const lawSeed = Number(process.env["SPOOR_LAW_SEED"] ?? 20260302)

/** As long as a slow machine may need for so many cases. *Units*: milliseconds. */
export const lawTimeout = 60_000 + 60 * lawRuns
