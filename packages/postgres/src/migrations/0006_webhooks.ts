/**
 * Subscribers, and what each of them is still to be told: an outbox that is written with the ledger (ADR 0028).
 *
 * `next_attempt_at` of a delivery that is taken is when its taker is given up for dead.
 */
export const webhooks = /* sql */ `
create type webhook_message_type as enum (
  'outcome.superseded', 'outcome.emitted', 'outcome.amended', 'webhook.test'
);
create type webhook_delivery_state as enum ('waiting', 'delivered', 'failed');

-- secret: must be read to sign, so it is no hash. paused_until: the subscriber asked for a pause.
create table webhook (
  unit_id integer not null references business_unit,
  id integer generated always as identity,
  url text not null,
  secret text not null,
  outcome_types session_event_type[] not null,
  is_with_historic boolean not null default false,
  is_enabled boolean not null default true,
  disabled_reason text,
  paused_until timestamptz(3),
  created_at timestamptz(3) not null,
  primary key (unit_id, id),
  check (is_enabled = (disabled_reason is null))
);

-- session_event_id: null for a test. message_id: what the subscriber knows the message by, however often it comes.
create table webhook_delivery (
  unit_id integer not null,
  id bigint generated always as identity,
  webhook_id integer not null,
  message_id uuid not null default gen_random_uuid(),
  type webhook_message_type not null,
  session_event_id bigint,
  state webhook_delivery_state not null default 'waiting',
  is_taken boolean not null default false,
  attempts integer not null default 0,
  created_at timestamptz(3) not null,
  next_attempt_at timestamptz(3) not null,
  last_attempt_at timestamptz(3),
  last_status smallint,
  last_error text,
  delivered_at timestamptz(3),
  primary key (unit_id, id),
  foreign key (unit_id, webhook_id) references webhook on delete cascade,
  check ((type = 'webhook.test') = (session_event_id is null)),
  check ((state = 'delivered') = (delivered_at is not null))
);
create index webhook_delivery_log on webhook_delivery (unit_id, webhook_id, id desc);
create index webhook_delivery_due on webhook_delivery (unit_id, webhook_id, next_attempt_at, id)
  where state = 'waiting';
create index webhook_delivery_row on webhook_delivery (unit_id, session_event_id, webhook_id) where state = 'waiting';
create index webhook_delivery_taken on webhook_delivery (unit_id, webhook_id) where is_taken;
create index webhook_delivery_age on webhook_delivery (created_at) where state <> 'waiting';
`
