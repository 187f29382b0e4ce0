-- +goose Up
-- What offers and plans remember beside the tables of 0001.

-- Bookings made by the seed command: nothing is planned or offered for them unasked.
alter table matcher.booking add column seeded boolean not null default false;

-- Seats that are to be offered to the next best, at once; seat 0 asks the core team for every open seat of the shift.
create table matcher.refill (
  shift_id uuid not null references matcher.shift,
  seat_no int not null check (seat_no >= 0),
  wanted_at timestamptz not null,
  primary key (shift_id, seat_no)
);
create index refill_oldest on matcher.refill (wanted_at, shift_id);

-- How many of the scheduler's moments before its start a shift has seen: what makes it plan once for each. plan_id is
-- the run of the last one; such a run plans these shifts and no others.
create table matcher.shift_moment (
  shift_id uuid primary key references matcher.shift,
  passed int not null check (passed > 0),
  plan_id uuid references matcher.plan
);
create index shift_moment_plan on matcher.shift_moment (plan_id);

-- How far a run is, and whom the model chose: the offers are made from these rows, each once.
alter table matcher.plan add column step text not null default 'waiting' check (step in ('waiting', 'reading', 'solving', 'offering', 'done'));
alter table matcher.plan add column picked int not null default 0;
alter table matcher.plan add column skipped int not null default 0;
create table matcher.plan_pick (
  plan_id uuid not null references matcher.plan,
  n int not null,
  shift_id uuid not null,
  agent_id uuid not null,
  weight int not null,
  quality int not null,
  outcome text check (outcome in ('offered', 'skipped')),
  primary key (plan_id, n)
);
create index plan_pick_waits on matcher.plan_pick (plan_id, n) where outcome is null;
create index offer_of_plan on matcher.offer (plan_id) where plan_id is not null;

-- Whether the pair may be asked about a shift: nobody is asked twice, nor who gave the seat back or did not come.
create index assignment_left on matcher.assignment (shift_id, agent_id) where state in ('released', 'missing');

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['refill', 'shift_moment', 'plan_pick'] loop
    execute format('alter table matcher.%I enable row level security', t);
    execute format('create policy operators on matcher.%I for select to peakseat_app using (platform.role() = ''operator'')', t);
    execute format('create policy everything on matcher.%I to peakseat_system using (true) with check (true)', t);
  end loop;
end $$;
-- +goose StatementEnd
grant select on matcher.refill, matcher.shift_moment, matcher.plan_pick to peakseat_app;
grant select, insert, update, delete on matcher.refill, matcher.shift_moment, matcher.plan_pick to peakseat_system;
