-- +goose Up
-- Trial shifts: extra seats beside the regular ones, for agents who lack nothing of a credential but the trial, each with a
-- mentor who holds a regular seat of the same shift.

alter table matcher.agent add column mentors boolean not null default false; -- is willing to
alter table matcher.agent add column trial_version bigint not null default 0;

alter table matcher.assignment add column trial boolean not null default false;

-- A trial seat is claimed and never offered. Where a live trial is counted, its seats are few.
alter table matcher.seat add constraint seat_trial_not_offered check (kind = 'regular' or state <> 'offered');
create index seat_trial on matcher.seat (shift_id, seat_no) where kind = 'trial';

-- The matcher's copy of what stands between an agent and the trial of a credential; certification owns the truth. Missing
-- lists the requirements that are not met, but for the trial itself: empty means that the agent may try out.
create table matcher.trial_path (
  agent_id uuid not null references matcher.agent,
  template_id uuid not null,
  code text not null,     -- the template's
  card text not null,     -- by which the trial is scored
  tags text[] not null,   -- that the credential grants
  levels int[] not null,
  missing text[] not null,
  primary key (agent_id, template_id),
  constraint trial_path_levels check (cardinality(tags) = cardinality(levels))
);

-- A trial is an assignment with a mentor. live is the assignment's: a mentor has one trial in a shift.
create table matcher.trial (
  assignment_id uuid primary key references matcher.assignment,
  shift_id uuid not null,
  merchant_id uuid not null,
  agent_id uuid not null,
  ends_at timestamptz not null,
  template_id uuid not null,
  code text not null,
  card text not null,
  mentor_assignment_id uuid references matcher.assignment,
  mentor_id uuid,
  live boolean not null default true,
  constraint trial_mentor_is_another check (mentor_id <> agent_id),
  constraint trial_mentor_works check ((mentor_id is null) = (mentor_assignment_id is null))
);
create unique index trial_mentor_once on matcher.trial (mentor_assignment_id) where live;
create index trial_live on matcher.trial (ends_at) where live;

-- +goose StatementBegin
create function matcher.follow_trial() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update matcher.trial set live = new.live where assignment_id = new.id;
  return null;
end $$;
-- +goose StatementEnd
create trigger trial_follows after update of state on matcher.assignment for each row
  when (new.trial and new.live <> old.live) execute function matcher.follow_trial();

-- Who tries out sits in a trial seat, and nobody else does.
-- +goose StatementBegin
create function matcher.trial_in_its_seat() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  together boolean;
begin
  if tg_table_name = 'assignment' then
    together := exists (select from matcher.seat s where s.shift_id = new.shift_id and s.seat_no = new.seat_no and s.kind = 'trial');
  else
    together := exists (select from matcher.trial t where t.assignment_id = new.assignment_id);
  end if;
  if not together then
    raise exception 'a trial and a trial seat belong together' using errcode = 'check_violation', constraint = 'trial_in_its_seat';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger in_its_seat after insert on matcher.assignment for each row when (new.trial) execute function matcher.trial_in_its_seat();
create trigger in_its_seat after update of assignment_id on matcher.seat for each row
  when (new.kind = 'trial' and new.assignment_id is not null) execute function matcher.trial_in_its_seat();
revoke execute on function matcher.follow_trial(), matcher.trial_in_its_seat() from public;

-- What the hall shows of trial seats beside matcher.hall: mentors are those who hold a regular seat, are willing, and have nobody.
create view matcher.hall_trials with (security_barrier) as
  select t.shift_id, t.seats, t.open, (select count(*) from matcher.assignment a join matcher.agent g on g.agent_id = a.agent_id
      where a.shift_id = t.shift_id and a.state in ('held', 'present') and not a.trial and g.mentors and not g.disabled
        and not exists (select from matcher.trial o where o.mentor_assignment_id = a.id and o.live)) as mentors
  from (select shift_id, count(*) filter (where state <> 'cancelled') as seats, count(*) filter (where state = 'open') as open
    from matcher.seat where kind = 'trial' group by shift_id) t;
grant select on matcher.hall_trials to peakseat_app;

alter table matcher.trial_path enable row level security;
create policy agent on matcher.trial_path for select to peakseat_app using (agent_id = platform.account() or platform.role() = 'operator');
create policy everything on matcher.trial_path to peakseat_system using (true) with check (true);
create policy claim_read on matcher.trial_path for select to peakseat_claim using (true);
alter table matcher.trial enable row level security;
create policy sides on matcher.trial for select to peakseat_app
  using (agent_id = platform.account() or mentor_id = platform.account() or merchant_id = platform.organisation() or platform.role() = 'operator');
create policy everything on matcher.trial to peakseat_system using (true) with check (true);
create policy claim_read on matcher.trial for select to peakseat_claim using (true);
create policy claim_write on matcher.trial for insert to peakseat_claim with check (agent_id = any ((select platform.actors())::uuid[]));

grant select on matcher.trial_path, matcher.trial to peakseat_app, peakseat_claim;
grant insert on matcher.trial to peakseat_claim;
grant select, insert, update, delete on matcher.trial_path to peakseat_system;
grant select, insert, update on matcher.trial to peakseat_system;
