-- +goose Up
-- Credentials: what they take, who holds them, what became of them, and the log that proves it. Rows are only added.

-- A credential that grants a tag stands beside the row; without one an operator granted it.
alter table certification.tag_grant add column credential_id uuid;
alter table certification.held_tag add column credential_id uuid;
create index held_tag_credential on certification.held_tag (expires_at) where credential_id is not null;

create table certification.template (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9_]{1,40}$'),
  created_by uuid not null,
  created_at timestamptz not null
);

create table certification.template_version (
  template_id uuid not null references certification.template,
  version int not null check (version > 0),
  name_zh text not null check (length(name_zh) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  about_zh text not null check (length(about_zh) between 1 and 2000),
  about_en text not null check (length(about_en) between 1 and 2000),
  requirements jsonb not null,         -- [{kind, ref, score, count}]
  renewal_requirements jsonb not null, -- the shorter path
  grants jsonb not null,               -- [{tag, level}]
  valid_days int not null check (valid_days between 1 and 3650),
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (template_id, version)
);

-- Half of a list's 131,072 bits are given out at random: neighbours in a list say nothing about each other.
create table certification.status_list (
  list int primary key check (list > 0),
  allocated int not null check (allocated between 0 and 65536)
);
insert into certification.status_list values (1, 0);

create table certification.credential (
  id uuid primary key,
  public_id text not null unique check (public_id ~ '^[A-Za-z0-9_-]{22}$'), -- 128 random bits
  agent_id uuid not null,
  template_id uuid not null,
  template_version int not null,
  list int not null references certification.status_list,
  list_index int not null check (list_index between 0 and 131071),
  renews uuid references certification.credential,
  evidence text not null check (length(evidence) between 1 and 2000),
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  jwt text not null check (length(jwt) between 1 and 20000),
  issued_by uuid not null,
  issued_at timestamptz not null,
  unique (list, list_index),
  constraint credential_valid_check check (valid_until > valid_from),
  foreign key (template_id, template_version) references certification.template_version
);
create index credential_agent on certification.credential (agent_id, id);

-- One person suspends at once, for 72 hours, and the same person not again.
create table certification.suspension (
  id uuid primary key,
  credential_id uuid not null references certification.credential,
  reason_code text not null check (reason_code in ('cheating', 'misconduct', 'evidence_wrong', 'security', 'other')),
  reason text not null check (length(reason) between 1 and 2000),
  suspended_by uuid not null,
  suspended_at timestamptz not null,
  until timestamptz not null,
  unique (credential_id, suspended_by),
  constraint suspension_until_check check (until > suspended_at and until <= suspended_at + interval '72 hours')
);
create index suspension_until on certification.suspension (until, id);

-- ended_by is null where the time ran out.
create table certification.suspension_end (
  suspension_id uuid primary key references certification.suspension,
  ended_by uuid,
  ended_at timestamptz not null
);

create table certification.revocation_request (
  id uuid not null,
  credential_id uuid not null references certification.credential,
  reason_code text not null check (reason_code in ('cheating', 'misconduct', 'evidence_wrong', 'security', 'other')),
  reason text not null check (length(reason) between 1 and 2000),
  requested_by uuid not null,
  requested_at timestamptz not null,
  primary key (id, credential_id, requested_by) -- all of which the confirmation names
);
create index revocation_request_credential on certification.revocation_request (credential_id, id);

-- Two different persons revoke.
create table certification.revocation (
  credential_id uuid primary key references certification.credential,
  request_id uuid not null unique,
  requested_by uuid not null,
  confirmed_by uuid not null,
  revoked_at timestamptz not null,
  constraint revocation_two_persons check (confirmed_by <> requested_by),
  foreign key (request_id, credential_id, requested_by) references certification.revocation_request (id, credential_id, requested_by)
);

-- An appeal against one act, decided by somebody who had no part in it.
create table certification.appeal (
  id uuid not null,
  credential_id uuid not null references certification.credential,
  act_id uuid not null unique, -- the suspension or the revocation's request
  against text not null check (against in ('suspension', 'revocation')),
  involved uuid[] not null check (cardinality(involved) > 0),
  agent_id uuid not null,
  reason text not null check (length(reason) between 1 and 2000),
  appealed_at timestamptz not null,
  primary key (id, involved) -- both of which the decision names
);
create table certification.appeal_decision (
  appeal_id uuid primary key,
  involved uuid[] not null,
  decided_by uuid not null,
  upheld boolean not null,
  reason text not null check (length(reason) between 1 and 2000),
  decided_at timestamptz not null,
  constraint appeal_decision_other_person check (decided_by <> all (involved)),
  foreign key (appeal_id, involved) references certification.appeal (id, involved)
);

-- Whether the public page tells the holder's name: the newest row says.
create table certification.consent (
  id uuid primary key,
  credential_id uuid not null references certification.credential,
  show_name boolean not null,
  given_at timestamptz not null
);
create index consent_credential on certification.consent (credential_id, id);

-- The transparency log. A leaf tells a credential by the hash of its token, which nobody guesses.
create table certification.log_leaf (
  index bigint primary key check (index >= 0),
  kind text not null check (kind in ('issued', 'suspended', 'reinstated', 'revoked')),
  credential_id uuid not null references certification.credential,
  leaf bytea not null,
  hash bytea not null check (octet_length(hash) = 32),
  logged_at timestamptz not null
);
create index log_leaf_credential on certification.log_leaf (credential_id, index);
create index log_leaf_hash on certification.log_leaf (hash);
create table certification.log_hash (
  position bigint primary key check (position >= 0),
  hash bytea not null check (octet_length(hash) = 32)
);

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
begin
  for t, seen in values
    ('template', 'true'), ('template_version', 'true'), ('status_list', 'false'), ('log_hash', 'false'),
    ('credential', 'agent_id = platform.account()'),
    ('suspension', 'exists (select from certification.credential c where c.id = credential_id)'),
    ('suspension_end', 'exists (select from certification.suspension s where s.id = suspension_id)'),
    ('revocation', 'exists (select from certification.credential c where c.id = credential_id)'),
    ('revocation_request', 'exists (select from certification.revocation r where r.request_id = revocation_request.id)'),
    ('appeal', 'agent_id = platform.account()'),
    ('appeal_decision', 'exists (select from certification.appeal a where a.id = appeal_id)'),
    ('consent', 'exists (select from certification.credential c where c.id = credential_id)'),
    ('log_leaf', 'exists (select from certification.credential c where c.id = credential_id)')
  loop
    execute format('alter table certification.%I enable row level security', t);
    if t in ('template', 'template_version') then
      execute format('create policy own on certification.%I for select to peakseat_app using (platform.role() is not null)', t);
    else
      execute format('create policy own on certification.%I for select to peakseat_app using (%s)', t, seen);
    end if;
    execute format('create policy official on certification.%I for select to peakseat_app using (platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on certification.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on certification.%I to peakseat_app', t);
    execute format('grant select, insert on certification.%I to peakseat_system', t);
    if t <> 'status_list' then
      execute format('create trigger append_only before update or delete on certification.%I for each row execute function platform.refuse_change()', t);
      execute format('create trigger no_truncate before truncate on certification.%I for each statement execute function platform.refuse_change()', t);
    end if;
  end loop;
end $$;
-- +goose StatementEnd
grant update (allocated) on certification.status_list to peakseat_system;
-- What officials do to a credential changes another person's rows, and is done by the system role. Under their own they write templates.
grant insert on certification.template, certification.template_version, certification.appeal, certification.consent to peakseat_app;
create policy official_write on certification.template for insert to peakseat_app with check (platform.role() in ('operator', 'trainer'));
create policy official_write on certification.template_version for insert to peakseat_app with check (platform.role() in ('operator', 'trainer'));
create policy appeals on certification.appeal for insert to peakseat_app
  with check (agent_id = platform.account() and exists (select from certification.credential c where c.id = credential_id and c.agent_id = platform.account()));
create policy consents on certification.consent for insert to peakseat_app
  with check (exists (select from certification.credential c where c.id = credential_id and c.agent_id = platform.account()));
