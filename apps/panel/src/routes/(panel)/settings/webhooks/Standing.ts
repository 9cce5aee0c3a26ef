interface Webhook {
  readonly disabledReason: string | null
  readonly pausedUntil: number | null
}

/** How a webhook stands. *Units*: UTC milliseconds. */
export const standingOf = ({ disabledReason, pausedUntil }: Webhook, now: number) => {
  if (disabledReason !== null) return "disabled"
  return pausedUntil !== null && pausedUntil > now ? "paused" : "enabled"
}
