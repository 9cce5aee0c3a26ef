import * as m from "#lib/paraglide/messages.js"

/** What the rows of each table are, in the reader's words. */
export const storedNames = {
  webhook_delivery: m.stored_webhook_delivery,
  session_event: m.session_events,
  activity: m.activity,
  session: m.person_sessions,
  identification: m.stored_identification,
  unlinking: m.stored_unlinking,
  reported_order: m.stored_reported_order,
  custom_event: m.stored_custom_event,
  unsettled: m.stored_unsettled,
  customer: m.person_customers,
  visitor: m.person_browsers,
  rejected_item: m.settings_rejected,
  saved_view: m.stored_saved_view,
  api_log: m.api_log,
  panel_log: m.panel_log,
  sms_log: m.sms_log,
  sms_message: m.stored_sms_message,
  sms_unreadable: m.stored_sms_unreadable,
  dead_letter: m.stored_dead_letter
}

/** A table's own name where none is known. */
export const storedName = (table: string): string =>
  Object.entries(storedNames).find(([known]) => known === table)?.[1]() ?? table
