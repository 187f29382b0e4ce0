-- +goose Up
-- What every context stands on: the rules' clock, idempotency, facts and their queue, jobs.

grant usage on schema platform to peakseat_app, peakseat_claim, peakseat_system;

-- Who acts, as InTx sets it. Null where nobody does.
create function platform.account() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.account', true), '')::uuid $$;
create function platform.organisation() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.organisation', true), '')::uuid $$;
create function platform.role() returns text language sql stable parallel safe
  as $$ select nullif(current_setting('app.role', true), '') $$;
-- The agents in whose name a claim batch may write.
create function platform.actors() returns uuid[] language sql stable parallel safe
  as $$ select string_to_array(nullif(current_setting('app.actors', true), ''), ',')::uuid[] $$;

-- Refuses every change of a row; the trigger under each append-only table.
-- +goose StatementBegin
create function platform.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

-- The rules' clock: rules time = anchor_rules + (real - anchor_real) * rate. At rest it is the
-- real time; only a development server moves it, and production refuses to start where it is moved.
create table platform.clock (
  one boolean primary key default true check (one),
  anchor_real timestamptz not null,
  anchor_rules timestamptz not null,
  rate double precision not null check (rate > 0 and rate <= 100000)
);
insert into platform.clock (anchor_real, anchor_rules, rate) values ('2020-01-01Z', '2020-01-01Z', 1);
create function platform.rules_now() returns timestamptz language sql stable
  as $$ select case when rate = 1 and anchor_real = anchor_rules then transaction_timestamp()
               else anchor_rules + (transaction_timestamp() - anchor_real) * rate end from platform.clock $$;
grant select on platform.clock to peakseat_app, peakseat_claim, peakseat_system;
grant update on platform.clock to peakseat_system;

-- Replies that acted, kept so that a repeat of the key answers the same bytes. Bodies are bytes, not json: json would reorder them.
create table platform.idempotency (
  account_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  hash bytea not null,
  status smallint not null,
  reply bytea not null,
  created_at timestamptz not null,
  primary key (account_id, key)
);
create index idempotency_age on platform.idempotency (created_at);
alter table platform.idempotency enable row level security;
create policy own on platform.idempotency to peakseat_app
  using (account_id = platform.account()) with check (account_id = platform.account());
create policy claim_read on platform.idempotency for select to peakseat_claim using (true);
create policy claim_write on platform.idempotency for insert to peakseat_claim
  with check (account_id = any ((select platform.actors())::uuid[]));
create policy everything on platform.idempotency to peakseat_system using (true) with check (true);
grant select, insert on platform.idempotency to peakseat_app, peakseat_claim;
grant select, insert, delete on platform.idempotency to peakseat_system;

-- Facts: append-only, by month, canonical bytes. The outbox is the queue of those not yet published.
create table platform.fact (
  id uuid not null,
  type text not null,
  aggregate uuid not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  body bytea not null,
  primary key (id, recorded_at)
) partition by range (recorded_at);
create table platform.fact_default partition of platform.fact default;
create index fact_type on platform.fact (type, recorded_at);
create index fact_aggregate on platform.fact (aggregate, recorded_at);
create trigger append_only before update or delete on platform.fact
  for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on platform.fact
  for each statement execute function platform.refuse_change();
grant insert on platform.fact to peakseat_app, peakseat_claim, peakseat_system;
grant select on platform.fact to peakseat_system;

create table platform.outbox (
  id bigint generated always as identity primary key,
  fact_id uuid not null,
  fact_recorded_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 90);
grant insert on platform.outbox to peakseat_app, peakseat_claim, peakseat_system;
grant select, update, delete on platform.outbox to peakseat_system;

-- What each consumer has done, so that a fact delivered twice acts once.
create table platform.inbox (
  consumer text not null,
  fact_id uuid not null,
  handled_at timestamptz not null,
  primary key (consumer, fact_id)
);
create index inbox_age on platform.inbox (handled_at);
grant select, insert, delete on platform.inbox to peakseat_system;

-- Facts that a consumer could not handle: an operator sees why and sends them again.
create table platform.parked (
  id uuid primary key,
  consumer text not null,
  fact_id uuid not null,
  fact_recorded_at timestamptz not null,
  type text not null,
  error text not null,
  tries int not null,
  parked_at timestamptz not null,
  retried_at timestamptz,
  unique (consumer, fact_id)
);
alter table platform.parked enable row level security;
create policy operators on platform.parked to peakseat_app using (platform.role() = 'operator') with check (platform.role() = 'operator');
create policy everything on platform.parked to peakseat_system using (true) with check (true);
grant select, update on platform.parked to peakseat_app;
grant select, insert, update, delete on platform.parked to peakseat_system;

-- Long work with progress. The row is the truth; JetStream only carries the call to it.
create table platform.job (
  id uuid primary key,
  kind text not null,
  account_id uuid,
  args jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  done bigint not null default 0,
  total bigint not null default 0 check (total >= 0),
  checkpoint jsonb,
  result jsonb,
  error text,
  tries int not null default 0,
  lease_owner uuid,
  lease_until timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index job_waiting on platform.job (kind, created_at) where state in ('queued', 'running');
alter table platform.job enable row level security;
create policy own on platform.job to peakseat_app
  using (account_id = platform.account() or platform.role() = 'operator') with check (account_id = platform.account());
create policy everything on platform.job to peakseat_system using (true) with check (true);
grant select, insert on platform.job to peakseat_app;
grant select, insert, update on platform.job to peakseat_system;
