/** What somebody has besides their password: an app that shows codes, and codes for the day on which it is lost. */
export const secondFactor = /* sql */ `
-- secret: what the app and Spoor share. enabled_at: null until a code of the app has been seen. last_step: the 30 seconds since
-- 1970 whose code was taken last, so that none is taken twice.
create table second_factor (
  unit_id integer not null,
  user_id text not null,
  secret text not null,
  enabled_at timestamptz(3),
  last_step bigint not null default 0,
  primary key (unit_id, user_id),
  foreign key (unit_id, user_id) references panel_user (unit_id, id) on delete cascade
);

-- Each opens the account once, and is gone then.
create table recovery_code (
  unit_id integer not null,
  user_id text not null,
  sha256 text not null,
  primary key (unit_id, user_id, sha256),
  foreign key (unit_id, user_id) references second_factor (unit_id, user_id) on delete cascade
);

-- Somebody whose password was right, and whose code is awaited. id: the digest of what their browser holds.
create table sign_in_step (
  unit_id integer not null,
  id text not null unique,
  user_id text not null,
  expires_at timestamptz(3) not null,
  primary key (unit_id, id),
  foreign key (unit_id, user_id) references panel_user (unit_id, id) on delete cascade
);
`
