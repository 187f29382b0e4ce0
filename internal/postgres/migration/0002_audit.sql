-- +goose Up
-- The audit trail and its seals; and what the relay needs beyond the queue: the order of facts as they
-- were told, facts meant for one consumer again, partitions made ahead of time.

-- Every privileged act and every reveal. Written by the request's own transaction, never changed by anyone.
create table platform.audit (
  id uuid primary key,
  at timestamptz not null,                     -- the machine's clock
  actor uuid,                                  -- null where the program itself acted
  role text not null check (role <> ''),
  action text not null check (action <> ''),   -- "person.revealed", "account.disabled"
  subject text not null,                       -- the id of what it was done to
  reason text not null,                        -- as the actor gave it; may be empty where none is asked
  detail bytea,                                -- JSON of ids and figures, no personal data
  request_id text not null
);
create index audit_age on platform.audit (at);
create index audit_subject on platform.audit (subject, at);
create index audit_actor on platform.audit (actor, at);
create trigger append_only before update or delete on platform.audit
  for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on platform.audit
  for each statement execute function platform.refuse_change();
alter table platform.audit enable row level security;
create policy write_own on platform.audit for insert to peakseat_app
  with check (actor is not distinct from platform.account());
create policy operators_read on platform.audit for select to peakseat_app
  using (platform.role() = 'operator');
create policy system_write on platform.audit for insert to peakseat_system with check (true);
create policy system_read on platform.audit for select to peakseat_system using (true);
grant select, insert on platform.audit to peakseat_app, peakseat_system;

-- The chain: hash = SHA-256 over the previous hash, the sequence and the row's canonical bytes (internal/audit).
create table platform.audit_seal (
  seq bigint primary key check (seq > 0),
  audit_id uuid not null unique,
  prev bytea not null check (length(prev) = 32),
  hash bytea not null unique check (length(hash) = 32)
);
create trigger append_only before update or delete on platform.audit_seal
  for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on platform.audit_seal
  for each statement execute function platform.refuse_change();
alter table platform.audit_seal enable row level security;
create policy operators_read on platform.audit_seal for select to peakseat_app
  using (platform.role() = 'operator');
create policy system_write on platform.audit_seal for insert to peakseat_system with check (true);
create policy system_read on platform.audit_seal for select to peakseat_system using (true);
grant select on platform.audit_seal to peakseat_app;
grant select, insert on platform.audit_seal to peakseat_system;

-- The rows that wait for their seal; filled by the owner's trigger, so that a writer cannot leave itself out.
create table platform.audit_unsealed (audit_id uuid primary key)
  with (autovacuum_vacuum_scale_factor = 0.01);
grant select, delete on platform.audit_unsealed to peakseat_system;
-- +goose StatementBegin
create function platform.audit_enqueue() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into platform.audit_unsealed (audit_id) values (new.id);
  return null;
end $$;
-- +goose StatementEnd
revoke execute on function platform.audit_enqueue() from public;
create trigger to_be_sealed after insert on platform.audit
  for each row execute function platform.audit_enqueue();

-- The order in which facts were told. Within an aggregate, whose row is locked, it is the order of the commits,
-- whatever the clocks of several machines say.
create sequence platform.fact_position;
grant usage on sequence platform.fact_position to peakseat_app, peakseat_claim, peakseat_system;
alter table platform.fact add column position bigint not null default nextval('platform.fact_position');

-- A fact told again to one consumer only: an operator's retry, or a replay for a new consumer. Null: to all.
alter table platform.outbox add column consumer text;

-- Months of platform.fact made ahead of time. A month that the default partition already holds rows of is left
-- there. It waits two seconds for the lock at most: the caller comes again.
create trigger no_truncate before truncate on platform.fact_default
  for each statement execute function platform.refuse_change();
-- +goose StatementBegin
create function platform.make_fact_partitions(first date, months int) returns int
  language plpgsql security definer set search_path = '' set timezone = 'UTC' set lock_timeout = '2s' as $$
declare
  start timestamptz;
  name text;
  made int := 0;
begin
  for n in 0 .. months - 1 loop
    start := pg_catalog.date_trunc('month', first::timestamp) + pg_catalog.make_interval(months => n);
    name := 'fact_' || pg_catalog.to_char(start, 'YYYY_MM');
    if pg_catalog.to_regclass('platform.' || name) is not null then
      continue;
    end if;
    begin
      execute pg_catalog.format('create table platform.%I (like platform.fact including defaults including constraints)', name);
      -- attached, not created as a partition: that would lock every writer out
      execute pg_catalog.format('alter table platform.fact attach partition platform.%I for values from (%L) to (%L)',
        name, start, start + interval '1 month');
      execute pg_catalog.format('create trigger no_truncate before truncate on platform.%I
        for each statement execute function platform.refuse_change()', name);
      made := made + 1;
    exception when check_violation then null;
    end;
  end loop;
  return made;
end $$;
-- +goose StatementEnd
revoke execute on function platform.make_fact_partitions(date, int) from public;
grant execute on function platform.make_fact_partitions(date, int) to peakseat_system;
-- The first months; later ones are made by the relay. (The machine's date: partitions follow recorded_at.)
select platform.make_fact_partitions(current_date, 3);
