import type { Migration } from "../Upgrade.ts"

/**
 * Whose rows these are, told before they are read (ADR 0060): of many sessions the few rows that have a type or an address, and of a visitor
 * with a hundredth of the log the few sessions that have an e-mail.
 *
 * As keys and not included: only keys are compared before the row is read.
 */
export const sessionsInIndexes: Migration = {
  indexes: [
    "create index activity_type_next on activity (unit_id, site_id, type, occurred_at desc, id desc, session_no)",
    `create index activity_url_next on activity
      (unit_id, left(url, 200) collate "C", site_id, type, occurred_at desc, id desc, session_no, visitor_id)`,
    `create index session_visitor_next on session (unit_id, site_id, visitor_id, started_at, email collate "C")`
  ],
  statements: /* sql */ `
drop index activity_type;
alter index activity_type_next rename to activity_type;
drop index activity_url;
alter index activity_url_next rename to activity_url;
alter index activity_url alter column 2 set statistics 500;
drop index session_visitor;
alter index session_visitor_next rename to session_visitor;
`
}
