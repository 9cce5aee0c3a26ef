/**
 * How a site's rules were changed (ADR 0032). A site's own columns are its first version; each row is a further one, of sessions
 * that begin from `applies_from` on. Rows are added, never changed.
 *
 * The index is for counting sessions by the time at which they began.
 */
export const siteRules = /* sql */ `
create table site_rules (
  unit_id integer not null,
  site_id text not null,
  version integer not null check (version >= 2),
  inactivity_ms integer not null check (inactivity_ms between 60000 and 14400000),
  grace_ms integer not null check (grace_ms between 0 and 86400000),
  repeat_window_ms bigint not null check (repeat_window_ms >= 0),
  recovery_window_ms bigint not null check (recovery_window_ms >= 0),
  allowed_lateness_ms bigint not null check (allowed_lateness_ms >= 0),
  applies_from timestamptz(3) not null,
  changed_by text not null references panel_user (id),
  changed_at timestamptz(3) not null,
  primary key (unit_id, site_id, version),
  foreign key (unit_id, site_id) references site
);

create index session_begin on session (unit_id, started_at);
`
