/** When a log was last cleared of what was kept long enough, and whose password is one that somebody else knows. */
export const administration = /* sql */ `
create table retention_run (
  unit_id integer not null references business_unit,
  log text not null,
  ended_at timestamptz(3) not null,
  removed integer not null,
  primary key (unit_id, log)
);
alter table retention_run enable row level security;
create policy of_unit on retention_run using (unit_id = (select current_setting('spoor.unit')::integer));

-- A password that was handed over opens nothing but the page on which its owner thinks up another.
alter table panel_user add column is_password_handed_over boolean not null default false;
`
