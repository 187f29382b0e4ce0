-- +goose Up
-- Chat simulations. Of a run its replies are kept: what the customers said, and the score, can be computed again from them,
-- the script and the seed.

create table academy.scenario (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9_]{1,40}$'),
  created_by uuid not null,
  created_at timestamptz not null
);
create table academy.scenario_version (
  id uuid primary key,
  scenario_id uuid not null references academy.scenario,
  version int not null check (version > 0),
  script text not null check (length(script) between 2 and 500000), -- JSON, as it was written
  created_by uuid not null,
  created_at timestamptz not null,
  unique (scenario_id, version)
);

create table academy.simulation_run (
  id uuid primary key,
  agent_id uuid not null,
  version_id uuid not null references academy.scenario_version,
  language text not null check (language in ('zh', 'en')),
  seed bigint not null,
  started_at timestamptz not null,
  ends_by timestamptz not null,
  ended_at timestamptz,
  constraint simulation_run_ends_check check (ends_by > started_at),
  constraint simulation_run_ended_check check (ended_at between started_at and ends_by)
);
create unique index simulation_run_one_live on academy.simulation_run (agent_id) where ended_at is null;
create index simulation_run_agent on academy.simulation_run (agent_id, id);
create index simulation_run_ends on academy.simulation_run (ends_by) where ended_at is null;

-- at_ms counts from the run's beginning, by the rules' clock.
create table academy.simulation_reply (
  run_id uuid not null references academy.simulation_run,
  seq int not null check (seq > 0),
  dialogue text not null check (length(dialogue) between 1 and 40),
  body text not null check (length(body) between 1 and 2000),
  at_ms bigint not null check (at_ms >= 0),
  primary key (run_id, seq)
);

create table academy.simulation_score (
  run_id uuid primary key references academy.simulation_run,
  score int not null check (score between 0 and 10000), -- hundredths of a percent
  passed boolean not null,
  report jsonb not null,
  scored_at timestamptz not null
);

-- +goose StatementBegin
create function academy.refuse_change_of_ended() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null then
    raise exception 'run % has ended', old.id using errcode = 'restrict_violation', constraint = 'simulation_run_ended';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger ended_stays before update on academy.simulation_run for each row execute function academy.refuse_change_of_ended();
create trigger no_delete before delete on academy.simulation_run for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on academy.simulation_run for each statement execute function platform.refuse_change();

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
begin
  for t, seen in values
    ('scenario', 'platform.role() = ''agent'''),
    ('scenario_version', 'platform.role() = ''agent'''),
    ('simulation_run', 'agent_id = platform.account()'),
    ('simulation_reply', 'exists (select from academy.simulation_run r where r.id = run_id)'),
    ('simulation_score', 'exists (select from academy.simulation_run r where r.id = run_id)')
  loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('create policy own on academy.%I for select to peakseat_app using (%s)', t, seen);
    execute format('create policy official on academy.%I for select to peakseat_app using (platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on academy.%I to peakseat_app, peakseat_system', t);
    if t <> 'simulation_run' then
      execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
      execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
    end if;
  end loop;
  foreach t in array array['scenario', 'scenario_version'] loop
    execute format('grant insert on academy.%I to peakseat_app', t);
    execute format('create policy official_write on academy.%I for insert to peakseat_app with check (platform.role() in (''operator'', ''trainer''))', t);
  end loop;
end $$;
-- +goose StatementEnd
grant insert, update (ended_at) on academy.simulation_run to peakseat_app;
grant insert on academy.simulation_reply to peakseat_app;
create policy own_start on academy.simulation_run for insert to peakseat_app with check (platform.role() = 'agent' and agent_id = platform.account());
create policy own_end on academy.simulation_run for update to peakseat_app using (agent_id = platform.account()) with check (agent_id = platform.account());
create policy own_reply on academy.simulation_reply for insert to peakseat_app
  with check (exists (select from academy.simulation_run r where r.id = run_id and r.agent_id = platform.account()));
-- A score comes from the program, not from whom it is about.
grant insert on academy.simulation_score to peakseat_system;
grant update (ended_at) on academy.simulation_run to peakseat_system;
