/**
 * Strings by key: the browser's storage where it works, memory where it is blocked or full.
 *
 * Every key of the tracker begins with `spoor_`; nothing else is read or written.
 */
export const makeStore = (storage: Storage | undefined) => {
  const memory = new Map<string, string>()
  const attempt = <A>(use: (storage: Storage) => A, otherwise: A): A => {
    try {
      return storage === undefined ? otherwise : use(storage)
    } catch {
      return otherwise
    }
  }
  return {
    get: (key: string): string | undefined =>
      memory.get(key) ?? attempt((storage) => storage.getItem(key) ?? undefined, undefined),
    set: (key: string, value: string): void => {
      const isKept = attempt((storage) => (storage.setItem(key, value), true), false)
      if (isKept) memory.delete(key)
      else memory.set(key, value)
    },
    remove: (key: string): void => {
      memory.delete(key)
      attempt((storage) => storage.removeItem(key), undefined)
    },
    keys: (prefix: string): ReadonlyArray<string> =>
      [...new Set([...memory.keys(), ...attempt(Object.keys, [])])].filter((key) => key.startsWith(prefix)).sort()
  }
}

export type Store = ReturnType<typeof makeStore>
