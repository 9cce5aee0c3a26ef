/**
 * Sessions are read through a view as their rows are: one table below a policy in a query, and no other in it is looked up by an
 * expression or an enumeration (ADR 0054). Frequent addresses are known by their frequency: there are hundreds in a shop.
 */
export const seenSessions = /* sql */ `
create view of_unit.session as
  select * from session where unit_id = (select current_setting('spoor.unit')::integer);
grant select on of_unit.session to spoor_unit;

alter index activity_url alter column 2 set statistics 500;
`
