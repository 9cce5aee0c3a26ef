/**
 * The gateways of a business unit's text messages, and what they are set to (contracts/SmsGateway.ts). Secrets are not here: only their names, and
 * the hashes of those that stand in addresses. A removed gateway keeps its row, for its messages still name it.
 */
export const smsGateways = /* sql */ `
create table sms_gateway (
  unit_id integer not null references business_unit,
  id integer generated always as identity,
  key text not null,
  name text not null,
  plugin text not null,
  settings jsonb not null,
  last_report_at timestamptz(3),
  created_at timestamptz(3) not null,
  removed_at timestamptz(3),
  primary key (unit_id, id)
);
create unique index sms_gateway_key on sms_gateway (key) where removed_at is null;
`
