import { alarmedFrom, type Limits, refusedFrom, resolve } from "./Limits.ts"

/**
 * How much of its room the queue has used, all topics together.
 *
 * *Shape*: `share` is from 0 to 1 and counts whichever of messages, bytes and the disk is scarcest; from `refusedFrom` on nothing new is kept.
 */
export interface Fill {
  readonly messages: number
  readonly bytes: number
  readonly share: number
}

/** *Shape*: "alarm" from `alarmedFrom` on, "full" from `refusedFrom` on. */
export type Level = "calm" | "alarm" | "full"

export const levelOf = (share: number): Level =>
  share >= refusedFrom ? "full" : share >= alarmedFrom ? "alarm" : "calm"

/** *Units*: bytes; `room` is what else the disk would take. */
export const of = (
  kept: { readonly messages: number; readonly bytes: number },
  limits: Limits,
  room = Infinity
): Fill => {
  const { bytesMax, messagesMax } = resolve(limits)
  const fits = Math.min(bytesMax, kept.bytes + Math.max(0, room))
  const used = Math.max(kept.messages / messagesMax, fits === 0 ? 1 : kept.bytes / fits)
  return { messages: kept.messages, bytes: kept.bytes, share: Math.min(1, refusedFrom * used) }
}
