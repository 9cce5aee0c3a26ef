import * as m from "#lib/paraglide/messages.js"

/** What a message holds, and why it is a dead letter, for people. */
export const topicName = (topic: "activity" | "log" | "sms" | null): string => {
  const names = { activity: m.letters_topic_activity, log: m.letters_topic_log, sms: m.letters_topic_sms }
  return topic === null ? m.letters_topic_other() : names[topic]()
}

export const whys = {
  unreadable: m.letters_unreadable,
  refused: m.letters_refused,
  ended: m.letters_ended,
  broken: m.letters_broken
}

export const whyHints = {
  unreadable: m.letters_unreadable_hint,
  refused: m.letters_refused_hint,
  ended: m.letters_ended_hint,
  broken: m.letters_broken_hint
}
