/** How long a unit keeps its logs, where it is not the default (ADR 0040). Session events are kept as long as the activity. */
export const retention = /* sql */ `
create table retention (
  unit_id integer not null references business_unit,
  log text not null check (log in ('panel', 'activity', 'api', 'sms')),
  days integer not null check (days between 30 and 3650),
  primary key (unit_id, log)
);
`
