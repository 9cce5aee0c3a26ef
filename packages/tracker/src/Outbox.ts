import type { Store } from "./Store.ts"
import type { TrackedEvent } from "./Wire.ts"

/** One stored event: its JSON is made once, so that every attempt sends the same bytes. */
export interface Entry {
  readonly id: string
  readonly json: string
}

export const entriesMax = 500
const prefix = "spoor_event:"

/**
 * The events that no server has confirmed yet.
 *
 * Each stands under its own key, so tabs append and remove side by side without reading and rewriting a common list.
 * Over `entriesMax` the oldest goes: a browser that cannot reach the server for days must not fill the shop's storage.
 */
export const makeOutbox = (store: Store, warn: (message: string) => void) => ({
  append: (event: TrackedEvent): void => {
    const keys = store.keys(prefix)
    for (const key of keys.slice(0, Math.max(0, keys.length + 1 - entriesMax))) {
      store.remove(key)
      warn(`more than ${entriesMax} events wait to be sent, the oldest was dropped`)
    }
    store.set(prefix + event.id, JSON.stringify(event))
  },
  /** Oldest first, because the ids begin with their time. */
  list: (): ReadonlyArray<Entry> =>
    store.keys(prefix).flatMap((key) => {
      const json = store.get(key)
      return json === undefined ? [] : [{ id: key.slice(prefix.length), json }]
    }),
  remove: (entries: ReadonlyArray<Entry>): void => {
    for (const entry of entries) store.remove(prefix + entry.id)
  },
  clear: (): void => {
    for (const key of store.keys(prefix)) store.remove(key)
  }
})

export type Outbox = ReturnType<typeof makeOutbox>
