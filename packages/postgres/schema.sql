-- Written by "npm run snapshot -w @spoor/postgres" from a migrated database; edit a migration instead.

create type activity_type as enum ('VisitOnWebsite', 'VisitOnProductPage', 'VisitOnCartListPage', 'VisitOnLoginPage', 'ModifyCart', 'VisitOnSalePage');

create type rejection_reason as enum ('malformed', 'missing', 'invalid', 'unknown-type', 'unstorable-text', 'too-large', 'forbidden');

create type session_end_reason as enum ('inactivity', 'identity', 'capped');

create type session_event_type as enum ('AbandonedBrowse', 'AbandonedCart', 'FinalizedTransaction');

create type sms_protocol as enum ('smpp', 'http');

create type sms_said as enum ('submitted', 'intermediate', 'provisional', 'delivered', 'failed');

create type sms_standing as enum ('submitted', 'provisional', 'delivered', 'failed');

create type user_role as enum ('administrator', 'marketer', 'analyst', 'developer');

create type webhook_delivery_state as enum ('waiting', 'delivered', 'failed');

create type webhook_message_type as enum ('outcome.superseded', 'outcome.emitted', 'outcome.amended', 'webhook.test');

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
  cart_change jsonb,
  constraint activity_pkey PRIMARY KEY (unit_id, id),
  constraint activity_unit_id_site_id_event_id_key UNIQUE (unit_id, site_id, event_id)
);
CREATE INDEX activity_order ON public.activity USING btree (unit_id, site_id, order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX activity_session ON public.activity USING btree (unit_id, session_no, occurred_at, type);
CREATE INDEX activity_site_time ON public.activity USING btree (unit_id, site_id, occurred_at DESC, id DESC);
CREATE INDEX activity_time ON public.activity USING btree (unit_id, occurred_at DESC, id DESC);
CREATE INDEX activity_type ON public.activity USING btree (unit_id, site_id, type, occurred_at DESC, id DESC, session_no);
CREATE INDEX activity_url ON public.activity USING btree (unit_id, "left"(url, 200) COLLATE "C", site_id, type, occurred_at DESC, id DESC, session_no, visitor_id);
CREATE INDEX activity_visitor ON public.activity USING btree (unit_id, visitor_id, occurred_at DESC, id DESC, type);

create table api_key (
  unit_id integer not null,
  id integer generated always as identity,
  name text not null,
  prefix text not null,
  key_sha256 text not null,
  created_at timestamp(3) with time zone not null default now(),
  revoked_at timestamp(3) with time zone,
  constraint api_key_pkey PRIMARY KEY (unit_id, id),
  constraint api_key_key_sha256_key UNIQUE (key_sha256),
  constraint api_key_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);

create table api_log (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  occurred_at timestamp(3) with time zone not null,
  stored_at timestamp(3) with time zone not null default now(),
  url text not null,
  method text not null,
  status smallint not null,
  key_name text,
  key_prefix text,
  ip text,
  request_id text not null,
  processing_ms double precision not null,
  user_agent text,
  constraint api_log_pkey PRIMARY KEY (unit_id, id),
  constraint api_log_unit_id_item_id_key UNIQUE (unit_id, item_id),
  constraint api_log_check CHECK (((key_name IS NULL) = (key_prefix IS NULL)))
);
CREATE INDEX api_log_ip ON public.api_log USING btree (unit_id, ip, occurred_at DESC, id DESC) WHERE (ip IS NOT NULL);
CREATE INDEX api_log_key_name ON public.api_log USING btree (unit_id, key_name, occurred_at DESC, id DESC) WHERE (key_name IS NOT NULL);
CREATE INDEX api_log_key_prefix ON public.api_log USING btree (unit_id, key_prefix, occurred_at DESC, id DESC) WHERE (key_prefix IS NOT NULL);
CREATE INDEX api_log_method ON public.api_log USING btree (unit_id, method, occurred_at DESC, id DESC);
CREATE INDEX api_log_request ON public.api_log USING btree (unit_id, request_id);
CREATE INDEX api_log_status ON public.api_log USING btree (unit_id, status, occurred_at DESC, id DESC);
CREATE INDEX api_log_subject ON public.api_log USING btree (unit_id, "left"(url, 400) COLLATE "C", occurred_at DESC, id DESC) WHERE ((url ^@ '/customers/'::text) OR (url ^@ '/orders/'::text));
CREATE INDEX api_log_time ON public.api_log USING btree (unit_id, occurred_at DESC, id DESC);

create table business_unit (
  unit_id integer generated always as identity,
  name text not null,
  time_zone text not null default 'Europe/Warsaw'::text,
  created_at timestamp(3) with time zone not null default now(),
  closed_at timestamp(3) with time zone,
  constraint business_unit_pkey PRIMARY KEY (unit_id)
);

create table custom_event (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  name text not null,
  email text,
  visitor_id text,
  occurred_at timestamp(3) with time zone not null,
  stored_at timestamp(3) with time zone not null default now(),
  properties jsonb not null default '{}'::jsonb,
  constraint custom_event_pkey PRIMARY KEY (unit_id, id),
  constraint custom_event_unit_id_item_id_key UNIQUE (unit_id, item_id),
  constraint custom_event_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);
CREATE INDEX custom_event_time ON public.custom_event USING btree (unit_id, occurred_at DESC, id DESC);

create table customer (
  unit_id integer not null,
  id text not null,
  email text,
  phone text,
  attributes jsonb not null default '{}'::jsonb,
  created_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  constraint customer_pkey PRIMARY KEY (unit_id, id),
  constraint customer_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);
CREATE UNIQUE INDEX customer_email ON public.customer USING btree (unit_id, email) WHERE (email IS NOT NULL);
CREATE INDEX customer_phone ON public.customer USING btree (unit_id, phone) WHERE (phone IS NOT NULL);

create table dead_letter (
  unit_id integer not null,
  id bigint generated always as identity,
  topic text not null,
  message_id text not null,
  body bytea not null,
  error text not null,
  tries integer not null,
  is_dead boolean not null,
  appended_at timestamp(3) with time zone not null,
  failed_at timestamp(3) with time zone not null,
  constraint dead_letter_pkey PRIMARY KEY (unit_id, id),
  constraint dead_letter_unit_id_topic_message_id_key UNIQUE (unit_id, topic, message_id)
);
CREATE INDEX dead_letter_id ON public.dead_letter USING btree (id DESC) WHERE is_dead;

create table identification (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  visitor_id text not null,
  email text not null,
  occurred_at timestamp(3) with time zone not null,
  received_at timestamp(3) with time zone not null,
  constraint identification_pkey PRIMARY KEY (unit_id, site_id, id),
  constraint identification_unit_id_site_id_fkey FOREIGN KEY (unit_id, site_id) REFERENCES site(unit_id, id)
);
CREATE INDEX identification_visitor ON public.identification USING btree (unit_id, site_id, visitor_id, occurred_at);

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
  log text not null,
  constraint intake_count_pkey PRIMARY KEY (unit_id, site_id, log, day)
);

create table log_layout (
  unit_id integer not null,
  user_id text not null,
  log text not null,
  hidden text[] not null default '{}'::text[],
  widths jsonb not null default '{}'::jsonb,
  is_roomy boolean not null default false,
  constraint log_layout_pkey PRIMARY KEY (unit_id, user_id, log),
  constraint log_layout_unit_id_user_id_fkey FOREIGN KEY (unit_id, user_id) REFERENCES panel_user(unit_id, id) ON DELETE CASCADE
);

create table order_seen (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  constraint order_seen_pkey PRIMARY KEY (unit_id, site_id, id)
);

create table panel_log (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  occurred_at timestamp(3) with time zone not null,
  stored_at timestamp(3) with time zone not null default now(),
  url text not null,
  method text not null,
  status smallint not null,
  user_email text,
  user_id text,
  ip text,
  request_id text,
  processing_ms double precision not null,
  user_agent text,
  constraint panel_log_pkey PRIMARY KEY (unit_id, id),
  constraint panel_log_unit_id_item_id_key UNIQUE (unit_id, item_id)
);
CREATE INDEX panel_log_email ON public.panel_log USING btree (unit_id, user_email COLLATE "C", occurred_at DESC, id DESC) WHERE (user_email IS NOT NULL);
CREATE INDEX panel_log_ip ON public.panel_log USING btree (unit_id, ip, occurred_at DESC, id DESC) WHERE (ip IS NOT NULL);
CREATE INDEX panel_log_method ON public.panel_log USING btree (unit_id, method, occurred_at DESC, id DESC);
CREATE INDEX panel_log_request ON public.panel_log USING btree (unit_id, request_id) WHERE (request_id IS NOT NULL);
CREATE INDEX panel_log_status ON public.panel_log USING btree (unit_id, status, occurred_at DESC, id DESC);
CREATE INDEX panel_log_time ON public.panel_log USING btree (unit_id, occurred_at DESC, id DESC);

create table panel_log_chain (
  unit_id integer not null,
  seq bigint not null,
  link bytea not null,
  constraint panel_log_chain_pkey PRIMARY KEY (unit_id)
);

create table panel_log_link (
  unit_id integer not null,
  seq bigint not null,
  row_id bigint not null,
  occurred_at timestamp(3) with time zone not null,
  facts bytea not null,
  who_salt bytea,
  who bytea not null,
  url_salt bytea,
  url bytea not null,
  agent_salt bytea,
  agent bytea not null,
  link bytea not null,
  constraint panel_log_link_pkey PRIMARY KEY (unit_id, seq),
  constraint panel_log_link_unit_id_row_id_key UNIQUE (unit_id, row_id)
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
  is_password_handed_over boolean not null default false,
  constraint panel_user_pkey PRIMARY KEY (unit_id, id),
  constraint panel_user_email_key UNIQUE (email),
  constraint panel_user_id_key UNIQUE (id),
  constraint panel_user_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);

create table recovery_code (
  unit_id integer not null,
  user_id text not null,
  sha256 text not null,
  constraint recovery_code_pkey PRIMARY KEY (unit_id, user_id, sha256),
  constraint recovery_code_unit_id_user_id_fkey FOREIGN KEY (unit_id, user_id) REFERENCES second_factor(unit_id, user_id) ON DELETE CASCADE
);

create table rejected_item (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  door text not null,
  batch_id text not null,
  place integer not null,
  reason rejection_reason not null,
  pointer text not null,
  item text not null,
  sent_at timestamp(3) with time zone,
  received_at timestamp(3) with time zone not null,
  constraint rejected_item_pkey PRIMARY KEY (unit_id, id),
  constraint rejected_item_unit_id_batch_id_place_key UNIQUE (unit_id, batch_id, place)
);
CREATE INDEX rejected_item_age ON public.rejected_item USING btree (received_at);
CREATE INDEX rejected_item_time ON public.rejected_item USING btree (unit_id, received_at DESC, id DESC);

create table rejected_replay (
  unit_id integer not null,
  ids bigint[],
  site_id text,
  reason rejection_reason,
  asked_at timestamp(3) with time zone not null,
  after_at timestamp(3) with time zone not null,
  after_id bigint not null,
  stored integer not null default 0,
  duplicate integer not null default 0,
  rejected integer not null default 0,
  held_until timestamp(3) with time zone,
  finished_at timestamp(3) with time zone,
  constraint rejected_replay_pkey PRIMARY KEY (unit_id),
  constraint rejected_replay_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);

create table reported_order (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  visitor_id text,
  email text,
  occurred_at timestamp(3) with time zone not null,
  first_value bigint,
  first_currency text,
  value bigint,
  currency text,
  attributes jsonb not null default '{}'::jsonb,
  received_at timestamp(3) with time zone not null,
  updated_at timestamp(3) with time zone not null,
  removed_at timestamp(3) with time zone,
  constraint reported_order_pkey PRIMARY KEY (unit_id, site_id, id),
  constraint reported_order_unit_id_site_id_fkey FOREIGN KEY (unit_id, site_id) REFERENCES site(unit_id, id),
  constraint reported_order_check CHECK (((visitor_id IS NOT NULL) OR (email IS NOT NULL)))
);
CREATE INDEX reported_order_email ON public.reported_order USING btree (unit_id, site_id, email) WHERE (email IS NOT NULL);
CREATE INDEX reported_order_visitor ON public.reported_order USING btree (unit_id, site_id, visitor_id) WHERE (visitor_id IS NOT NULL);

create table retention (
  unit_id integer not null,
  log text not null,
  days integer not null,
  constraint retention_pkey PRIMARY KEY (unit_id, log),
  constraint retention_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id),
  constraint retention_days_check CHECK (((days >= 30) AND (days <= 3650))),
  constraint retention_log_check CHECK ((log = ANY (ARRAY['panel'::text, 'activity'::text, 'api'::text, 'sms'::text])))
);

create table retention_run (
  unit_id integer not null,
  log text not null,
  ended_at timestamp(3) with time zone not null,
  removed integer not null,
  constraint retention_run_pkey PRIMARY KEY (unit_id, log),
  constraint retention_run_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);

create table saved_view (
  unit_id integer not null,
  id integer generated always as identity,
  log text not null,
  owner_id text not null,
  name text not null,
  is_shared boolean not null,
  query text not null,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint saved_view_pkey PRIMARY KEY (unit_id, id),
  constraint saved_view_unit_id_owner_id_fkey FOREIGN KEY (unit_id, owner_id) REFERENCES panel_user(unit_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX saved_view_name ON public.saved_view USING btree (unit_id, owner_id, log, lower(name));

create table second_factor (
  unit_id integer not null,
  user_id text not null,
  secret text not null,
  enabled_at timestamp(3) with time zone,
  last_step bigint not null default 0,
  constraint second_factor_pkey PRIMARY KEY (unit_id, user_id),
  constraint second_factor_unit_id_user_id_fkey FOREIGN KEY (unit_id, user_id) REFERENCES panel_user(unit_id, id) ON DELETE CASCADE
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
CREATE INDEX session_begin ON public.session USING btree (unit_id, started_at);
CREATE INDEX session_due ON public.session USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX session_email ON public.session USING btree (unit_id, email COLLATE "C") INCLUDE (no, started_at, ended_at) WHERE (email IS NOT NULL);
CREATE INDEX session_open ON public.session USING btree (unit_id, closed_at) INCLUDE (no) WHERE (ended_by IS NULL);
CREATE INDEX session_visitor ON public.session USING btree (unit_id, site_id, visitor_id, started_at, email COLLATE "C");

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
CREATE INDEX session_event_email ON public.session_event USING btree (unit_id, email COLLATE "C", occurred_at DESC, id DESC) WHERE (email IS NOT NULL);
CREATE UNIQUE INDEX session_event_key ON public.session_event USING btree (unit_id, site_id, key) WHERE (superseded_at IS NULL);
CREATE INDEX session_event_session ON public.session_event USING btree (unit_id, session_no) WHERE (session_no IS NOT NULL);
CREATE INDEX session_event_superseded ON public.session_event USING btree (unit_id, site_id, key) WHERE (superseded_at IS NOT NULL);
CREATE INDEX session_event_time ON public.session_event USING btree (unit_id, occurred_at DESC, id DESC);
CREATE INDEX session_event_type ON public.session_event USING btree (unit_id, site_id, type, occurred_at DESC, id DESC);
CREATE INDEX session_event_visitor ON public.session_event USING btree (unit_id, visitor_id, occurred_at DESC, id DESC, type);

create table set_up (
  unit_id integer not null default 0,
  done_at timestamp(3) with time zone not null default now(),
  constraint set_up_pkey PRIMARY KEY (unit_id),
  constraint set_up_unit_id_check CHECK ((unit_id = 0))
);

create table sign_in_step (
  unit_id integer not null,
  id text not null,
  user_id text not null,
  expires_at timestamp(3) with time zone not null,
  constraint sign_in_step_pkey PRIMARY KEY (unit_id, id),
  constraint sign_in_step_id_key UNIQUE (id),
  constraint sign_in_step_unit_id_user_id_fkey FOREIGN KEY (unit_id, user_id) REFERENCES panel_user(unit_id, id) ON DELETE CASCADE
);

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
  event_map jsonb,
  constraint site_pkey PRIMARY KEY (unit_id, id),
  constraint site_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id),
  constraint site_allowed_lateness_ms_check CHECK ((allowed_lateness_ms >= 0)),
  constraint site_grace_ms_check CHECK (((grace_ms >= 0) AND (grace_ms <= 86400000))),
  constraint site_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint site_inactivity_ms_check CHECK (((inactivity_ms >= 60000) AND (inactivity_ms <= 14400000))),
  constraint site_recovery_window_ms_check CHECK ((recovery_window_ms >= 0)),
  constraint site_repeat_window_ms_check CHECK ((repeat_window_ms >= 0))
);

create table site_rules (
  unit_id integer not null,
  site_id text not null,
  version integer not null,
  inactivity_ms integer not null,
  grace_ms integer not null,
  repeat_window_ms bigint not null,
  recovery_window_ms bigint not null,
  allowed_lateness_ms bigint not null,
  applies_from timestamp(3) with time zone not null,
  changed_by text not null,
  changed_at timestamp(3) with time zone not null,
  constraint site_rules_pkey PRIMARY KEY (unit_id, site_id, version),
  constraint site_rules_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES panel_user(id),
  constraint site_rules_unit_id_site_id_fkey FOREIGN KEY (unit_id, site_id) REFERENCES site(unit_id, id),
  constraint site_rules_allowed_lateness_ms_check CHECK ((allowed_lateness_ms >= 0)),
  constraint site_rules_grace_ms_check CHECK (((grace_ms >= 0) AND (grace_ms <= 86400000))),
  constraint site_rules_inactivity_ms_check CHECK (((inactivity_ms >= 60000) AND (inactivity_ms <= 14400000))),
  constraint site_rules_recovery_window_ms_check CHECK ((recovery_window_ms >= 0)),
  constraint site_rules_repeat_window_ms_check CHECK ((repeat_window_ms >= 0)),
  constraint site_rules_version_check CHECK ((version >= 2))
);

create table sms_adapter (
  unit_id integer not null,
  ticket uuid not null,
  url text not null,
  seen_at timestamp(3) with time zone not null,
  queue_share double precision,
  queue_waiting bigint,
  queue_oldest_at timestamp(3) with time zone,
  constraint sms_adapter_pkey PRIMARY KEY (unit_id, ticket),
  constraint sms_adapter_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);
CREATE INDEX sms_adapter_age ON public.sms_adapter USING btree (seen_at);

create table sms_gateway (
  unit_id integer not null,
  id integer generated always as identity,
  key text not null,
  name text not null,
  plugin text not null,
  settings jsonb not null,
  last_report_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  removed_at timestamp(3) with time zone,
  unreported_since timestamp(3) with time zone,
  traced_until timestamp(3) with time zone,
  constraint sms_gateway_pkey PRIMARY KEY (unit_id, id),
  constraint sms_gateway_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id)
);
CREATE UNIQUE INDEX sms_gateway_key ON public.sms_gateway USING btree (key) WHERE (removed_at IS NULL);

create table sms_gateway_state (
  unit_id integer not null,
  gateway_id integer not null,
  ticket uuid not null,
  problem text,
  binds jsonb not null,
  trace jsonb not null,
  last_minute integer not null default 0,
  constraint sms_gateway_state_pkey PRIMARY KEY (unit_id, gateway_id, ticket),
  constraint sms_gateway_state_unit_id_gateway_id_fkey FOREIGN KEY (unit_id, gateway_id) REFERENCES sms_gateway(unit_id, id),
  constraint sms_gateway_state_unit_id_ticket_fkey FOREIGN KEY (unit_id, ticket) REFERENCES sms_adapter(unit_id, ticket) ON DELETE CASCADE
);
CREATE INDEX sms_gateway_state_adapter ON public.sms_gateway_state USING btree (unit_id, ticket);

create table sms_log (
  unit_id integer not null,
  id bigint generated always as identity,
  item_id text not null,
  occurred_at timestamp(3) with time zone not null,
  stored_at timestamp(3) with time zone not null default now(),
  gateway text not null,
  sender text,
  phone text,
  error_code text not null,
  error_text text not null,
  raw_code text,
  payload text,
  raw_phone text,
  protocol sms_protocol not null,
  message_id text,
  permanence text not null,
  category text not null,
  reported_at timestamp(3) with time zone,
  constraint sms_log_pkey PRIMARY KEY (unit_id, id),
  constraint sms_log_unit_id_item_id_key UNIQUE (unit_id, item_id)
);
CREATE INDEX sms_log_category ON public.sms_log USING btree (unit_id, category, occurred_at DESC, id DESC);
CREATE INDEX sms_log_code ON public.sms_log USING btree (unit_id, error_code, occurred_at DESC, id DESC);
CREATE INDEX sms_log_gateway ON public.sms_log USING btree (unit_id, gateway, occurred_at DESC, id DESC);
CREATE INDEX sms_log_permanence ON public.sms_log USING btree (unit_id, permanence, occurred_at DESC, id DESC);
CREATE INDEX sms_log_phone ON public.sms_log USING btree (unit_id, phone, occurred_at DESC, id DESC) WHERE (phone IS NOT NULL);
CREATE INDEX sms_log_sender ON public.sms_log USING btree (unit_id, sender, occurred_at DESC, id DESC) WHERE (sender IS NOT NULL);
CREATE INDEX sms_log_time ON public.sms_log USING btree (unit_id, occurred_at DESC, id DESC);

create table sms_message (
  unit_id integer not null,
  gateway_id integer not null,
  id uuid not null,
  standing sms_standing not null,
  phone text,
  sender text,
  is_registered boolean not null,
  failure jsonb,
  due_at timestamp(3) with time zone,
  is_logged boolean not null,
  first_seen_at timestamp(3) with time zone not null,
  constraint sms_message_pkey PRIMARY KEY (unit_id, gateway_id, id),
  constraint sms_message_unit_id_gateway_id_fkey FOREIGN KEY (unit_id, gateway_id) REFERENCES sms_gateway(unit_id, id)
);
CREATE INDEX sms_message_age ON public.sms_message USING btree (first_seen_at) WHERE (standing <> 'failed'::sms_standing);
CREATE INDEX sms_message_due ON public.sms_message USING btree (due_at) WHERE (due_at IS NOT NULL);

create table sms_message_name (
  unit_id integer not null,
  gateway_id integer not null,
  name text not null,
  message_id uuid not null,
  constraint sms_message_name_pkey PRIMARY KEY (unit_id, gateway_id, name, message_id),
  constraint sms_message_name_unit_id_gateway_id_message_id_fkey FOREIGN KEY (unit_id, gateway_id, message_id) REFERENCES sms_message(unit_id, gateway_id, id) ON DELETE CASCADE
);
CREATE INDEX sms_message_name_message ON public.sms_message_name USING btree (unit_id, gateway_id, message_id);

create table sms_report (
  unit_id integer not null,
  gateway_id integer not null,
  key text not null,
  message_id uuid not null,
  said sms_said not null,
  raw_code text,
  payload text,
  reported_at timestamp(3) with time zone,
  received_at timestamp(3) with time zone not null,
  constraint sms_report_pkey PRIMARY KEY (unit_id, gateway_id, message_id, key),
  constraint sms_report_unit_id_gateway_id_message_id_fkey FOREIGN KEY (unit_id, gateway_id, message_id) REFERENCES sms_message(unit_id, gateway_id, id) ON DELETE CASCADE
);

create table sms_report_count (
  unit_id integer not null,
  gateway_id integer not null,
  hour timestamp(0) with time zone not null,
  said sms_said not null,
  count bigint not null,
  constraint sms_report_count_pkey PRIMARY KEY (unit_id, gateway_id, hour, said),
  constraint sms_report_count_unit_id_gateway_id_fkey FOREIGN KEY (unit_id, gateway_id) REFERENCES sms_gateway(unit_id, id)
);

create table sms_unreadable (
  unit_id integer not null,
  gateway_id integer not null,
  id bigint generated always as identity,
  reason text not null,
  payload text not null,
  received_at timestamp(3) with time zone not null,
  constraint sms_unreadable_pkey PRIMARY KEY (unit_id, id),
  constraint sms_unreadable_unit_id_gateway_id_fkey FOREIGN KEY (unit_id, gateway_id) REFERENCES sms_gateway(unit_id, id)
);
CREATE INDEX sms_unreadable_age ON public.sms_unreadable USING btree (received_at);

create table unlinking (
  unit_id integer not null,
  id bigint generated always as identity,
  site_id text not null,
  visitor_id text not null,
  email text not null,
  from_at timestamp(3) with time zone,
  until_at timestamp(3) with time zone,
  reason text,
  decided_at timestamp(3) with time zone not null,
  decided_by text,
  undone_at timestamp(3) with time zone,
  undone_by text,
  constraint unlinking_pkey PRIMARY KEY (unit_id, id),
  constraint unlinking_unit_id_site_id_fkey FOREIGN KEY (unit_id, site_id) REFERENCES site(unit_id, id),
  constraint unlinking_check CHECK ((from_at <= until_at))
);
CREATE INDEX unlinking_email ON public.unlinking USING btree (unit_id, email);
CREATE UNIQUE INDEX unlinking_standing ON public.unlinking USING btree (unit_id, site_id, visitor_id, email, from_at, until_at) NULLS NOT DISTINCT WHERE (undone_at IS NULL);
CREATE INDEX unlinking_visitor ON public.unlinking USING btree (unit_id, visitor_id);

create table unsettled (
  unit_id integer not null,
  site_id text not null,
  no bigint generated always as identity,
  visitor_id text,
  order_id text,
  constraint unsettled_pkey PRIMARY KEY (unit_id, site_id, no)
);

create table visitor (
  unit_id integer not null,
  site_id text not null,
  id text not null,
  first_seen_at timestamp(3) with time zone not null,
  last_seen_at timestamp(3) with time zone not null,
  version xid8,
  version_before xid8,
  constraint visitor_pkey PRIMARY KEY (unit_id, site_id, id)
);

create table webhook (
  unit_id integer not null,
  id integer generated always as identity,
  url text not null,
  secret text not null,
  outcome_types session_event_type[] not null,
  is_with_historic boolean not null default false,
  is_enabled boolean not null default true,
  disabled_reason text,
  paused_until timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null,
  constraint webhook_pkey PRIMARY KEY (unit_id, id),
  constraint webhook_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES business_unit(unit_id),
  constraint webhook_check CHECK ((is_enabled = (disabled_reason IS NULL)))
);

create table webhook_delivery (
  unit_id integer not null,
  id bigint generated always as identity,
  webhook_id integer not null,
  message_id uuid not null default gen_random_uuid(),
  type webhook_message_type not null,
  session_event_id bigint,
  state webhook_delivery_state not null default 'waiting'::webhook_delivery_state,
  is_taken boolean not null default false,
  attempts integer not null default 0,
  created_at timestamp(3) with time zone not null,
  next_attempt_at timestamp(3) with time zone not null,
  last_attempt_at timestamp(3) with time zone,
  last_status smallint,
  last_error text,
  delivered_at timestamp(3) with time zone,
  constraint webhook_delivery_pkey PRIMARY KEY (unit_id, id),
  constraint webhook_delivery_unit_id_webhook_id_fkey FOREIGN KEY (unit_id, webhook_id) REFERENCES webhook(unit_id, id) ON DELETE CASCADE,
  constraint webhook_delivery_check CHECK (((type = 'webhook.test'::webhook_message_type) = (session_event_id IS NULL))),
  constraint webhook_delivery_check1 CHECK (((state = 'delivered'::webhook_delivery_state) = (delivered_at IS NOT NULL)))
);
CREATE INDEX webhook_delivery_age ON public.webhook_delivery USING btree (created_at) WHERE (state <> 'waiting'::webhook_delivery_state);
CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (unit_id, webhook_id, next_attempt_at, id) WHERE (state = 'waiting'::webhook_delivery_state);
CREATE INDEX webhook_delivery_log ON public.webhook_delivery USING btree (unit_id, webhook_id, id DESC);
CREATE INDEX webhook_delivery_row ON public.webhook_delivery USING btree (unit_id, session_event_id, webhook_id) WHERE (state = 'waiting'::webhook_delivery_state);
CREATE INDEX webhook_delivery_taken ON public.webhook_delivery USING btree (unit_id, webhook_id) WHERE is_taken;

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

CREATE OR REPLACE FUNCTION public.close_set_up()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into set_up default values on conflict do nothing;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.link_panel_log(unit integer, ids bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  chain panel_log_chain;
  found record;
  salts bytea[];
  facts bytea;
  seals bytea[];
begin
  insert into panel_log_chain as known values (unit, 0, ''::bytea)
    on conflict (unit_id) do update set seq = known.seq returning * into chain;
  for found in select * from panel_log where unit_id = unit and id = any(ids) order by id loop
    salts := array[uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid()), uuid_send(gen_random_uuid())];
    facts := panel_log_facts(found.id, found.item_id, found.occurred_at, found.method, found.status, found.user_id,
      found.request_id, found.processing_ms);
    seals := array[panel_log_seal(salts[1], row(found.user_email, found.ip)::text),
      panel_log_seal(salts[2], found.url), panel_log_seal(salts[3], found.user_agent)];
    chain.seq := chain.seq + 1;
    chain.link := panel_log_join(chain.link, chain.seq, facts, seals[1], seals[2], seals[3]);
    insert into panel_log_link values (unit, chain.seq, found.id, found.occurred_at, facts, salts[1], seals[1], salts[2],
      seals[2], salts[3], seals[3], chain.link);
  end loop;
  update panel_log_chain set seq = chain.seq, link = chain.link where unit_id = unit;
end $function$
;

CREATE OR REPLACE FUNCTION public.panel_log_facts(id bigint, item_id text, occurred_at timestamp with time zone, method text, status smallint, user_id text, request_id text, processing_ms double precision)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select sha256(int8send(id) || timestamptz_send(occurred_at) || int2send(status) || float8send(processing_ms) ||
    convert_to(row(item_id, method, user_id, request_id)::text, 'UTF8'))
$function$
;

CREATE OR REPLACE FUNCTION public.panel_log_join(before bytea, seq bigint, facts bytea, who bytea, url bytea, agent bytea)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select sha256(before || int8send(seq) || facts || who || url || agent)
$function$
;

CREATE OR REPLACE FUNCTION public.panel_log_seal(salt bytea, said text)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select sha256(salt || convert_to(coalesce('=' || said, ''), 'UTF8'))
$function$
;

CREATE TRIGGER panel_user_closes_set_up AFTER INSERT ON public.panel_user FOR EACH ROW EXECUTE FUNCTION close_set_up();

create policy of_unit on activity using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create view of_unit.activity as SELECT unit_id,
    id,
    site_id,
    event_id,
    visitor_id,
    session_no,
    type,
    occurred_at,
    client_at,
    received_at,
    stored_at,
    sequence,
    email,
    is_logout,
    url,
    title,
    referrer,
    device,
    product,
    cart,
    order_id,
    order_value,
    order_currency,
    is_clock_wrong,
    is_late,
    is_history,
    cart_change
   FROM activity
  WHERE (unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting));

create policy of_unit on api_key using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on api_log using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create view of_unit.api_log as SELECT unit_id,
    id,
    item_id,
    occurred_at,
    stored_at,
    url,
    method,
    status,
    key_name,
    key_prefix,
    ip,
    request_id,
    processing_ms,
    user_agent
   FROM api_log
  WHERE (unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting));

create policy of_unit on business_unit using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on custom_event using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on customer using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on dead_letter using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on identification using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on intake using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on intake_count using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on log_layout using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on order_seen using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on panel_log using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on panel_log_chain using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on panel_log_link using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on panel_session using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on panel_user using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on recovery_code using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on rejected_item using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on rejected_replay using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on reported_order using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on retention using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on retention_run using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on saved_view using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on second_factor using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on session using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create view of_unit.session as SELECT unit_id,
    no,
    site_id,
    id,
    visitor_id,
    email,
    started_at,
    ended_at,
    closed_at,
    ended_by,
    event_count,
    product_view_count,
    products_viewed,
    cart,
    cart_value,
    cart_currency,
    landing_url,
    referrer,
    device,
    due_at
   FROM session
  WHERE (unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting));

create policy of_unit on session_event using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create view of_unit.session_event as SELECT unit_id,
    id,
    site_id,
    key,
    type,
    visitor_id,
    email,
    session_no,
    segment,
    occurred_at,
    emitted_at,
    order_id,
    is_inferred,
    is_historic,
    cart,
    order_value,
    order_currency,
    evidence,
    explanation,
    repeat_of,
    recovered_by,
    superseded_at,
    superseded_reason,
    superseded_by
   FROM session_event
  WHERE (unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting));

create policy of_unit on sign_in_step using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on site using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on site_rules using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_adapter using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_gateway using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_gateway_state using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_log using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_message using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_message_name using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_report using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_report_count using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on sms_unreadable using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on unlinking using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on unsettled using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on visitor using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on webhook using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on webhook_delivery using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));

create policy of_unit on write_key using ((unit_id = ( SELECT (current_setting('spoor.unit'::text))::integer AS current_setting)));
