-- +goose Up
-- Plans in independent parts, and plans that move live offers.

-- A part holds all that solving it needs, so that whichever matcher takes it finds the same, however often it is begun; what
-- was found is merged when the last is there. The input goes when the plan is done.
alter table matcher.plan add column parts int check (parts > 1);
alter table matcher.plan add column solved int not null default 0 check (solved >= 0 and (solved = 0 or solved <= parts));
alter table matcher.plan add column moved int;
create table matcher.plan_part (
  plan_id uuid not null references matcher.plan,
  n int not null check (n > 0),
  seats int not null,
  agents int not null,
  input bytea,
  result bytea,
  weight bigint,
  quality bigint,
  solve_ms int,
  primary key (plan_id, n),
  check (input is not null or result is not null)
);

-- The live offers of the agent that end as this one is made, and what they were worth.
alter table matcher.plan_pick add column withdraws uuid[] not null default '{}';
alter table matcher.plan_pick add column less_weight int not null default 0;
alter table matcher.plan_pick add column less_quality int not null default 0;

alter table matcher.plan_part enable row level security;
create policy operators on matcher.plan_part for select to peakseat_app using (platform.role() = 'operator');
create policy everything on matcher.plan_part to peakseat_system using (true) with check (true);
grant select on matcher.plan_part to peakseat_app;
grant select, insert, update, delete on matcher.plan_part to peakseat_system;
