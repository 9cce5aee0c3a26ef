import * as m from "#lib/paraglide/messages.js"

export const activityTypes = [
  "VisitOnWebsite",
  "VisitOnProductPage",
  "VisitOnCartListPage",
  "VisitOnLoginPage",
  "ModifyCart",
  "VisitOnSalePage"
] as const

export const outcomeTypes = ["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"] as const

export type ActivityType = (typeof activityTypes)[number]
export type OutcomeType = (typeof outcomeTypes)[number]
export type EventType = ActivityType | OutcomeType

export const isEventType = (text: string): text is EventType => Object.hasOwn(glosses, text)

/** What a type's name means, in the reader's words. */
export const gloss = (type: EventType): string => glosses[type]()

const glosses: Record<EventType, () => string> = {
  VisitOnWebsite: m.type_VisitOnWebsite,
  VisitOnProductPage: m.type_VisitOnProductPage,
  VisitOnCartListPage: m.type_VisitOnCartListPage,
  VisitOnLoginPage: m.type_VisitOnLoginPage,
  ModifyCart: m.type_ModifyCart,
  VisitOnSalePage: m.type_VisitOnSalePage,
  AbandonedBrowse: m.type_AbandonedBrowse,
  AbandonedCart: m.type_AbandonedCart,
  FinalizedTransaction: m.type_FinalizedTransaction
}
