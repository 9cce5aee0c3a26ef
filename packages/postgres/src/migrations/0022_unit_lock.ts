/**
 * A role that sees and changes rows of one unit only, whatever a query asks for (ADR 0047).
 *
 * The unit is `spoor.unit` of the transaction; without one every query fails. Tables whose rows are of no unit are left out.
 * Of three tables it reads views with the same condition: below a policy, PostgreSQL uses no index by an operator that might tell of
 * rows in its errors, such as that of enumerations, or by an expression.
 */
export const unitLock = /* sql */ `
do $$ begin
  if not exists (select from pg_roles where rolname = 'spoor_unit') then
    create role spoor_unit nologin;
    execute format('grant spoor_unit to %I', current_user);
  end if;
  -- Fails now, and not with the first request, where somebody else made the role and did not grant it.
  perform set_config('role', 'spoor_unit', true);
  perform set_config('role', 'none', true);
end $$;

do $$ declare name text; begin
  for name in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'unit_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in ('sign_in_throttle', 'set_up')
    order by c.relname
  loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy of_unit on %I using (unit_id = (select current_setting(''spoor.unit'')::integer))', name);
  end loop;
end $$;

create schema of_unit;
create view of_unit.activity as
  select * from activity where unit_id = (select current_setting('spoor.unit')::integer);
create view of_unit.session_event as
  select * from session_event where unit_id = (select current_setting('spoor.unit')::integer);
create view of_unit.api_log as
  select * from api_log where unit_id = (select current_setting('spoor.unit')::integer);

grant usage on schema public, of_unit to spoor_unit;
grant select on all tables in schema of_unit to spoor_unit;
grant select, insert, update, delete on all tables in schema public to spoor_unit;
revoke all on migration from spoor_unit;
alter default privileges in schema public grant select, insert, update, delete on tables to spoor_unit;
`
