import type { Store } from "./Store.ts"

const key = "spoor_email"

/** As long as a visit with the default rules: who comes back later is named again by the shop (sessions.md 3). */
export const rememberedMs = 30 * 60 * 1000

/**
 * The e-mail that this browser's customer gave, for all tabs, until logout or half an hour after the last event. It is
 * not kept longer, because an address belongs to a visit and not to a browser (sessions.md 2.2).
 */
export const makeEmail = (store: Store, now: () => number) => {
  const set = (email: string) => store.set(key, `${now() + rememberedMs} ${email}`)
  return {
    set,
    forget: () => store.remove(key),
    /** Reading it is using it: the half hour begins anew. */
    recall: (): string | undefined => {
      const [until, email] = (store.get(key) ?? "").split(" ")
      if (!email) return undefined
      const isKnown = Number(until) > now()
      if (isKnown) set(email)
      else store.remove(key)
      return isKnown ? email : undefined
    }
  }
}

export type Email = ReturnType<typeof makeEmail>
