-- +goose Up
-- Question banks and papers. Only trainers and operators read them: they hold the keys. A version of a question or a
-- published version of a paper never changes, so that a score can be computed again from what is kept.

create table academy.bank (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9_]{1,40}$'),
  name text not null check (length(name) between 1 and 100),
  created_by uuid not null,
  created_at timestamptz not null
);

-- A retired question is in no new paper; papers that have it keep it.
create table academy.question (
  id uuid primary key,
  bank_id uuid not null references academy.bank,
  ref text check (length(ref) between 1 and 1000), -- the author's own number
  created_by uuid not null,
  created_at timestamptz not null,
  retired_by uuid,
  retired_at timestamptz,
  unique (bank_id, ref),
  constraint question_retired_check check ((retired_at is null) = (retired_by is null))
);
create index question_bank on academy.question (bank_id, id);

create table academy.question_version (
  id uuid primary key,
  question_id uuid not null references academy.question,
  version int not null check (version > 0),
  topic text not null check (length(topic) between 1 and 1000), -- a path: 售前/物流
  difficulty int not null check (difficulty between 1 and 5),
  kind text not null check (kind in ('single_choice', 'multiple_choice', 'true_false', 'numeric', 'short_text', 'matching', 'ordering', 'open', 'dialogue')),
  body jsonb not null, -- exchange.Question
  digest bytea not null check (octet_length(digest) = 32), -- of what it asks, to find the same question twice
  created_by uuid not null,
  created_at timestamptz not null,
  unique (question_id, version)
);

create table academy.paper (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9_]{1,40}$'),
  created_by uuid not null,
  created_at timestamptz not null
);

create table academy.paper_version (
  id uuid primary key,
  paper_id uuid not null references academy.paper,
  version int not null check (version > 0),
  revision bigint not null check (revision > 0), -- of the draft
  state text not null check (state in ('draft', 'published')),
  name_zh text not null check (length(name_zh) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  minutes int not null check (minutes between 1 and 600),
  grace_seconds int not null check (grace_seconds between 0 and 600),
  pass_score int not null check (pass_score between 0 and 10000), -- hundredths of a percent
  max_attempts int not null check (max_attempts between 1 and 100),
  cool_down_minutes int not null check (cool_down_minutes between 0 and 525600), -- from the end of an attempt to the next
  max_overlap int not null check (max_overlap between 0 and 100), -- percent of a form that the form before had too
  bank_ids uuid[] not null check (cardinality(bank_ids) between 1 and 50),
  blueprint jsonb not null, -- [{topic, difficulty, count, points}]
  created_by uuid not null,
  created_at timestamptz not null,
  published_by uuid,
  published_at timestamptz,
  unique (paper_id, version),
  constraint paper_version_published_check check ((state = 'published') = (published_at is not null) and (published_at is null) = (published_by is null))
);
create unique index paper_version_one_draft on academy.paper_version (paper_id) where state = 'draft';

-- What a published version draws from, frozen.
create table academy.paper_pool (
  paper_version_id uuid not null references academy.paper_version,
  question_version_id uuid not null references academy.question_version,
  primary key (paper_version_id, question_version_id)
);
create index paper_pool_question on academy.paper_pool (question_version_id);

-- +goose StatementBegin
create function academy.refuse_second_retirement() returns trigger language plpgsql as $$
begin
  if old.retired_at is not null then
    raise exception 'question % is retired', old.id using errcode = 'restrict_violation', constraint = 'question_retired_once';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger retired_once before update on academy.question for each row execute function academy.refuse_second_retirement();

-- +goose StatementBegin
create function academy.refuse_published_change() returns trigger language plpgsql as $$
begin
  if old.state = 'published' then
    raise exception 'paper version % is published', old.id using errcode = 'restrict_violation', constraint = 'paper_version_published';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger published_stays before update on academy.paper_version for each row execute function academy.refuse_published_change();

-- +goose StatementBegin
create function academy.refuse_pool_of_published() returns trigger language plpgsql as $$
begin
  if exists (select from academy.paper_version v where v.id = new.paper_version_id and v.state = 'published') then
    raise exception 'paper version % is published', new.paper_version_id using errcode = 'restrict_violation', constraint = 'paper_version_published';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger published_stays before insert on academy.paper_pool for each row execute function academy.refuse_pool_of_published();

-- +goose StatementBegin
do $$
declare
  t text;
begin
  foreach t in array array['bank', 'question', 'question_version', 'paper', 'paper_version', 'paper_pool'] loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('create policy official on academy.%I to peakseat_app using (platform.role() in (''operator'', ''trainer'')) with check (platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on academy.%I for select to peakseat_system using (true)', t);
    execute format('grant select on academy.%I to peakseat_system', t);
    execute format('grant select, insert on academy.%I to peakseat_app', t);
    if t in ('question', 'paper_version') then
      execute format('create trigger undeletable before delete on academy.%I for each row execute function platform.refuse_change()', t);
    else
      execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
    end if;
    execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
  end loop;
end $$;
-- +goose StatementEnd
grant update (retired_by, retired_at) on academy.question to peakseat_app;
grant update (revision, state, name_zh, name_en, minutes, grace_seconds, pass_score, max_attempts, cool_down_minutes, max_overlap, bank_ids, blueprint, published_by, published_at)
  on academy.paper_version to peakseat_app;
-- What there is to sit, without questions.
create policy sitting on academy.paper for select to peakseat_app using (platform.role() = 'agent');
create policy sitting on academy.paper_version for select to peakseat_app using (platform.role() = 'agent' and state = 'published');
