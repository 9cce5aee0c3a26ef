/** How often an open page asks whether its reader may still see it. *Units*: milliseconds. */
const PAUSE_MS = 4_000

/** Leaves the page when its session ends, or its reader's rights change; gives what ends the watch. */
export const watchSession = (): (() => void) => {
  const look = async () => {
    if (document.visibilityState === "hidden") return
    const answer = await fetch("/session").catch(() => undefined)
    // Kit sends on to the sign-in, and back from there.
    if (answer?.status === 401) location.reload()
  }
  const timer = setInterval(() => void look(), PAUSE_MS)
  const onShown = () => void look()
  document.addEventListener("visibilitychange", onShown)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", onShown)
  }
}
