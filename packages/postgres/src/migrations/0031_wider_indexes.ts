import type { Migration } from "../Upgrade.ts"

/**
 * What tells rows apart before they are read, for they lie at random places of a long table (ADR 0058).
 *
 * - When an e-mail's sessions began and ended: a page looks for rows in the nearest of them.
 * - What the rows of thousands of sessions, and of a visitor with a hundredth of the log, are.
 * - Who was at an address that is a thousandth of the log.
 *
 * As keys and not included: only keys are compared before the row is read.
 */
export const widerIndexes: Migration = {
  indexes: [
    `create index session_email_next on session (unit_id, email collate "C") include (no, started_at, ended_at)
      where email is not null`,
    "create index activity_session_next on activity (unit_id, session_no, occurred_at, type)",
    "create index activity_visitor_next on activity (unit_id, visitor_id, occurred_at desc, id desc, type)",
    "create index session_event_visitor_next on session_event (unit_id, visitor_id, occurred_at desc, id desc, type)",
    `create index activity_url_next on activity
      (unit_id, left(url, 200) collate "C", site_id, type, occurred_at desc, id desc, visitor_id)`
  ],
  statements: /* sql */ `
drop index session_email;
alter index session_email_next rename to session_email;
drop index activity_session;
alter index activity_session_next rename to activity_session;
drop index activity_visitor;
alter index activity_visitor_next rename to activity_visitor;
drop index session_event_visitor;
alter index session_event_visitor_next rename to session_event_visitor;
drop index activity_url;
alter index activity_url_next rename to activity_url;
alter index activity_url alter column 2 set statistics 500;
`
}
