import type { Migration } from "../Upgrade.ts"

/** Fields with few values of the logs of requests and text messages: one that is rare, or not there, is found at once too. */
export const rareValues: Migration = {
  indexes: [
    "create index api_log_method on api_log (unit_id, method, occurred_at desc, id desc)",
    "create index panel_log_method on panel_log (unit_id, method, occurred_at desc, id desc)",
    "create index sms_log_category on sms_log (unit_id, category, occurred_at desc, id desc)",
    "create index sms_log_permanence on sms_log (unit_id, permanence, occurred_at desc, id desc)"
  ],
  statements: ""
}
