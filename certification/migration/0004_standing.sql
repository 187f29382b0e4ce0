-- +goose Up
-- Tiers: what happened at work, what it came to, and appeals against what counts against an agent.

alter table certification.holder
  add column tier text not null default 'bronze' check (tier in ('bronze', 'silver', 'gold', 'diamond')),
  add column tier_seq int not null default 0 check (tier_seq >= 0),
  add column level_bonus int not null default 0 check (level_bonus between 0 and 4), -- added to the tags that credentials grant
  add column standing_due timestamptz; -- when time alone changes what counts: a credential ends
create index holder_standing_due on certification.holder (standing_due);

-- As the matcher and billing told it.
create table certification.standing_event (
  id uuid primary key,
  agent_id uuid not null references certification.holder,
  kind text not null check (kind in ('finished', 'late', 'missing', 'minutes_lost')),
  subject_id uuid not null, -- the assignment or the dispute
  minutes bigint not null check (minutes >= 0),
  happened_at timestamptz not null,
  constraint standing_event_once unique (kind, subject_id),
  constraint standing_event_of_agent unique (id, agent_id)
);
create index standing_event_agent on certification.standing_event (agent_id, happened_at);

-- Every change of a tier as it was made, with all that explains it.
create table certification.tier_change (
  agent_id uuid not null references certification.holder,
  seq int not null check (seq > 0),
  from_tier text not null check (from_tier in ('bronze', 'silver', 'gold', 'diamond')),
  to_tier text not null check (to_tier in ('bronze', 'silver', 'gold', 'diamond')),
  rules_version int not null check (rules_version > 0),
  score int not null check (score between 0 and 10000), -- hundredths of a point
  shifts int not null check (shifts >= 0),
  parts jsonb not null,
  cause text not null check (cause in ('finished', 'late', 'missing', 'minutes_lost', 'scored', 'credential_in', 'credential_out', 'rules', 'recomputed')),
  changed_at timestamptz not null,
  primary key (agent_id, seq),
  constraint tier_change_moves check (from_tier <> to_tier)
);

-- An agent's appeal against being marked late or missing; upheld, it never happened.
create table certification.standing_appeal (
  id uuid primary key,
  event_id uuid not null unique,
  agent_id uuid not null,
  reason text not null check (length(reason) between 1 and 2000),
  appealed_at timestamptz not null,
  constraint standing_appeal_of_agent unique (id, agent_id),
  foreign key (event_id, agent_id) references certification.standing_event (id, agent_id)
);
create table certification.standing_appeal_decision (
  appeal_id uuid primary key,
  agent_id uuid not null,
  decided_by uuid not null,
  upheld boolean not null,
  reason text not null check (length(reason) between 1 and 2000),
  decided_at timestamptz not null,
  constraint standing_appeal_other_person check (decided_by <> agent_id),
  foreign key (appeal_id, agent_id) references certification.standing_appeal (id, agent_id)
);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['standing_event', 'tier_change', 'standing_appeal', 'standing_appeal_decision'] loop
    execute format('alter table certification.%I enable row level security', t);
    execute format('create policy own on certification.%I for select to peakseat_app using (agent_id = platform.account() or platform.role() = ''operator'')', t);
    execute format('create policy everything on certification.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on certification.%I to peakseat_app', t);
    execute format('grant select, insert on certification.%I to peakseat_system', t);
    execute format('create trigger append_only before update or delete on certification.%I for each row execute function platform.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on certification.%I for each statement execute function platform.refuse_change()', t);
  end loop;
end $$;
-- +goose StatementEnd
grant insert on certification.standing_appeal to peakseat_app;
create policy appeals on certification.standing_appeal for insert to peakseat_app with check (agent_id = platform.account());
