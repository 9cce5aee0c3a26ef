/**
 * What the doors for existing clients write: three more logs, what the platform API keeps (customers, orders, custom
 * events), e-mails given to visitors, and rejected items.
 *
 * `item_id` is the sender's own ID of a log row: a second delivery changes nothing.
 */
export const doors = /* sql */ `
create type sms_protocol as enum ('smpp', 'http');
create type rejection_reason as enum (
  'malformed', 'missing', 'invalid', 'unknown-type', 'unstorable-text', 'too-large', 'forbidden'
);

-- A key of the platform and the read API, for all of a unit; only its hash is kept.
create table api_key (
  unit_id integer not null references business_unit,
  id integer generated always as identity,
  name text not null,
  prefix text not null,
  key_sha256 text not null unique,
  created_at timestamptz(3) not null default now(),
  revoked_at timestamptz(3),
  primary key (unit_id, id)
);

-- event_map: what a site's clients call their events beyond the names that every shop knows; null for those alone.
alter table site add column event_map jsonb;

create table api_log (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  occurred_at timestamptz(3) not null,
  stored_at timestamptz(3) not null default now(),
  url text not null,
  method text not null,
  status smallint not null,
  key_name text,
  key_prefix text,
  ip text,
  request_id text not null,
  processing_ms float8 not null,
  user_agent text,
  primary key (unit_id, id),
  unique (unit_id, item_id),
  check ((key_name is null) = (key_prefix is null))
);
create index api_log_time on api_log (unit_id, occurred_at desc, id desc);

create table panel_log (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  occurred_at timestamptz(3) not null,
  stored_at timestamptz(3) not null default now(),
  url text not null,
  method text not null,
  status smallint not null,
  user_email text,
  user_id text,
  ip text,
  request_id text,
  processing_ms float8 not null,
  user_agent text,
  primary key (unit_id, id),
  unique (unit_id, item_id)
);
create index panel_log_time on panel_log (unit_id, occurred_at desc, id desc);

create table sms_log (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  occurred_at timestamptz(3) not null,
  stored_at timestamptz(3) not null default now(),
  gateway text not null,
  sender text,
  phone text,
  error_code text not null,
  error_text text not null,
  raw_code text,
  payload text,
  raw_phone text,
  protocol sms_protocol not null,
  message_id text,
  permanence text not null,
  category text not null,
  reported_at timestamptz(3),
  primary key (unit_id, id),
  unique (unit_id, item_id)
);
create index sms_log_time on sms_log (unit_id, occurred_at desc, id desc);

create table customer (
  unit_id integer not null references business_unit,
  id text not null,
  email text,
  phone text,
  attributes jsonb not null default '{}',
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (unit_id, id)
);
create unique index customer_email on customer (unit_id, email) where email is not null;

-- An e-mail that was given to a visitor by something other than the visitor's own events.
create table identification (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  visitor_id text not null,
  email text not null,
  occurred_at timestamptz(3) not null,
  received_at timestamptz(3) not null,
  primary key (unit_id, site_id, id),
  foreign key (unit_id, site_id) references site
);
create index identification_visitor on identification (unit_id, site_id, visitor_id, occurred_at);

-- first_*: what counted when the order was reported first (sessions.md 2.1); the rest is what the API answers now.
create table reported_order (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  visitor_id text,
  email text,
  occurred_at timestamptz(3) not null,
  first_value bigint,
  first_currency text,
  value bigint,
  currency text,
  attributes jsonb not null default '{}',
  received_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  removed_at timestamptz(3),
  primary key (unit_id, site_id, id),
  foreign key (unit_id, site_id) references site,
  check (visitor_id is not null or email is not null)
);
create index reported_order_visitor on reported_order (unit_id, site_id, visitor_id) where visitor_id is not null;
create index reported_order_email on reported_order (unit_id, site_id, email) where email is not null;

create table custom_event (
  unit_id integer not null references business_unit,
  id bigint generated always as identity,
  item_id text not null,
  name text not null,
  email text,
  visitor_id text,
  occurred_at timestamptz(3) not null,
  stored_at timestamptz(3) not null default now(),
  properties jsonb not null default '{}',
  primary key (unit_id, id),
  unique (unit_id, item_id)
);
create index custom_event_time on custom_event (unit_id, occurred_at desc, id desc);

-- What was written beside the queue and must still be settled: a row for each order or identification, gone when done.
create table unsettled (
  unit_id integer not null,
  site_id text not null,
  no bigint generated always as identity,
  visitor_id text,
  order_id text,
  primary key (unit_id, site_id, no)
);

-- item: as it was sent, as JSON text, for it may hold what jsonb refuses. door: which decoder to ask again.
create table rejected_item (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  door text not null,
  batch_id text not null,
  place integer not null,
  reason rejection_reason not null,
  pointer text not null,
  item text not null,
  sent_at timestamptz(3),
  received_at timestamptz(3) not null,
  primary key (unit_id, id),
  unique (unit_id, batch_id, place)
);
create index rejected_item_time on rejected_item (unit_id, received_at desc, id desc);
create index rejected_item_age on rejected_item (received_at);

-- The counters tell the logs apart.
alter table intake_count add column log text not null default 'activity';
alter table intake_count drop constraint intake_count_pkey;
alter table intake_count add primary key (unit_id, site_id, log, day);
alter table intake_count alter column log drop default;
`
