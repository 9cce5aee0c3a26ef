import type { Migration } from "../Upgrade.ts"

/**
 * What keeps every filter fast on logs that have grown (ADR 0039): values that are rare, absent or contradictory are found
 * at once, because each is a stretch of an index that ends in the time.
 */
export const grownLogs: Migration = {
  indexes: [
    "create index activity_type on activity (unit_id, site_id, type, occurred_at desc, id desc)",
    // Addresses are longer than an index takes; whoever has the same number is compared again. Not without those that have none:
    // the planner asks only indexes of all rows how often a number occurs.
    "create index activity_url on activity (unit_id, hashtextextended(url, 0), site_id, type, occurred_at desc, id desc)",
    // Whose sessions they are is read from the index alone.
    `create index session_email_next on session (unit_id, email collate "C") include (no) where email is not null`,
    "create index session_open_next on session (unit_id, closed_at) include (no) where ended_by is null",
    "create index session_event_type on session_event (unit_id, site_id, type, occurred_at desc, id desc)",
    // What took the place of a row is looked for by the row's own key.
    "create index session_event_superseded on session_event (unit_id, site_id, key) where superseded_at is not null"
  ],
  statements: /* sql */ `
-- A sample of a long table finds few of its sessions: said outright, it is about what a session of a shop has.
alter table activity alter column session_no set (n_distinct = -0.2);

drop index session_email;
alter index session_email_next rename to session_email;
drop index session_open;
alter index session_open_next rename to session_open;
`
}
