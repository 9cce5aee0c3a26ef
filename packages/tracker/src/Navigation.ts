/** What the browser tells of pages coming and going. */
export interface Listener {
  /** The address changed without a new document. */
  readonly moved: () => void
  /** A page came back as it was, from the back-forward cache. */
  readonly returned: () => void
  /** The page is hidden and may never run again. */
  readonly left: () => void
  /** The network is back. */
  readonly online: () => void
}

/** Listens for ever: the tracker ends with its page. */
export const watch = (listener: Listener): void => {
  follow("pushState", listener.moved)
  follow("replaceState", listener.moved)
  addEventListener("popstate", listener.moved)
  addEventListener("hashchange", listener.moved)
  addEventListener("pagehide", listener.left)
  addEventListener("online", listener.online)
  addEventListener("pageshow", (event) => event.persisted && listener.returned())
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && listener.left())
}

/**
 * The address as far as it makes a page: jumping to a heading is no new page, but a fragment that begins with `#/` or
 * `#!` is the route of a single-page shop.
 */
export const pageOf = (href: string): string => href.replace(/#(?![/!]).*$/, "")

const follow = (name: "pushState" | "replaceState", moved: () => void): void => {
  const original = history[name].bind(history)
  history[name] = (...state) => {
    original(...state)
    moved()
  }
}
