/**
 * Queue messages that failed: those that are still tried (`is_dead` false) and those that were put aside.
 *
 * `unit_id` is 0 where the body does not say it. `body` is bytes, because a text of PostgreSQL's holds no NUL and a body
 * that cannot be read may be anything. `id` is unique across units, for whoever names a letter knows no unit.
 */
export const deadLetters = /* sql */ `
create table dead_letter (
  unit_id integer not null,
  id bigint generated always as identity,
  topic text not null,
  message_id text not null,
  body bytea not null,
  error text not null,
  tries integer not null,
  is_dead boolean not null,
  appended_at timestamptz(3) not null,
  failed_at timestamptz(3) not null,
  primary key (unit_id, id),
  unique (unit_id, topic, message_id)
);
create index dead_letter_id on dead_letter (id desc) where is_dead;
`
