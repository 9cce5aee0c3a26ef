/**
 * Decisions that an e-mail is not a visitor's, between two instants or at any (null), and those that were taken back (ADR 0051).
 *
 * decided_by, undone_by: the person of the panel; null: the command.
 */
export const unlinking = /* sql */ `
create table unlinking (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  visitor_id text not null,
  email text not null,
  from_at timestamptz(3),
  until_at timestamptz(3),
  reason text,
  decided_at timestamptz(3) not null,
  decided_by text,
  undone_at timestamptz(3),
  undone_by text,
  primary key (unit_id, id),
  foreign key (unit_id, site_id) references site,
  check (from_at <= until_at)
);
-- The same is decided once. It is also what the worker reads a visitor's decisions by.
create unique index unlinking_standing on unlinking (unit_id, site_id, visitor_id, email, from_at, until_at)
  nulls not distinct where undone_at is null;
create index unlinking_visitor on unlinking (unit_id, visitor_id);
create index unlinking_email on unlinking (unit_id, email);
alter table unlinking enable row level security;
create policy of_unit on unlinking using (unit_id = (select current_setting('spoor.unit')::integer));
`
