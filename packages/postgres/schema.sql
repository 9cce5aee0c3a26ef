-- Written by "npm run snapshot -w @spoor/postgres" from a migrated database; edit a migration instead.

create type activity_type as enum ('VisitOnWebsite', 'VisitOnProductPage', 'VisitOnCartListPage', 'VisitOnLoginPage', 'ModifyCart', 'VisitOnSalePage');

create type session_end_reason as enum ('inactivity', 'identity', 'capped');

create type session_event_type as enum ('AbandonedBrowse', 'AbandonedCart', 'FinalizedTransaction');

create type user_role as enum ('administrator', 'marketer', 'analyst', 'developer');

create type write_key_kind as enum ('browser', 'server');

create table activity (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  event_id text not null,
  visitor_id text not null,
  session_no bigint not null,
  type activity_type not null,
  occurred_at timestamp(3) with time zone not null,
  client_at timestamp(3) with time zone,
  received_at timestamp(3) with time zone not null,
  stored_at timestamp(3) with time zone not null default now(),
  sequence bigint not null,
  email text,
  is_logout boolean not null default false,
  url text,
  title text,
  referrer text,
  device text,
  product jsonb,
  cart jsonb,
  order_id text,
  order_value bigint,
  order_currency text,
  is_clock_wrong boolean not null default false,
  is_late boolean not null default false,
  is_history boolean not null default false,
  constraint activity_pkey PRIMARY KEY (unit_id, id),
  constraint activity_unit_id_site_id_event_id_key UNIQUE (unit_id, site_id, event_id)
);
CREATE INDEX activity_order ON public.activity USING btree (unit_id, site_id, order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX activity_session ON public.activity USING btree (unit_id, session_no, occurred_at);
CREATE INDEX activity_site_time ON public.activity USING btree (unit_id, site_id, occurred_at DESC, id DESC);
CREATE INDEX activity_time ON public.activity USING btree (unit_id, occurred_at DESC, id DESC);
CREATE INDEX activity_visitor ON public.activity USING btree (unit_id, site_id, visitor_id, occurred_at DESC, id DESC);

create table business_unit (
  unit_id integer generated always as identity,
  name text not null,
  time_zone text not null default 'Europe/Warsaw'::text,
  created_at timestamp(3) with time zone not null default now(),
  constraint business_unit_pkey PRIMARY KEY (unit_id)
);

create table intake (
  unit_id integer not null,
  batch_id text not null,
  stored_at timestamp(3) with time zone not null default now(),
  constraint intake_pkey PRIMARY KEY (unit_id, batch_id)
);

create table intake_count (
  unit_id integer not null,
  site_id text not null,
  day date not null,
  stored bigint not null default 0,
  duplicate bigint not null default 0,
  rejected bigint not null default 0,
  constraint intake_count_pkey PRIMARY KEY (unit_id, site_id, day)
);

create table order_seen (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  constraint order_seen_pkey PRIMARY KEY (unit_id, site_id, id)
);

create table panel_session (
  unit_id integer not null,
  id text not null,
  user_id text not null,
  expires_at timestamp with time zone not null,
  constraint panel_session_pkey PRIMARY KEY (unit_id, id),
  constraint panel_session_id_key UNIQUE (id),
  constraint panel_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES panel_user(id) ON DELETE CASCADE
);

create table panel_user (
  unit_id integer not null,
  id text not null,
  email text not null,
  password_hash text not null,
  role user_role not null,
  created_at timestamp(3) with time zone not null default now(),
  disabled_at timestamp(3) with time zone,
  constraint panel_user_pkey PRIMARY KEY (unit_id, id),
  constraint panel_user_email_key UNIQUE (email),
  constraint panel_user_id_key UNIQUE (id),
  constraint panel_user_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);

create table session (
  unit_id integer not null,
  no bigint generated always as identity,
  site_id text not null,
  id text not null,
  visitor_id text not null,
  email text,
  started_at timestamp(3) with time zone not null,
  ended_at timestamp(3) with time zone not null,
  closed_at timestamp(3) with time zone not null,
  ended_by session_end_reason,
  event_count integer not null,
  product_view_count integer not null,
  products_viewed integer not null,
  cart jsonb,
  cart_value bigint,
  cart_currency text,
  landing_url text,
  referrer text,
  device text,
  due_at timestamp(3) with time zone,
  constraint session_pkey PRIMARY KEY (unit_id, no),
  constraint session_unit_id_site_id_id_key UNIQUE (unit_id, site_id, id)
);
CREATE INDEX session_due ON public.session USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX session_email ON public.session USING btree (unit_id, email) WHERE (email IS NOT NULL);
CREATE INDEX session_visitor ON public.session USING btree (unit_id, site_id, visitor_id, started_at);

create table session_event (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  key text not null,
  type session_event_type not null,
  visitor_id text,
  email text,
  session_no bigint,
  segment integer not null,
  occurred_at timestamp(3) with time zone not null,
  emitted_at timestamp(3) with time zone not null,
  order_id text,
  is_inferred boolean not null default false,
  is_historic boolean not null default false,
  cart jsonb,
  order_value bigint,
  order_currency text,
  evidence jsonb not null,
  explanation jsonb not null,
  repeat_of bigint,
  recovered_by bigint,
  superseded_at timestamp(3) with time zone,
  superseded_reason text,
  superseded_by bigint,
  constraint session_event_pkey PRIMARY KEY (unit_id, id)
);
CREATE UNIQUE INDEX session_event_key ON public.session_event USING btree (unit_id, site_id, key) WHERE (superseded_at IS NULL);
CREATE INDEX session_event_session ON public.session_event USING btree (unit_id, session_no) WHERE (session_no IS NOT NULL);
CREATE INDEX session_event_time ON public.session_event USING btree (unit_id, occurred_at DESC, id DESC);
CREATE INDEX session_event_visitor ON public.session_event USING btree (unit_id, site_id, visitor_id, occurred_at DESC);

create table sign_in_throttle (
  unit_id integer not null,
  subject text not null,
  failures integer not null,
  last_failed_at timestamp(3) with time zone not null,
  constraint sign_in_throttle_pkey PRIMARY KEY (unit_id, subject)
);

create table site (
  unit_id integer not null,
  id text not null,
  name text not null,
  url text not null,
  inactivity_ms integer not null default 1800000,
  grace_ms integer not null default 600000,
  repeat_window_ms bigint not null default 86400000,
  recovery_window_ms bigint not null default 604800000,
  allowed_lateness_ms bigint not null default 86400000,
  created_at timestamp(3) with time zone not null default now(),
  constraint site_pkey PRIMARY KEY (unit_id, id),
  constraint site_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id),
  constraint site_allowed_lateness_ms_check CHECK ((allowed_lateness_ms >= 0)),
  constraint site_grace_ms_check CHECK (((grace_ms >= 0) AND (grace_ms <= 86400000))),
  constraint site_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint site_inactivity_ms_check CHECK (((inactivity_ms >= 60000) AND (inactivity_ms <= 14400000))),
  constraint site_recovery_window_ms_check CHECK ((recovery_window_ms >= 0)),
  constraint site_repeat_window_ms_check CHECK ((repeat_window_ms >= 0))
);

create table visitor (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  first_seen_at timestamp(3) with time zone not null,
  last_seen_at timestamp(3) with time zone not null,
  constraint visitor_pkey PRIMARY KEY (unit_id, site_id, id)
);

create table write_key (
  unit_id integer not null,
  id integer generated always as identity,
  site_id text not null,
  kind write_key_kind not null,
  name text not null,
  prefix text not null,
  key_sha256 text not null,
  public_key text,
  created_at timestamp(3) with time zone not null default now(),
  revoked_at timestamp(3) with time zone,
  constraint write_key_pkey PRIMARY KEY (unit_id, id),
  constraint write_key_key_sha256_key UNIQUE (key_sha256),
  constraint write_key_unit_id_site_id_fkey FOREIGN KEY (unit_id, site_id) REFERENCES site(unit_id, id),
  constraint write_key_check CHECK (((public_key IS NULL) = (kind = 'server'::write_key_kind)))
);
