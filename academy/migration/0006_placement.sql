-- +goose Up
-- What answers say of questions, and placement: a test that chooses its questions by what the examinee has shown so far. No
-- request's role reads what was asked: from layouts keys follow.

create table academy.calibration (
  id uuid primary key,
  bank_id uuid not null references academy.bank,
  model text not null check (model in ('rasch', 'two_pl')),
  examinees int not null check (examinees > 0),
  log_likelihood double precision not null,
  made_by uuid not null,
  made_at timestamptz not null
);
create index calibration_bank on academy.calibration (bank_id, id);

create table academy.calibrated_item (
  calibration_id uuid not null references academy.calibration,
  question_version_id uuid not null references academy.question_version,
  answers int not null check (answers > 0),
  a double precision not null check (a > 0 and a < 100),
  b double precision not null check (b between -100 and 100),
  se_a double precision not null check (se_a >= 0),
  se_b double precision not null check (se_b >= 0),
  primary key (calibration_id, question_version_id)
);
create index calibrated_item_question on academy.calibrated_item (question_version_id);

-- Trainers say which banks place people: what a placement shows is no secret any more.
create table academy.placement_test (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9_]{1,40}$'),
  name_zh text not null check (length(name_zh) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  bank_id uuid not null references academy.bank,
  topic text not null check (length(topic) <= 1000), -- with all below it; '' is all
  min_items int not null check (min_items between 1 and 100),
  max_items int not null check (max_items <= 100),
  target_se int not null check (target_se between 1 and 100), -- hundredths
  created_by uuid not null,
  created_at timestamptz not null,
  constraint placement_test_items_check check (max_items >= min_items)
);

create table academy.placement (
  id uuid not null,
  agent_id uuid not null,
  test_id uuid not null references academy.placement_test,
  state text not null check (state in ('open', 'finished')),
  started_at timestamptz not null,
  finished_at timestamptz,
  stopped_by text check (stopped_by in ('precise', 'length', 'exhausted')),
  answered int not null check (answered >= 0),
  ability double precision not null,
  se double precision not null check (se > 0),
  primary key (id, agent_id),
  constraint placement_finished_check check ((state = 'finished') = (finished_at is not null) and (finished_at is null) = (stopped_by is null))
);
create unique index placement_one_open on academy.placement (agent_id, test_id) where state = 'open';
create index placement_test_of on academy.placement (test_id, id);

create table academy.placement_item (
  placement_id uuid not null,
  position int not null check (position > 0),
  agent_id uuid not null,
  question_version_id uuid not null references academy.question_version,
  a double precision not null, -- as they were when it was chosen
  b double precision not null,
  shown jsonb not null, -- marking.Shown
  layout int[] not null, -- marking.Layout
  asked_at timestamptz not null,
  primary key (placement_id, position, agent_id),
  unique (placement_id, question_version_id),
  foreign key (placement_id, agent_id) references academy.placement
);
create index placement_item_question on academy.placement_item (question_version_id);

create table academy.placement_answer (
  placement_id uuid not null,
  position int not null,
  agent_id uuid not null,
  answer jsonb not null, -- marking.Answer
  right_answer boolean not null,
  ability double precision not null, -- after it
  se double precision not null check (se > 0),
  answered_at timestamptz not null,
  primary key (placement_id, position, agent_id),
  foreign key (placement_id, position, agent_id) references academy.placement_item
);

-- +goose StatementBegin
create function academy.refuse_finished_change() returns trigger language plpgsql as $$
begin
  if old.state = 'finished' then
    raise exception 'placement % is finished', old.id using errcode = 'restrict_violation', constraint = 'placement_finished';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger finished_stays before update on academy.placement for each row execute function academy.refuse_finished_change();

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
begin
  for t, seen in values
    ('calibration', ''), ('calibrated_item', ''), ('placement_test', 'platform.role() = ''agent'''),
    ('placement', 'agent_id = platform.account()'),
    ('placement_item', ''), ('placement_answer', '')
  loop
    execute format('alter table academy.%I enable row level security', t);
    if seen <> '' then
      execute format('create policy own on academy.%I for select to peakseat_app using (%s)', t, seen);
    end if;
    execute format('create policy official on academy.%I for select to peakseat_app using (platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on academy.%I to peakseat_system', t);
    if t not in ('placement_item', 'placement_answer') then
      execute format('grant select on academy.%I to peakseat_app', t);
    end if;
    if t in ('calibration', 'calibrated_item', 'placement_test') then
      execute format('grant insert on academy.%I to peakseat_app', t);
      execute format('create policy official_write on academy.%I for insert to peakseat_app with check (platform.role() in (''operator'', ''trainer''))', t);
    else
      execute format('grant insert on academy.%I to peakseat_system', t);
    end if;
    if t = 'placement' then
      create trigger undeletable before delete on academy.placement for each row execute function platform.refuse_change();
    else
      execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
    end if;
    execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
  end loop;
end $$;
-- +goose StatementEnd
grant update (state, finished_at, stopped_by, answered, ability, se) on academy.placement to peakseat_system;
