/**
 * What is remembered of text messages, so that a failed one has one row in the SMS log (ADR 0034).
 *
 * A message goes by names: its gateway's IDs, one for each part, and its sender's own. They are not unique: a batch has one for many phones.
 * `failure` is the row that the message would make, kept while it waits for `due_at`.
 */
export const smsMessages = /* sql */ `
create type sms_standing as enum ('submitted', 'provisional', 'delivered', 'failed');
create type sms_said as enum ('submitted', 'intermediate', 'provisional', 'delivered', 'failed');

create table sms_message (
  unit_id integer not null,
  gateway_id integer not null,
  id uuid not null,
  standing sms_standing not null,
  phone text,
  sender text,
  is_registered boolean not null,
  failure jsonb,
  due_at timestamptz(3),
  is_logged boolean not null,
  first_seen_at timestamptz(3) not null,
  primary key (unit_id, gateway_id, id),
  foreign key (unit_id, gateway_id) references sms_gateway
);
create index sms_message_due on sms_message (due_at) where due_at is not null;
create index sms_message_age on sms_message (first_seen_at) where standing <> 'failed';

create table sms_message_name (
  unit_id integer not null,
  gateway_id integer not null,
  name text not null,
  message_id uuid not null,
  primary key (unit_id, gateway_id, name, message_id),
  foreign key (unit_id, gateway_id, message_id) references sms_message on delete cascade
);
create index sms_message_name_message on sms_message_name (unit_id, gateway_id, message_id);

-- What gateways said of a message that failed: the first is what its row tells of, the others are notes.
create table sms_report (
  unit_id integer not null,
  gateway_id integer not null,
  key text not null,
  message_id uuid not null,
  said sms_said not null,
  raw_code text,
  payload text,
  reported_at timestamptz(3),
  received_at timestamptz(3) not null,
  primary key (unit_id, gateway_id, message_id, key),
  foreign key (unit_id, gateway_id, message_id) references sms_message on delete cascade
);

-- What came from a gateway and was not understood.
create table sms_unreadable (
  unit_id integer not null,
  gateway_id integer not null,
  id bigint generated always as identity,
  reason text not null,
  payload text not null,
  received_at timestamptz(3) not null,
  primary key (unit_id, id),
  foreign key (unit_id, gateway_id) references sms_gateway
);
create index sms_unreadable_age on sms_unreadable (received_at);
`
