-- +goose Up
-- People, the organisations they act for, and what proves who they are.
--
-- What tells who somebody is (e-mail, name) is sealed under a key of that person's own, and the
-- e-mail is found by a keyed hash. Secrets (refresh tokens, API keys, links) are kept as hashes.
-- Whoever has no actor yet (signing in, refreshing, accepting a link, using an API key) is
-- served by peakseat_system; everything else by peakseat_app under the policies below.

grant usage on schema account to peakseat_app, peakseat_system;

create table account.account (
  id uuid primary key,
  kind text not null check (kind in ('agent', 'staff')),
  email_index bytea,                       -- keyed hash of the normalised address; null once erased
  email bytea,                             -- sealed under data_key
  name bytea,                              -- sealed under data_key
  data_key bytea,                          -- the person's key, itself wrapped; destroyed by erasure
  seeded boolean not null default false,   -- made by the development seed, nobody real
  version bigint not null default 1,
  created_at timestamptz not null,
  erased_at timestamptz,
  constraint account_email unique (email_index),
  constraint account_whole check (
    case when erased_at is null then num_nulls(email_index, email, name, data_key) = 0
         else num_nonnulls(email_index, email, name, data_key) = 0 end)
);
create index account_age on account.account (created_at desc, id desc);
create index account_real on account.account (id) where not seeded;

-- Apart from the account, so that colleagues who may see a name cannot read a hash.
create table account.password (
  account_id uuid primary key references account.account,
  hash text not null check (hash like '$argon2id$%'),
  set_at timestamptz not null
);

-- An account with a row here is out. Operators write it; what happened is in the audit trail.
create table account.disablement (
  account_id uuid primary key references account.account,
  by uuid not null,
  disabled_at timestamptz not null
);

create table account.organisation (
  id uuid primary key,
  kind text not null check (kind in ('merchant', 'platform')),
  name text check (length(name) between 1 and 80),   -- null: the merchant has not said yet
  seeded boolean not null default false,
  version bigint not null default 1,
  created_at timestamptz not null,
  unique (id, kind)
);
-- The platform's own organisation, to which trainers and operators belong. There is one.
create unique index organisation_platform on account.organisation (kind) where kind = 'platform';
insert into account.organisation (id, kind, name, created_at)
  values ('01900000-0000-7000-8000-000000000001', 'platform', '峰席 PeakSeat', '2026-01-01Z');

create table account.membership (
  organisation_id uuid not null,
  organisation_kind text not null,
  account_id uuid not null references account.account,
  role text not null,
  joined_at timestamptz not null,
  primary key (organisation_id, account_id),
  foreign key (organisation_id, organisation_kind) references account.organisation (id, kind),
  constraint membership_role check (case organisation_kind
    when 'merchant' then role in ('owner', 'booker', 'finance', 'viewer')
    when 'platform' then role in ('trainer', 'operator') end)
);
create index membership_account on account.membership (account_id);

-- One-time links: an invitation names an organisation and a role, a reset names an account.
-- An invitation's key becomes the account's when it is accepted, and leaves this table.
create table account.link (
  id uuid primary key,
  purpose text not null check (purpose in ('invitation', 'reset')),
  token_hash bytea not null constraint link_token unique,
  organisation_id uuid,
  organisation_kind text,
  role text,
  account_id uuid references account.account,      -- whose password a reset sets; who accepted an invitation
  person_id uuid,                                  -- whom the key below is bound to: the account to be
  email_index bytea,
  email bytea,
  data_key bytea,
  made_by uuid,                                    -- null: peakseat operator add
  made_at timestamptz not null,
  expires_at timestamptz not null,                 -- the machine's clock
  used_at timestamptz,
  foreign key (organisation_id, organisation_kind) references account.organisation (id, kind),
  check (case purpose when 'reset' then account_id is not null and num_nonnulls(organisation_id, role, person_id, email_index, email, data_key) = 0
    else num_nulls(organisation_id, organisation_kind, role, person_id) = 0
      and num_nulls(email_index, email, data_key) in (0, 3) end),
  constraint link_role check (purpose = 'reset' or case organisation_kind
    when 'merchant' then role in ('owner', 'booker', 'finance', 'viewer')
    when 'platform' then role in ('trainer', 'operator') end)
);
create index link_organisation on account.link (organisation_id, made_at desc) where used_at is null;
create index link_account on account.link (account_id) where used_at is null;
create index link_expiry on account.link (expires_at) where used_at is null;

-- A session is a family of refresh tokens, of which one is fresh. Times are the machine's.
create table account.session (
  id uuid primary key,
  account_id uuid not null references account.account,
  organisation_id uuid references account.organisation,
  began_at timestamptz not null,
  refreshed_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_by text check (ended_by in ('signed_out', 'reuse', 'password', 'disabled', 'role', 'erased')),
  check ((ended_at is null) = (ended_by is null))
);
create index session_live on account.session (account_id) where ended_at is null;
create index session_expiry on account.session (expires_at);

create table account.refresh_token (
  hash bytea primary key,
  session_id uuid not null references account.session on delete cascade,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_token_session on account.refresh_token (session_id);

-- What every process reads every few seconds, to refuse tokens before they expire. session_id
-- null: the whole account, until a row that lifts it.
create table account.revocation (
  id uuid primary key,
  account_id uuid not null,
  session_id uuid,
  lifted boolean not null default false,
  at timestamptz not null,                  -- the machine's clock
  check (not (lifted and session_id is not null))
);
create index revocation_age on account.revocation (at);

create table account.api_key (
  id uuid primary key,
  organisation_id uuid not null references account.organisation,
  account_id uuid not null references account.account,   -- who made it, and in whose name it acts
  name text not null check (length(name) between 1 and 80),
  hash bytea not null constraint api_key_hash unique,
  hint text not null,                                    -- its last four characters
  role text not null check (role in ('owner', 'booker', 'finance', 'viewer')),
  scopes text[] not null check (cardinality(scopes) between 1 and 32),
  made_at timestamptz not null,
  expires_at timestamptz,                                -- the machine's clock
  used_at timestamptz
);
create index api_key_organisation on account.api_key (organisation_id, id);
create index api_key_account on account.api_key (account_id);

-- Row-level security: no table here is without.
alter table account.account enable row level security;
alter table account.password enable row level security;
alter table account.disablement enable row level security;
alter table account.organisation enable row level security;
alter table account.membership enable row level security;
alter table account.link enable row level security;
alter table account.session enable row level security;
alter table account.refresh_token enable row level security;
alter table account.revocation enable row level security;
alter table account.api_key enable row level security;

create policy see on account.account for select to peakseat_app using (
  id = (select platform.account())
  or (select platform.role()) = 'operator'
  or id in (select m.account_id from account.membership m where m.organisation_id = (select platform.organisation())));
-- operators lock the row (disablement) and may not change it
create policy change on account.account for update to peakseat_app
  using (id = (select platform.account()) or (select platform.role()) = 'operator')
  with check (id = (select platform.account()));
grant select on account.account to peakseat_app;
grant update (name, version) on account.account to peakseat_app;

create policy own on account.password to peakseat_app
  using (account_id = (select platform.account())) with check (account_id = (select platform.account()));
grant select, update on account.password to peakseat_app;

create policy see on account.disablement for select to peakseat_app using (
  account_id = (select platform.account())
  or (select platform.role()) = 'operator'
  or account_id in (select m.account_id from account.membership m where m.organisation_id = (select platform.organisation())));
create policy operators on account.disablement for insert to peakseat_app
  with check ((select platform.role()) = 'operator' and by = (select platform.account()));
create policy operators_lift on account.disablement for delete to peakseat_app
  using ((select platform.role()) = 'operator');
grant select, insert, delete on account.disablement to peakseat_app;

create policy see on account.organisation for select to peakseat_app using (
  id = (select platform.organisation())
  or (select platform.role()) = 'operator'
  or id in (select m.organisation_id from account.membership m where m.account_id = (select platform.account())));
create policy owners on account.organisation for update to peakseat_app
  using (id = (select platform.organisation()) and (select platform.role()) = 'owner')
  with check (id = (select platform.organisation()));
grant select, update (name, version) on account.organisation to peakseat_app;

create policy see on account.membership for select to peakseat_app using (
  account_id = (select platform.account())
  or organisation_id = (select platform.organisation())
  or (select platform.role()) = 'operator');
create policy leave on account.membership for delete to peakseat_app using (
  organisation_id = (select platform.organisation()) and (select platform.role()) in ('owner', 'operator'));
grant select, delete on account.membership to peakseat_app;

-- Owners invite into their own organisation, operators into the platform's, and operators make resets.
create policy makers on account.link to peakseat_app
  using ((organisation_id = (select platform.organisation()) and (select platform.role()) in ('owner', 'operator'))
    or (purpose = 'reset' and (select platform.role()) = 'operator'))
  with check (made_by = (select platform.account())
    and ((organisation_id = (select platform.organisation()) and (select platform.role()) in ('owner', 'operator'))
      or (purpose = 'reset' and (select platform.role()) = 'operator')));
grant select, insert, delete on account.link to peakseat_app;

create policy see on account.session for select to peakseat_app
  using (account_id = (select platform.account()) or (select platform.role()) = 'operator'
    or (organisation_id = (select platform.organisation()) and (select platform.role()) = 'owner'));
create policy finish on account.session for update to peakseat_app
  using (account_id = (select platform.account()) or (select platform.role()) = 'operator'
    or (organisation_id = (select platform.organisation()) and (select platform.role()) = 'owner'));
grant select, update (ended_at, ended_by) on account.session to peakseat_app;

create policy tell on account.revocation for insert to peakseat_app
  with check (account_id = (select platform.account()) or (select platform.role()) = 'operator'
    or (not lifted and session_id is not null and (select platform.role()) = 'owner'
      and account_id in (select m.account_id from account.membership m where m.organisation_id = (select platform.organisation()))));
grant insert on account.revocation to peakseat_app;

create policy owners on account.api_key to peakseat_app
  using (organisation_id = (select platform.organisation()) and (select platform.role()) = 'owner')
  with check (organisation_id = (select platform.organisation()) and (select platform.role()) = 'owner'
    and account_id = (select platform.account()));
grant select, insert, delete on account.api_key to peakseat_app;

create policy everything on account.account to peakseat_system using (true) with check (true);
create policy everything on account.password to peakseat_system using (true) with check (true);
create policy everything on account.disablement to peakseat_system using (true) with check (true);
create policy everything on account.organisation to peakseat_system using (true) with check (true);
create policy everything on account.membership to peakseat_system using (true) with check (true);
create policy everything on account.link to peakseat_system using (true) with check (true);
create policy everything on account.session to peakseat_system using (true) with check (true);
create policy everything on account.refresh_token to peakseat_system using (true) with check (true);
create policy everything on account.revocation to peakseat_system using (true) with check (true);
create policy everything on account.api_key to peakseat_system using (true) with check (true);
grant select, insert, update on account.account, account.organisation to peakseat_system;
grant select, insert, update, delete on account.password, account.membership to peakseat_system;
grant select on account.disablement to peakseat_system;
grant select, insert, update, delete on account.link, account.session, account.refresh_token to peakseat_system;
grant select, insert, delete on account.revocation to peakseat_system;
grant select, delete, update (used_at) on account.api_key to peakseat_system;
