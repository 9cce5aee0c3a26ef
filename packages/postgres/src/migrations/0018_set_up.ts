/** That the first administrator has come, from which moment on nobody becomes one by asking. */
export const setUp = /* sql */ `
-- One row at most, of all units; there from the first account on, however it was made, and never taken away.
create table set_up (
  unit_id integer not null default 0 check (unit_id = 0),
  done_at timestamptz(3) not null default now(),
  primary key (unit_id)
);
insert into set_up select where exists (select from panel_user);

create function close_set_up() returns trigger language plpgsql as $$
begin
  insert into set_up default values on conflict do nothing;
  return null;
end $$;
create trigger panel_user_closes_set_up after insert on panel_user for each row execute function close_set_up();
`
