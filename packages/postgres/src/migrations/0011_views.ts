/**
 * How each person likes a log's table, and the questions they keep: a name for an address of a log, their own or shared
 * with the unit.
 */
export const views = /* sql */ `
-- hidden: what is left out, so that a column of tomorrow shows. widths: in CSS pixels, by column.
create table log_layout (
  unit_id integer not null,
  user_id text not null,
  log text not null,
  hidden text[] not null default '{}',
  widths jsonb not null default '{}',
  is_roomy boolean not null default false,
  primary key (unit_id, user_id, log),
  foreign key (unit_id, user_id) references panel_user (unit_id, id) on delete cascade
);

-- query: the address's, as the panel writes it.
create table saved_view (
  unit_id integer not null,
  id integer generated always as identity,
  log text not null,
  owner_id text not null,
  name text not null,
  is_shared boolean not null,
  query text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (unit_id, id),
  foreign key (unit_id, owner_id) references panel_user (unit_id, id) on delete cascade
);
create unique index saved_view_name on saved_view (unit_id, owner_id, log, lower(name));
`
