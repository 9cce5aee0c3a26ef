import type { TrackedEvent } from "./Wire.ts"

/** By the user agent's own words; an iPad says it is a Mac, but no Mac has a touch screen. */
export const recogniseDevice = (userAgent: string, touchPoints: number): TrackedEvent["device"] => {
  if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobi)/i.test(userAgent)) return "tablet"
  if (/Macintosh/.test(userAgent) && touchPoints > 1) return "tablet"
  return /Mobi|iPhone|iPod/i.test(userAgent) ? "mobile" : "desktop"
}
