/**
 * What each process of the SMS adapter tells of the queue that it fills, and how much each gateway reported in its last minute. Null where the
 * queue did not answer. `queue_share` is of its room, from 0 to 1.
 */
export const smsSpool = /* sql */ `
alter table sms_adapter add column queue_share double precision;
alter table sms_adapter add column queue_waiting bigint;
alter table sms_adapter add column queue_oldest_at timestamptz(3);
alter table sms_gateway_state add column last_minute integer not null default 0;
`
