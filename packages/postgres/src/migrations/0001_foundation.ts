/**
 * The first tables: who (units, sites, keys, people), what happened (activity), and what it amounted to (sessions and
 * session events). Every primary key begins with the business unit, so that rows of one unit lie together and the
 * tables can be distributed by it (ADR 0005). Instants are UTC with millisecond precision (sessions.md 1.5).
 */
export const foundation = /* sql */ `
create type activity_type as enum (
  'VisitOnWebsite', 'VisitOnProductPage', 'VisitOnCartListPage', 'VisitOnLoginPage', 'ModifyCart', 'VisitOnSalePage'
);
create type session_event_type as enum ('AbandonedBrowse', 'AbandonedCart', 'FinalizedTransaction');
create type session_end_reason as enum ('inactivity', 'identity', 'capped');
create type write_key_kind as enum ('browser', 'server');
create type user_role as enum ('administrator', 'marketer', 'analyst', 'developer');

create table business_unit (
  unit_id integer generated always as identity primary key,
  name text not null,
  time_zone text not null default 'Europe/Warsaw',
  created_at timestamptz(3) not null default now()
);

create table site (
  unit_id integer not null references business_unit,
  id text not null check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  url text not null,
  inactivity_ms integer not null default 1800000 check (inactivity_ms between 60000 and 14400000),
  grace_ms integer not null default 600000 check (grace_ms between 0 and 86400000),
  repeat_window_ms bigint not null default 86400000 check (repeat_window_ms >= 0),
  recovery_window_ms bigint not null default 604800000 check (recovery_window_ms >= 0),
  allowed_lateness_ms bigint not null default 86400000 check (allowed_lateness_ms >= 0),
  created_at timestamptz(3) not null default now(),
  primary key (unit_id, id)
);

-- A browser key is public (it stands in the shop's pages) and can be shown again; of a server key only the hash is kept.
create table write_key (
  unit_id integer not null,
  id integer generated always as identity,
  site_id text not null,
  kind write_key_kind not null,
  name text not null,
  prefix text not null,
  key_sha256 text not null unique,
  public_key text check ((public_key is null) = (kind = 'server')),
  created_at timestamptz(3) not null default now(),
  revoked_at timestamptz(3),
  primary key (unit_id, id),
  foreign key (unit_id, site_id) references site
);

create table panel_user (
  unit_id integer not null references business_unit,
  id text not null unique,
  email text not null unique,
  password_hash text not null,
  role user_role not null,
  created_at timestamptz(3) not null default now(),
  disabled_at timestamptz(3),
  primary key (unit_id, id)
);

create table panel_session (
  unit_id integer not null,
  id text not null unique,
  user_id text not null references panel_user (id) on delete cascade,
  expires_at timestamptz not null,
  primary key (unit_id, id)
);

-- Unit 0 stands for "not known yet": whoever fails to sign in has no unit.
create table sign_in_throttle (
  unit_id integer not null,
  subject text not null,
  failures integer not null,
  last_failed_at timestamptz(3) not null,
  primary key (unit_id, subject)
);

-- The row that a worker locks before it touches anything of a visitor; always in the order of the key.
create table visitor (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  first_seen_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  primary key (unit_id, site_id, id)
);

-- The row that a worker locks before it decides whose purchase an order is (sessions.md 4.2).
create table order_seen (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  primary key (unit_id, site_id, id)
);

-- ended_by: why the visitor's next session began; null while there is none (sessions.md 3).
-- due_at: when the worker must look at this session again to emit an abandonment; null when nothing is due.
create table session (
  unit_id integer not null,
  no bigint generated always as identity,
  site_id text not null,
  id text not null,
  visitor_id text not null,
  email text,
  started_at timestamptz(3) not null,
  ended_at timestamptz(3) not null,
  closed_at timestamptz(3) not null,
  ended_by session_end_reason,
  event_count integer not null,
  product_view_count integer not null,
  products_viewed integer not null,
  cart jsonb,
  cart_value bigint,
  cart_currency text,
  landing_url text,
  referrer text,
  device text,
  due_at timestamptz(3),
  primary key (unit_id, no),
  unique (unit_id, site_id, id)
);
create index session_visitor on session (unit_id, site_id, visitor_id, started_at);
create index session_email on session (unit_id, email) where email is not null;
create index session_due on session (due_at) where due_at is not null;

create table activity (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  event_id text not null,
  visitor_id text not null,
  session_no bigint not null,
  type activity_type not null,
  occurred_at timestamptz(3) not null,
  client_at timestamptz(3),
  received_at timestamptz(3) not null,
  stored_at timestamptz(3) not null default now(),
  sequence bigint not null,
  email text,
  is_logout boolean not null default false,
  url text,
  title text,
  referrer text,
  device text,
  product jsonb,
  cart jsonb,
  order_id text,
  order_value bigint,
  order_currency text,
  is_clock_wrong boolean not null default false,
  is_late boolean not null default false,
  is_history boolean not null default false,
  primary key (unit_id, id),
  unique (unit_id, site_id, event_id)
);
create index activity_time on activity (unit_id, occurred_at desc, id desc);
create index activity_site_time on activity (unit_id, site_id, occurred_at desc, id desc);
create index activity_visitor on activity (unit_id, site_id, visitor_id, occurred_at desc, id desc);
create index activity_session on activity (unit_id, session_no, occurred_at);
create index activity_order on activity (unit_id, site_id, order_id) where order_id is not null;

-- Emitted rows are never edited away (sessions.md 6.1): a correction fills superseded_*, a recovery recovered_by.
create table session_event (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  key text not null,
  type session_event_type not null,
  visitor_id text,
  email text,
  session_no bigint,
  segment integer not null,
  occurred_at timestamptz(3) not null,
  emitted_at timestamptz(3) not null,
  order_id text,
  is_inferred boolean not null default false,
  is_historic boolean not null default false,
  cart jsonb,
  order_value bigint,
  order_currency text,
  evidence jsonb not null,
  explanation jsonb not null,
  repeat_of bigint,
  recovered_by bigint,
  superseded_at timestamptz(3),
  superseded_reason text,
  superseded_by bigint,
  primary key (unit_id, id)
);
create unique index session_event_key on session_event (unit_id, site_id, key) where superseded_at is null;
create index session_event_time on session_event (unit_id, occurred_at desc, id desc);
create index session_event_session on session_event (unit_id, session_no) where session_no is not null;
create index session_event_visitor on session_event (unit_id, site_id, visitor_id, occurred_at desc);

-- A queued batch is written once: its id goes in with its rows, so that a redelivery finds it and changes nothing.
create table intake (
  unit_id integer not null,
  batch_id text not null,
  stored_at timestamptz(3) not null default now(),
  primary key (unit_id, batch_id)
);

create table intake_count (
  unit_id integer not null,
  site_id text not null,
  day date not null,
  stored bigint not null default 0,
  duplicate bigint not null default 0,
  rejected bigint not null default 0,
  primary key (unit_id, site_id, day)
);
`
