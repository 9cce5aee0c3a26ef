/**
 * How gateways of text messages are doing: what each process of the adapter tells every few seconds, and what gateways reported, by the hour.
 *
 * An adapter serves every unit. Its `ticket` proves to it that whoever asks has this database. `unreported_since` is when the first message was registered of which
 * nothing has been said since; `trace` are the last lines of a gateway that is traced, masked.
 */
export const smsHealth = /* sql */ `
alter table sms_gateway add column unreported_since timestamptz(3);
alter table sms_gateway add column traced_until timestamptz(3);

create table sms_adapter (
  unit_id integer not null references business_unit,
  ticket uuid not null,
  url text not null,
  seen_at timestamptz(3) not null,
  primary key (unit_id, ticket)
);
create index sms_adapter_age on sms_adapter (seen_at);

create table sms_gateway_state (
  unit_id integer not null,
  gateway_id integer not null,
  ticket uuid not null,
  problem text,
  binds jsonb not null,
  trace jsonb not null,
  primary key (unit_id, gateway_id, ticket),
  foreign key (unit_id, gateway_id) references sms_gateway,
  foreign key (unit_id, ticket) references sms_adapter on delete cascade
);
create index sms_gateway_state_adapter on sms_gateway_state (unit_id, ticket);

create table sms_report_count (
  unit_id integer not null,
  gateway_id integer not null,
  hour timestamptz(0) not null,
  said sms_said not null,
  count bigint not null,
  primary key (unit_id, gateway_id, hour, said),
  foreign key (unit_id, gateway_id) references sms_gateway
);
`
