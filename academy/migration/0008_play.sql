-- +goose Up
-- Play: points from events that anyone may audit, questions among agents, talks. Nothing is changed or deleted: what is
-- taken back is another row.

-- An event's points are what it changed: standing for one thing (kind, ref) is the sum of its events, and 0 after a reversal.
create table academy.point_event (
  id uuid primary key,
  agent_id uuid not null,
  kind text not null check (kind in ('course', 'paper', 'simulation', 'trial_shift', 'answer', 'talk')),
  ref text not null check (length(ref) between 1 and 100),
  points int not null check (points <> 0 and points between -10000 and 10000),
  cause uuid not null, -- the fact or row that changed the standing
  happened_at timestamptz not null,
  unique (agent_id, kind, ref, cause)
);
create index point_event_agent on academy.point_event (agent_id, id);

create table academy.peer_question (
  id uuid primary key,
  agent_id uuid not null,
  title text not null check (length(title) between 1 and 200),
  body text not null check (length(body) between 1 and 4000),
  asked_at timestamptz not null
);
create table academy.peer_answer (
  id uuid not null,
  question_id uuid not null references academy.peer_question,
  agent_id uuid not null,
  body text not null check (length(body) between 1 and 4000),
  answered_at timestamptz not null,
  primary key (id, question_id) -- both of which an acceptance names
);
create index peer_answer_question on academy.peer_answer (question_id, id);
-- The newest row says which answer is accepted, or that none is any more.
create table academy.peer_acceptance (
  id uuid primary key,
  question_id uuid not null references academy.peer_question,
  answer_id uuid,
  decided_by uuid not null,
  decided_at timestamptz not null,
  foreign key (answer_id, question_id) references academy.peer_answer (id, question_id)
);
create index peer_acceptance_question on academy.peer_acceptance (question_id, id);

create table academy.talk (
  id uuid primary key,
  title_zh text not null check (length(title_zh) between 1 and 200),
  title_en text not null check (length(title_en) between 1 and 200),
  speaker text not null check (length(speaker) between 1 and 100),
  link text not null check (link ~ '^https://' and length(link) <= 500),
  capacity int not null check (capacity between 1 and 100000),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  created_by uuid not null,
  created_at timestamptz not null,
  constraint talk_ends_check check (ends_at > starts_at)
);
-- The newest row of an agent says whether they are signed up; so does attendance's.
create table academy.talk_sign_up (
  id uuid primary key,
  talk_id uuid not null references academy.talk,
  agent_id uuid not null,
  coming boolean not null,
  signed_at timestamptz not null
);
create index talk_sign_up_talk on academy.talk_sign_up (talk_id, agent_id, id);
create table academy.talk_attendance (
  id uuid primary key,
  talk_id uuid not null references academy.talk,
  agent_id uuid not null,
  attended boolean not null,
  noted_by uuid not null,
  noted_at timestamptz not null
);
create index talk_attendance_talk on academy.talk_attendance (talk_id, agent_id, id);

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
begin
  for t, seen in values
    ('point_event', 'agent_id = platform.account()'),
    ('peer_question', 'platform.role() = ''agent'''),
    ('peer_answer', 'platform.role() = ''agent'''),
    ('peer_acceptance', 'platform.role() = ''agent'''),
    ('talk', 'platform.role() = ''agent'''),
    ('talk_sign_up', 'agent_id = platform.account()'),
    ('talk_attendance', 'agent_id = platform.account()')
  loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('create policy own on academy.%I for select to peakseat_app using (%s)', t, seen);
    execute format('create policy official on academy.%I for select to peakseat_app using (platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on academy.%I to peakseat_app', t);
    execute format('grant select, insert on academy.%I to peakseat_system', t);
    execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
  end loop;
  foreach t in array array['peer_question', 'peer_answer'] loop
    execute format('grant insert on academy.%I to peakseat_app', t);
    execute format('create policy own_write on academy.%I for insert to peakseat_app with check (platform.role() = ''agent'' and agent_id = platform.account())', t);
  end loop;
end $$;
-- +goose StatementEnd
grant insert on academy.talk to peakseat_app;
create policy official_write on academy.talk for insert to peakseat_app with check (platform.role() in ('operator', 'trainer'));
