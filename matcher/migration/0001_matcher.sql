-- +goose Up
-- Bookings, the people who may work them, and who holds which seat.
--
-- The database is the last guard: overlaps, rest, hours, capacity and one holder per seat are
-- constraints here. Everything that changes what a claim reads takes the same advisory locks
-- first (shifts, then agents, each ascending: lock.go), so that the constraints stay silent.

grant usage on schema matcher to peakseat_app, peakseat_claim, peakseat_system;

-- A merchant's storefront.
create table matcher.shop (
  id uuid primary key,
  merchant_id uuid not null,
  name text not null check (length(name) between 1 and 80),
  industry text not null,
  channels text[] not null check (cardinality(channels) between 1 and 10),
  time_zone text not null,
  version bigint not null default 1,
  created_at timestamptz not null
);
create index shop_merchant on matcher.shop (merchant_id, id);

-- A named peak, made by operators and seen by all.
create table matcher.campaign (
  id uuid primary key,
  name text not null check (length(name) between 1 and 80),
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  multiplier int not null check (multiplier between 1000 and 100000), -- of pay, per ten thousand
  version bigint not null default 1,
  created_at timestamptz not null
);

create table matcher.booking (
  id uuid primary key,
  merchant_id uuid not null,
  shop_id uuid not null references matcher.shop,
  campaign_id uuid references matcher.campaign,
  title text not null check (length(title) between 1 and 120),
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  windows jsonb not null,              -- [{"start":"18:00","end":"02:00","seats":4}], local to the shop
  trial_seats_allowed boolean not null default false,
  priority int not null default 1 check (priority between 1 and 3),
  state text not null default 'draft' check (state in ('draft', 'confirmed', 'cancelled', 'finished')),
  rules_version int not null,
  price_book int,
  quote_id uuid,
  version bigint not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  check ((state = 'draft') = (quote_id is null))
);
create index booking_merchant on matcher.booking (merchant_id, created_at desc, id);

create table matcher.booking_requirement (
  booking_id uuid not null references matcher.booking on delete cascade,
  merchant_id uuid not null,
  tag text not null,
  level int not null check (level between 1 and 5),
  primary key (booking_id, tag)
);

-- The agents a merchant names for a booking; first in line.
create table matcher.core_team (
  booking_id uuid not null references matcher.booking on delete cascade,
  merchant_id uuid not null,
  agent_id uuid not null,
  primary key (booking_id, agent_id)
);

-- One window of a booking on one date. Shifts exist from the draft on and open at confirmation.
-- What a claim needs of its booking is copied here once, so that a claim reads one row.
create table matcher.shift (
  id uuid primary key,
  booking_id uuid not null references matcher.booking,
  merchant_id uuid not null,
  shop_id uuid not null references matcher.shop,
  campaign_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at and ends_at <= starts_at + interval '24 hours'),
  seats int not null check (seats between 0 and 5000),
  pay_per_hour bigint check (pay_per_hour > 0),
  currency text not null default 'CNY',
  tags text[] not null,       -- required, sorted
  levels int[] not null,      -- the level of each
  priority int not null check (priority between 1 and 3),
  time_zone text not null,
  rules_version int not null,
  state text not null default 'draft' check (state in ('draft', 'open', 'ended', 'cancelled')),
  check (cardinality(tags) = cardinality(levels)),
  check (state = 'draft' or pay_per_hour is not null)
);
create index shift_booking on matcher.shift (booking_id, starts_at);
create index shift_open on matcher.shift (starts_at, id) where state = 'open';
create index shift_over on matcher.shift (ends_at) where state = 'open';
create index shift_merchant on matcher.shift (merchant_id, starts_at);

-- One row a seat: capacity proves itself.
create table matcher.seat (
  shift_id uuid not null references matcher.shift,
  seat_no int not null check (seat_no > 0),
  merchant_id uuid not null,
  kind text not null default 'regular' check (kind in ('regular', 'trial')),
  state text not null default 'open' check (state in ('open', 'offered', 'held', 'cancelled')),
  assignment_id uuid,
  offer_id uuid,
  primary key (shift_id, seat_no),
  check ((state = 'held') = (assignment_id is not null)),
  check ((state = 'offered') = (offer_id is not null))
) with (fillfactor = 60);
create index seat_open on matcher.seat (shift_id, seat_no) where state = 'open' and kind = 'regular';

-- What the matcher knows of an agent: limits and needs, and what facts told it.
create table matcher.agent (
  agent_id uuid primary key,
  time_zone text not null default 'Asia/Shanghai',
  max_day_minutes int not null default 720 check (max_day_minutes between 0 and 1440),
  max_week_minutes int not null default 3600 check (max_week_minutes between 0 and 10080),
  longest_shift_minutes int not null default 720 check (longest_shift_minutes between 0 and 1440),
  least_pay bigint not null default 0 check (least_pay >= 0), -- per hour, minor units
  needs text[] not null default '{}',                         -- 'no_voice', 'screen_reader', ...
  weekly jsonb,                                               -- [{"weekday":1,"start":"09:00","end":"18:00"}]; null: any time
  disabled boolean not null default false,
  tag_version bigint not null default 0,
  rating int not null default 300 check (rating between 300 and 500), -- performance x100
  last_worked_at timestamptz,
  version bigint not null default 1,
  created_at timestamptz not null
);

-- The matcher's copy of who holds which tag; certification owns the truth.
create table matcher.agent_tag (
  agent_id uuid not null references matcher.agent,
  tag text not null,
  level int not null check (level between 1 and 5),
  expires_at timestamptz not null,
  primary key (agent_id, tag)
);
create index agent_tag_holders on matcher.agent_tag (tag, level, agent_id);

-- Dated availability beside the weekly pattern: more time, or less.
create table matcher.availability (
  agent_id uuid not null references matcher.agent,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  available boolean not null,
  primary key (agent_id, starts_at, available)
);

-- Either side may block the other; neither learns of it. by: who blocked.
create table matcher.block (
  merchant_id uuid not null,
  agent_id uuid not null,
  by text not null check (by in ('merchant', 'agent')),
  created_at timestamptz not null,
  primary key (agent_id, merchant_id, by)
);
create index block_merchant on matcher.block (merchant_id, agent_id);

-- Nobody works for an organisation of their own.
create table matcher.membership (
  agent_id uuid not null,
  merchant_id uuid not null,
  primary key (agent_id, merchant_id)
);

-- Continuity: finished shifts of an agent for a merchant.
create table matcher.worked (
  merchant_id uuid not null,
  agent_id uuid not null,
  shifts int not null check (shifts > 0),
  last_at timestamptz not null,
  primary key (merchant_id, agent_id)
);
create index worked_agent on matcher.worked (agent_id);

-- An agent holding a seat. work_day is the date of the start in the agent's zone; near and far are
-- stored because timestamptz + interval is not immutable. near keeps two shifts of a work day
-- 15 minutes apart and, by being one agent's, from overlapping at all; far keeps those of two work days 8 hours apart.
create table matcher.assignment (
  id uuid primary key,
  shift_id uuid not null,
  seat_no int not null,
  booking_id uuid not null,
  merchant_id uuid not null,
  agent_id uuid not null references matcher.agent,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  zone text not null,
  work_day date not null check (work_day = (starts_at at time zone zone)::date),
  week date not null check (week = date_trunc('week', work_day::timestamp)::date),
  minutes int not null check (minutes > 0),
  pay_per_hour bigint not null,
  currency text not null,
  rules_version int not null,
  taken_by text not null check (taken_by in ('claim', 'offer', 'replacement')),
  state text not null default 'held' check (state in ('held', 'present', 'missing', 'finished', 'released', 'withdrawn')),
  live boolean not null generated always as (state in ('held', 'present', 'finished')) stored,
  late boolean not null default false,
  taken_at timestamptz not null,
  checked_in_at timestamptz,
  checked_out_at timestamptz,
  ended_at timestamptz,   -- released, withdrawn, missing or finished
  paid_minutes int,
  swept boolean not null default false,
  near tstzrange not null check (near = tstzrange(starts_at, ends_at + interval '15 minutes')),
  far tstzrange not null check (far = tstzrange(starts_at, ends_at + interval '8 hours')),
  foreign key (shift_id, seat_no) references matcher.seat,
  constraint agent_not_twice exclude using gist (agent_id with =, near with &&) where (live),
  constraint agent_rests exclude using gist (agent_id with =, work_day with <>, far with &&) where (live)
);
create unique index seat_held_once on matcher.assignment (shift_id, seat_no) where live;
create index assignment_agent on matcher.assignment (agent_id, starts_at) where live;
create index assignment_of_agent on matcher.assignment (agent_id, starts_at desc, id);
create index assignment_shift on matcher.assignment (shift_id, seat_no);
create index assignment_merchant on matcher.assignment (merchant_id, starts_at);
create index assignment_waiting on matcher.assignment (starts_at) where state = 'held';
create index assignment_present on matcher.assignment (ends_at) where state = 'present';

-- Minutes an agent holds per work day and ISO week; the cap is the platform's.
create table matcher.agent_day (
  agent_id uuid not null,
  work_day date not null,
  minutes int not null,
  cap int not null,
  primary key (agent_id, work_day),
  constraint day_cap check (minutes between 0 and cap)
) with (fillfactor = 80);
create table matcher.agent_week (
  agent_id uuid not null,
  week date not null,
  minutes int not null,
  cap int not null,
  primary key (agent_id, week),
  constraint week_cap check (minutes between 0 and cap)
) with (fillfactor = 80);

-- What happened at a seat, as it happened.
create table matcher.attendance_event (
  id uuid primary key,
  assignment_id uuid not null references matcher.assignment,
  agent_id uuid not null,
  merchant_id uuid not null,
  kind text not null check (kind in ('check_in', 'break_start', 'break_end', 'check_out')),
  at timestamptz not null,
  by text not null default 'agent' check (by in ('agent', 'sweep'))
);
create index attendance_of on matcher.attendance_event (assignment_id, at, id);
create trigger append_only before update or delete on matcher.attendance_event
  for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on matcher.attendance_event
  for each statement execute function platform.refuse_change();

-- One run of the matching engine; what it was asked and what came of it are kept for good.
create table matcher.plan (
  id uuid primary key,
  job_id uuid not null,
  asked_by uuid,                   -- null: the scheduler
  booking_id uuid,
  campaign_id uuid,
  from_at timestamptz,
  to_at timestamptz,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
  seats int, agents int, filled int, offers int,
  weight bigint, quality bigint,             -- of the model
  offer_weight bigint, offer_quality bigint, -- of the offers that keep rest and hours
  solve_ms int,
  error text,
  created_at timestamptz not null,
  finished_at timestamptz,
  check (num_nonnulls(booking_id, campaign_id, from_at) = 1 and (from_at is null) = (to_at is null))
);

-- An invitation of one agent to one seat. Live offers of one agent never overlap.
create table matcher.offer (
  id uuid primary key,
  shift_id uuid not null,
  seat_no int not null,
  booking_id uuid not null,
  merchant_id uuid not null,
  agent_id uuid not null references matcher.agent,
  plan_id uuid references matcher.plan,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  state text not null default 'live' check (state in ('live', 'accepted', 'refused', 'expired', 'withdrawn')),
  near tstzrange not null check (near = tstzrange(starts_at, ends_at + interval '15 minutes')),
  made_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > made_at),
  ended_at timestamptz,
  assignment_id uuid,
  check ((state = 'live') = (ended_at is null)),
  check ((state = 'accepted') = (assignment_id is not null)),
  foreign key (shift_id, seat_no) references matcher.seat,
  constraint agent_offered_once exclude using gist (agent_id with =, near with &&) where (state = 'live')
);
create unique index seat_offered_once on matcher.offer (shift_id, seat_no) where state = 'live';
create unique index agent_asked_once on matcher.offer (shift_id, agent_id) where state in ('live', 'refused', 'expired');
create index offer_of_agent on matcher.offer (agent_id, made_at desc, id);
create index offer_live on matcher.offer (expires_at) where state = 'live';
create index offer_shift on matcher.offer (shift_id);

-- The hall: what an agent may know of any merchant's shift. Owned by the owner, so it sees past the
-- tenants' policies; to a blocked pair the other's shifts do not exist.
create view matcher.hall with (security_barrier) as
  select s.id, s.starts_at, s.ends_at, s.seats, s.pay_per_hour, s.currency, s.tags, s.levels, s.time_zone, s.state,
         s.campaign_id, h.name as shop_name, h.industry, h.channels, s.rules_version
  from matcher.shift s join matcher.shop h on h.id = s.shop_id
  where s.state <> 'draft'
    and not exists (select from matcher.block b where b.agent_id = platform.account() and b.merchant_id = s.merchant_id);
-- How many seats of a shift are in which state; no more than the hall shows.
create view matcher.hall_seats with (security_barrier) as
  select shift_id, count(*) filter (where state = 'held') as filled, count(*) filter (where state = 'offered') as offered,
         count(*) filter (where state = 'open') as open
  from matcher.seat where kind = 'regular' group by shift_id;
grant select on matcher.hall, matcher.hall_seats to peakseat_app;

-- Tenancy. A merchant's staff see their merchant's rows, an agent their own, an operator all.
-- +goose StatementBegin
do $$
declare t text;
begin
  -- a merchant's own
  foreach t in array array['shop', 'booking', 'booking_requirement', 'core_team', 'shift', 'seat'] loop
    execute format('alter table matcher.%I enable row level security', t);
    execute format('create policy merchant on matcher.%I to peakseat_app using (merchant_id = platform.organisation() or platform.role() = ''operator'')
      with check (merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
  end loop;
  -- seen by both sides
  foreach t in array array['assignment', 'attendance_event', 'offer', 'worked', 'block'] loop
    execute format('alter table matcher.%I enable row level security', t);
  end loop;
  foreach t in array array['assignment', 'attendance_event', 'offer', 'worked'] loop
    execute format('create policy sides on matcher.%I for select to peakseat_app
      using (agent_id = platform.account() or merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
  end loop;
  -- an agent's own
  foreach t in array array['agent', 'agent_tag', 'availability', 'membership', 'agent_day', 'agent_week'] loop
    execute format('alter table matcher.%I enable row level security', t);
    execute format('create policy agent on matcher.%I to peakseat_app using (agent_id = platform.account() or platform.role() = ''operator'')
      with check (agent_id = platform.account())', t);
  end loop;
  -- the program itself, and reads of claim batches
  foreach t in array array['shop', 'booking', 'booking_requirement', 'core_team', 'shift', 'seat', 'agent', 'agent_tag', 'availability', 'block',
      'membership', 'worked', 'assignment', 'agent_day', 'agent_week', 'attendance_event', 'offer'] loop
    execute format('create policy everything on matcher.%I to peakseat_system using (true) with check (true)', t);
    execute format('create policy claim_read on matcher.%I for select to peakseat_claim using (true)', t);
  end loop;
end $$;
-- +goose StatementEnd
create policy merchant_side on matcher.block to peakseat_app
  using (by = 'merchant' and merchant_id = platform.organisation()) with check (by = 'merchant' and merchant_id = platform.organisation());
create policy agent_side on matcher.block to peakseat_app
  using (by = 'agent' and agent_id = platform.account() and platform.role() = 'agent') with check (by = 'agent' and agent_id = platform.account() and platform.role() = 'agent');
alter table matcher.plan enable row level security;
create policy operators on matcher.plan to peakseat_app using (platform.role() = 'operator') with check (platform.role() = 'operator');
create policy everything on matcher.plan to peakseat_system using (true) with check (true);

-- Every write of a claim batch names one of the batch's actors.
create policy claim_write on matcher.assignment for insert to peakseat_claim with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_change on matcher.assignment for update to peakseat_claim using (true) with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_write on matcher.agent_day for insert to peakseat_claim with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_change on matcher.agent_day for update to peakseat_claim using (true) with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_write on matcher.agent_week for insert to peakseat_claim with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_change on matcher.agent_week for update to peakseat_claim using (true) with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_change on matcher.offer for update to peakseat_claim using (true) with check (agent_id = any ((select platform.actors())::uuid[]));
create policy claim_change on matcher.seat for update to peakseat_claim using (true) with check (true);

grant select, insert, update on matcher.shop, matcher.booking to peakseat_app;
grant select, insert, update, delete on matcher.booking_requirement, matcher.core_team, matcher.shift, matcher.seat, matcher.block, matcher.availability to peakseat_app;
grant select, insert, update on matcher.agent to peakseat_app;
grant select on matcher.agent_tag, matcher.membership, matcher.worked, matcher.assignment, matcher.agent_day, matcher.agent_week, matcher.attendance_event, matcher.offer to peakseat_app;
grant select, insert, update on matcher.campaign, matcher.plan to peakseat_app;
grant select on matcher.campaign to peakseat_claim;
grant select on matcher.shop, matcher.booking, matcher.shift, matcher.seat, matcher.agent, matcher.agent_tag, matcher.availability, matcher.block,
  matcher.membership, matcher.worked, matcher.assignment, matcher.agent_day, matcher.agent_week, matcher.offer, matcher.core_team, matcher.booking_requirement to peakseat_claim;
grant insert on matcher.assignment to peakseat_claim;
grant update (state, ended_at) on matcher.assignment to peakseat_claim;
grant insert, update on matcher.agent_day, matcher.agent_week to peakseat_claim;
grant update (state, assignment_id, offer_id) on matcher.seat to peakseat_claim;
grant update (state, ended_at, assignment_id) on matcher.offer to peakseat_claim;
grant select, insert, update, delete on all tables in schema matcher to peakseat_system;
revoke update, delete on matcher.attendance_event from peakseat_system;
