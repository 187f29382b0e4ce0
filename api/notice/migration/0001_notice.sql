-- +goose Up
-- What happened that somebody wants to know: one row for a person, or one for the people of an organisation.

grant usage on schema notice to peakseat_app, peakseat_system;

-- The order of notices is that in which they can be seen: whoever writes holds an advisory lock from before the
-- position is taken until the commit (notice_store.go), so that a reader who has seen a position has seen all below.
create sequence notice.position;
grant usage on sequence notice.position to peakseat_system;

create table notice.notice (
  id uuid primary key,
  position bigint not null unique default nextval('notice.position'),
  fact_id uuid not null,          -- what told it
  account_id uuid,                -- for this person
  organisation_id uuid,           -- or for those of this organisation
  roles text[],                   -- who act in one of these roles
  kind text not null check (kind ~ '^[a-z_]+$'),
  subject jsonb not null,         -- ids, and no more: no personal data
  figures jsonb not null,         -- minutes, seats, money, times
  created_at timestamptz not null, -- the rules' clock: when it became true
  check ((account_id is null) <> (organisation_id is null)),
  check ((organisation_id is null) = (roles is null)),
  check (cardinality(roles) > 0)
);
-- A fact told again tells nobody twice, whatever the inbox has forgotten.
create unique index notice_once_account on notice.notice (account_id, fact_id) where account_id is not null;
create unique index notice_once_organisation on notice.notice (organisation_id, fact_id) where organisation_id is not null;
create index notice_account on notice.notice (account_id, position) where account_id is not null;
create index notice_organisation on notice.notice (organisation_id, position) where organisation_id is not null;
create trigger append_only before update or delete on notice.notice
  for each row execute function platform.refuse_change();

-- Who has read what. A notice for an organisation is read by each of its people.
create table notice.reading (
  account_id uuid not null,
  notice_id uuid not null references notice.notice,
  read_at timestamptz not null,
  primary key (account_id, notice_id)
);

-- Up to where a person has read everything that they see in this organisation (the zero id: in none). It only saves looking.
create table notice.read_through (
  account_id uuid not null,
  organisation_id uuid not null,
  position bigint not null,
  primary key (account_id, organisation_id)
);

alter table notice.notice enable row level security;
alter table notice.reading enable row level security;
alter table notice.read_through enable row level security;
create policy own on notice.notice for select to peakseat_app
  using (account_id = platform.account() or organisation_id = platform.organisation() and platform.role() = any (roles));
create policy everything on notice.notice to peakseat_system using (true) with check (true);
create policy own_read on notice.reading for select to peakseat_app using (account_id = platform.account());
create policy own_write on notice.reading for insert to peakseat_app
  with check (account_id = platform.account() and exists (select from notice.notice n where n.id = notice_id));
create policy own on notice.read_through to peakseat_app
  using (account_id = platform.account()) with check (account_id = platform.account());
create policy everything on notice.reading for select to peakseat_system using (true);
create policy everything on notice.read_through for select to peakseat_system using (true);
grant select on notice.notice to peakseat_app;
grant select, insert on notice.reading to peakseat_app;
grant select, insert, update on notice.read_through to peakseat_app;
grant select, insert on notice.notice to peakseat_system;
grant select on notice.reading, notice.read_through to peakseat_system;
