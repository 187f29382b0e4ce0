-- +goose Up
-- Brand packs: the quiz that seats of a shop ask for, and who passed it. The academy owns the truth; these are copies.

-- Published versions of a shop's pack. quiz_version is the version whose quiz must have been passed, its own or an earlier
-- one's; 0: none. A version is in force from since on, and never before the one that it follows. Offers to agents who did not
-- pass are withdrawn once, when it comes into force: applied.
create table matcher.pack (
  shop_id uuid not null references matcher.shop,
  version int not null check (version > 0),
  merchant_id uuid not null,
  quiz_version int not null,
  since timestamptz not null,
  published_at timestamptz not null,
  applied boolean not null default false,
  primary key (shop_id, version),
  constraint pack_quiz_of_a_version check (quiz_version between 0 and version),
  constraint pack_since_publication check (since >= published_at)
);
create index pack_waits on matcher.pack (since) where not applied;

-- Quizzes passed.
create table matcher.pack_pass (
  agent_id uuid not null references matcher.agent,
  shop_id uuid not null references matcher.shop,
  version int not null check (version > 0),
  merchant_id uuid not null,
  attempt_id uuid not null,
  passed_at timestamptz not null,
  primary key (agent_id, shop_id, version)
);
create index pack_pass_holders on matcher.pack_pass (shop_id, version, agent_id);
create index pack_pass_attempt on matcher.pack_pass (attempt_id);

-- Seats taken back because the quiz was not passed in time.
create table matcher.pack_release (
  assignment_id uuid primary key references matcher.assignment,
  shop_id uuid not null,
  merchant_id uuid not null,
  agent_id uuid not null,
  version int not null check (version > 0),
  released_at timestamptz not null
);
create index pack_release_shop on matcher.pack_release (shop_id, version);

create trigger undeletable before delete on matcher.pack for each row execute function platform.refuse_change();
create trigger append_only before update or delete on matcher.pack_release for each row execute function platform.refuse_change();
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['pack', 'pack_pass', 'pack_release'] loop
    execute format('alter table matcher.%I enable row level security', t);
    execute format('create policy everything on matcher.%I to peakseat_system using (true) with check (true)', t);
    if t <> 'pack_pass' then
      execute format('create trigger no_truncate before truncate on matcher.%I for each statement execute function platform.refuse_change()', t);
    end if;
    if t = 'pack' then
      execute format('create policy merchant on matcher.%I for select to peakseat_app using (merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
    else
      execute format('create policy sides on matcher.%I for select to peakseat_app
        using (agent_id = platform.account() or merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
    end if;
    if t <> 'pack_release' then
      execute format('create policy claim_read on matcher.%I for select to peakseat_claim using (true)', t);
      execute format('grant select on matcher.%I to peakseat_claim', t);
    end if;
    execute format('grant select on matcher.%I to peakseat_app', t);
    execute format('grant select, insert on matcher.%I to peakseat_system', t);
  end loop;
end $$;
-- +goose StatementEnd
grant update (applied) on matcher.pack to peakseat_system;
grant delete on matcher.pack_pass to peakseat_system; -- a second marking takes the result back

-- The version whose quiz a shop's seats ask for at a time; 0: none.
create function matcher.pack_needed(shop uuid, at timestamptz) returns int language sql stable parallel safe as $$
  select coalesce((select p.quiz_version from matcher.pack p where p.shop_id = shop and p.since <= at order by p.version desc limit 1), 0) $$;

-- The hall also names the shop, and the quiz that its seats ask for now.
create or replace view matcher.hall with (security_barrier) as
  select s.id, s.starts_at, s.ends_at, s.seats, s.pay_per_hour, s.currency, s.tags, s.levels, s.time_zone, s.state,
         s.campaign_id, h.name as shop_name, h.industry, h.channels, s.rules_version,
         exists (select from matcher.membership m where m.agent_id = platform.account() and m.merchant_id = s.merchant_id) as own_organisation,
         exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular') as has_open_seat,
         s.shop_id,
         coalesce((select p.quiz_version from matcher.pack p where p.shop_id = s.shop_id and p.since <= platform.rules_now() order by p.version desc limit 1), 0) as pack_version
  from matcher.shift s join matcher.shop h on h.id = s.shop_id
  where s.state <> 'draft'
    and not exists (select from matcher.block b where b.agent_id = platform.account() and b.merchant_id = s.merchant_id);
