/**
 * What the fields of a filter (`FilterFields`) are found by. A field that few rows share has an index that ends in the
 * time, so that a page of it is a stretch of the index; what is common to many rows (a site, a type, a method) is met
 * soon enough by walking the time. E-mails are in the order of bytes, in which a beginning is a stretch too. Addresses
 * have none: they are longer than an index takes.
 */
export const logIndexes = /* sql */ `
-- A filter names a visitor without a site; what names both loses nothing, for hardly any two sites share one.
drop index activity_visitor;
create index activity_visitor on activity (unit_id, visitor_id, occurred_at desc, id desc);
drop index session_event_visitor;
create index session_event_visitor on session_event (unit_id, visitor_id, occurred_at desc, id desc);

drop index session_email;
create index session_email on session (unit_id, email collate "C") where email is not null;
create index session_open on session (unit_id, closed_at) where ended_by is null;
create index session_event_email on session_event (unit_id, email collate "C", occurred_at desc, id desc)
  where email is not null;

create index panel_log_status on panel_log (unit_id, status, occurred_at desc, id desc);
create index panel_log_email on panel_log (unit_id, user_email collate "C", occurred_at desc, id desc)
  where user_email is not null;
create index panel_log_ip on panel_log (unit_id, ip, occurred_at desc, id desc) where ip is not null;
create index panel_log_request on panel_log (unit_id, request_id) where request_id is not null;

create index api_log_status on api_log (unit_id, status, occurred_at desc, id desc);
create index api_log_key_prefix on api_log (unit_id, key_prefix, occurred_at desc, id desc)
  where key_prefix is not null;
create index api_log_key_name on api_log (unit_id, key_name, occurred_at desc, id desc) where key_name is not null;
create index api_log_ip on api_log (unit_id, ip, occurred_at desc, id desc) where ip is not null;
create index api_log_request on api_log (unit_id, request_id);

create index sms_log_phone on sms_log (unit_id, phone, occurred_at desc, id desc) where phone is not null;
create index sms_log_code on sms_log (unit_id, error_code, occurred_at desc, id desc);
create index sms_log_gateway on sms_log (unit_id, gateway, occurred_at desc, id desc);
create index sms_log_sender on sms_log (unit_id, sender, occurred_at desc, id desc) where sender is not null;
`
