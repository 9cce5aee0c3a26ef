/**
 * What the panel asked the worker to read again, and how far it is (ADR 0048). One for each unit: the next one takes its place.
 */
export const rejectedReplay = /* sql */ `
-- ids, site_id, reason: which items are meant; null for any. after_at, after_id: where it goes on, newest first. held_until: so long
-- no other worker takes it.
create table rejected_replay (
  unit_id integer primary key references business_unit (unit_id),
  ids bigint[],
  site_id text,
  reason rejection_reason,
  asked_at timestamptz(3) not null,
  after_at timestamptz(3) not null,
  after_id bigint not null,
  stored integer not null default 0,
  duplicate integer not null default 0,
  rejected integer not null default 0,
  held_until timestamptz(3),
  finished_at timestamptz(3)
);
`
