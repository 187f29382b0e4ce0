-- +goose Up
-- Brand packs: what a shop's agents must know, in versions, and the quizzes made of them. A quiz is a paper of its own, whose
-- questions lie in a bank of the shop's; both are kept apart from trainers' papers and banks by the shop's id.

alter table academy.bank add column shop_id uuid;
create unique index bank_of_shop on academy.bank (shop_id);
alter table academy.paper add column shop_id uuid;
create index paper_of_shop on academy.paper (shop_id);

-- What the merchant writes at. The newest version is where it begins again.
create table academy.pack_draft (
  shop_id uuid primary key,
  merchant_id uuid not null,
  revision bigint not null check (revision > 0),
  body jsonb not null, -- PackBody
  quiz jsonb not null, -- PackQuiz, with its key
  changed_by uuid not null,
  changed_at timestamptz not null
);

-- Published versions never change. quiz_version is the version whose quiz agents must have passed: this one's, that of an earlier
-- one where the change is editorial, or 0 for none.
create table academy.pack_version (
  shop_id uuid not null,
  version int not null check (version > 0),
  merchant_id uuid not null,
  editorial boolean not null,
  quiz_version int not null,
  paper_id uuid unique references academy.paper,
  body jsonb not null,
  quiz jsonb not null,
  note text not null check (length(note) <= 500), -- what changed, for agents
  in_force_at timestamptz not null,
  published_by uuid not null,
  published_at timestamptz not null,
  primary key (shop_id, version),
  constraint pack_version_quiz check (quiz_version between 0 and version and (quiz_version = version) = (paper_id is not null) and (quiz_version = version) <> editorial),
  constraint pack_version_since_publication check (in_force_at >= published_at)
);

-- Versions follow each other, and none comes into force before the one that it follows.
-- +goose StatementBegin
create function academy.follow_pack_version() returns trigger language plpgsql as $$
declare
  before academy.pack_version;
begin
  select * into before from academy.pack_version v where v.shop_id = new.shop_id order by v.version desc limit 1;
  if new.version <= before.version then
    return new; -- the key refuses it
  end if;
  if new.version > coalesce(before.version, 0) + 1 or new.in_force_at < before.in_force_at or new.merchant_id <> before.merchant_id
      or new.editorial and new.quiz_version <> coalesce(before.quiz_version, 0) then
    raise exception 'version % of pack % does not follow', new.version, new.shop_id using errcode = 'check_violation', constraint = 'pack_version_follows';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger follows before insert on academy.pack_version for each row execute function academy.follow_pack_version();

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['pack_draft', 'pack_version'] loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('create policy merchant on academy.%I for select to peakseat_app
      using (merchant_id = platform.organisation() or platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
    execute format('grant select on academy.%I to peakseat_app, peakseat_system', t);
  end loop;
end $$;
-- +goose StatementEnd
create trigger undeletable before delete on academy.pack_draft for each row execute function platform.refuse_change();
create trigger append_only before update or delete on academy.pack_version for each row execute function platform.refuse_change();
grant insert, update (revision, body, quiz, changed_by, changed_at) on academy.pack_draft to peakseat_app;
grant update (revision) on academy.pack_draft to peakseat_system;
grant insert on academy.pack_version to peakseat_system;
create policy bookers_add on academy.pack_draft for insert to peakseat_app
  with check (merchant_id = platform.organisation() and platform.role() in ('owner', 'booker'));
create policy bookers_change on academy.pack_draft for update to peakseat_app
  using (merchant_id = platform.organisation() and platform.role() in ('owner', 'booker'))
  with check (merchant_id = platform.organisation() and platform.role() in ('owner', 'booker'));

-- The program makes the papers of quizzes, and no others.
create policy of_packs on academy.bank for insert to peakseat_system with check (shop_id is not null);
create policy of_packs on academy.paper for insert to peakseat_system with check (shop_id is not null);
create policy of_packs on academy.question for insert to peakseat_system
  with check (exists (select from academy.bank b where b.id = bank_id and b.shop_id is not null));
create policy of_packs on academy.question_version for insert to peakseat_system
  with check (exists (select from academy.question q join academy.bank b on b.id = q.bank_id where q.id = question_id and b.shop_id is not null));
create policy of_packs on academy.paper_version for insert to peakseat_system
  with check (exists (select from academy.paper p where p.id = paper_id and p.shop_id is not null));
create policy of_packs_published on academy.paper_version for update to peakseat_system
  using (exists (select from academy.paper p where p.id = paper_id and p.shop_id is not null))
  with check (exists (select from academy.paper p where p.id = paper_id and p.shop_id is not null));
create policy of_packs on academy.paper_pool for insert to peakseat_system
  with check (exists (select from academy.paper_version v join academy.paper p on p.id = v.paper_id where v.id = paper_version_id and p.shop_id is not null));
grant insert on academy.bank, academy.paper, academy.question, academy.question_version, academy.paper_version, academy.paper_pool to peakseat_system;
grant update (state, published_by, published_at) on academy.paper_version to peakseat_system;
