import * as m from "#lib/paraglide/messages.js"

/** What is to be said of a queue that fills up, and what to do. *Units*: `used` in per cent. */
export const queueTold = (level: "alarm" | "full", used: number): { readonly text: string; readonly action: string } =>
  level === "full"
    ? { text: m.queue_full(), action: m.queue_full_do() }
    : { text: m.queue_alarm({ used: String(used) }), action: m.queue_alarm_do() }
