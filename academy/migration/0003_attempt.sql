-- +goose Up
-- Attempts at papers, their marks and grades, and what a person should look at. The examinee's role reads what is shown and
-- writes answers while the attempt is open; seeds and layouts, from which keys follow, lie in a table that no request's role
-- reads. Children carry the examinee's id with the attempt's, so that a policy asks no second table.

-- When a paper may be begun: the newest row counts; without one, always.
create table academy.paper_window (
  id uuid primary key,
  paper_id uuid not null references academy.paper,
  opens_at timestamptz,
  closes_at timestamptz,
  set_by uuid not null,
  set_at timestamptz not null,
  constraint paper_window_check check (closes_at > opens_at)
);
create index paper_window_paper on academy.paper_window (paper_id, id);

-- More time for a person, for reasons that are nobody else's business: the newest row counts.
create table academy.accommodation (
  id uuid primary key,
  agent_id uuid not null,
  time_factor int not null check (time_factor between 100 and 400), -- percent
  pause_minutes int not null check (pause_minutes between 0 and 240), -- of an attempt, together
  until timestamptz,
  reason text not null check (length(reason) between 1 and 2000),
  granted_by uuid not null,
  granted_at timestamptz not null,
  constraint accommodation_other_person check (granted_by <> agent_id)
);
create index accommodation_agent on academy.accommodation (agent_id, id);

create table academy.attempt (
  id uuid not null,
  agent_id uuid not null,
  paper_id uuid not null references academy.paper,
  paper_version_id uuid not null references academy.paper_version,
  number int not null check (number > 0), -- of the person's at the paper
  time_factor int not null check (time_factor between 100 and 400),
  device uuid not null, -- the one that may answer
  state text not null check (state in ('open', 'submitted', 'graded')),
  started_at timestamptz not null,
  ends_at timestamptz not null, -- but for a pause that lasts
  grace_seconds int not null check (grace_seconds between 0 and 600),
  pause_left int not null check (pause_left >= 0), -- seconds
  paused_at timestamptz,
  closed_at timestamptz,
  closed_by text check (closed_by in ('agent', 'time')),
  screened_at timestamptz, -- compared with others
  primary key (id, agent_id),
  unique (agent_id, paper_id, number),
  constraint attempt_time_check check (ends_at > started_at),
  constraint attempt_closed_check check ((state = 'open') = (closed_at is null) and (closed_at is null) = (closed_by is null)),
  constraint attempt_paused_check check (paused_at is null or state = 'open'),
  constraint attempt_screened_check check (screened_at is null or state <> 'open')
);
-- Nobody sits twice at the same time.
create unique index attempt_one_open on academy.attempt (agent_id) where state = 'open';
create index attempt_due on academy.attempt (ends_at) where state = 'open';
create index attempt_unscreened on academy.attempt (paper_id, closed_at) where state <> 'open' and screened_at is null;
create index attempt_paper on academy.attempt (paper_id, id);

create table academy.attempt_item (
  attempt_id uuid not null,
  position int not null check (position > 0),
  agent_id uuid not null,
  question_version_id uuid not null references academy.question_version,
  topic text not null,
  points int not null check (points > 0),
  shown jsonb not null, -- marking.Shown: all that the examinee is sent
  primary key (attempt_id, position, agent_id),
  unique (attempt_id, question_version_id),
  foreign key (attempt_id, agent_id) references academy.attempt
);

-- What the form was drawn by, and in which order each question's parts are shown.
create table academy.attempt_form (
  attempt_id uuid primary key,
  agent_id uuid not null,
  seed bigint not null,
  layouts jsonb not null, -- a marking.Layout for each position
  foreign key (attempt_id, agent_id) references academy.attempt
);

create table academy.attempt_answer (
  attempt_id uuid not null,
  position int not null,
  agent_id uuid not null,
  answer jsonb not null, -- marking.Answer
  seq bigint not null check (seq > 0), -- the examinee's own count
  saved_at timestamptz not null,
  primary key (attempt_id, position, agent_id),
  foreign key (attempt_id, position, agent_id) references academy.attempt_item
) with (fillfactor = 70);

create table academy.attempt_event (
  id uuid primary key,
  attempt_id uuid not null,
  agent_id uuid not null,
  kind text not null check (kind in ('started', 'taken_over', 'paused', 'resumed', 'submitted', 'time_over')),
  device uuid,
  at timestamptz not null,
  foreign key (attempt_id, agent_id) references academy.attempt
);
create index attempt_event_attempt on academy.attempt_event (attempt_id, id);

-- An answer that waits for a grader: the first, a second on request, a third where two are far apart.
create table academy.grading_task (
  id uuid not null,
  attempt_id uuid not null,
  position int not null,
  round int not null check (round between 1 and 3),
  agent_id uuid not null,
  open boolean not null,
  asked_by uuid, -- null: the program
  reason text check (length(reason) between 1 and 2000),
  opened_at timestamptz not null,
  primary key (id, attempt_id, position, round, agent_id), -- all of which the mark names
  unique (attempt_id, position, round),
  foreign key (attempt_id, position, agent_id) references academy.attempt_item
);
create index grading_task_open on academy.grading_task (id) where open;

-- Round 0 is the program's. Nobody marks an answer twice, or an answer of their own.
create table academy.mark (
  attempt_id uuid not null,
  position int not null,
  round int not null check (round between 0 and 3),
  agent_id uuid not null,
  task_id uuid,
  grader_id uuid,
  earned bigint not null check (earned between 0 and 10000000), -- exchange.Weight
  response text, -- marking.Key, of round 0
  criteria int[], -- points on the rubric
  comment text check (length(comment) between 1 and 2000),
  marked_at timestamptz not null,
  primary key (attempt_id, position, round),
  unique (attempt_id, position, grader_id),
  constraint mark_grader_check check ((round = 0) = (grader_id is null) and (round = 0) = (task_id is null) and (round = 0) = (criteria is null) and (round = 0) = (response is not null)),
  constraint mark_not_oneself check (grader_id <> agent_id),
  foreign key (attempt_id, position, agent_id) references academy.attempt_item,
  foreign key (task_id, attempt_id, position, round, agent_id) references academy.grading_task (id, attempt_id, position, round, agent_id)
);

-- The newest is the truth.
create table academy.grading (
  attempt_id uuid not null,
  seq int not null check (seq > 0),
  agent_id uuid not null,
  score int not null check (score between 0 and 10000), -- hundredths of a percent
  passed boolean not null,
  topics jsonb not null, -- what the examinee is told
  graded_by uuid, -- null: the program
  graded_at timestamptz not null,
  primary key (attempt_id, seq),
  foreign key (attempt_id, agent_id) references academy.attempt
);

-- What a person should look at, and what they made of it.
create table academy.exam_flag (
  id uuid not null,
  involved uuid[] not null check (cardinality(involved) between 1 and 2), -- the examinees
  kind text not null check (kind in ('similarity', 'speed')),
  attempt_id uuid not null,
  other_id uuid,
  evidence jsonb not null,
  raised_at timestamptz not null,
  primary key (id, involved), -- both of which the decision names
  constraint exam_flag_other_check check ((kind = 'similarity') = (other_id is not null))
);
create unique index exam_flag_once on academy.exam_flag (kind, attempt_id, coalesce(other_id, attempt_id));
create table academy.exam_flag_decision (
  flag_id uuid primary key,
  involved uuid[] not null,
  decided_by uuid not null,
  founded boolean not null,
  reason text not null check (length(reason) between 1 and 2000),
  decided_at timestamptz not null,
  constraint exam_flag_decision_other_person check (decided_by <> all (involved)),
  foreign key (flag_id, involved) references academy.exam_flag (id, involved)
);

-- What is closed stays closed, as it was.
-- +goose StatementBegin
create function academy.refuse_closed_change() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' and (new.state not in (old.state, 'graded') or (new.closed_at, new.ends_at, new.device) is distinct from (old.closed_at, old.ends_at, old.device)) then
    raise exception 'attempt % is closed', old.id using errcode = 'restrict_violation', constraint = 'attempt_closed';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger closed_stays before update on academy.attempt for each row execute function academy.refuse_closed_change();

-- A save that comes late never takes the place of a newer one.
-- +goose StatementBegin
create function academy.refuse_older_answer() returns trigger language plpgsql as $$
begin
  raise exception 'answer % is newer', old.seq using errcode = 'restrict_violation', constraint = 'answer_newer';
end $$;
-- +goose StatementEnd
create trigger newer_stays before update on academy.attempt_answer for each row when (new.seq <= old.seq) execute function academy.refuse_older_answer();

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
  officials text := 'platform.role() in (''operator'', ''trainer'')';
begin
  for t, seen in values
    ('paper_window', 'platform.role() = ''agent'''), ('accommodation', 'agent_id = platform.account()'),
    ('attempt', 'agent_id = platform.account()'), ('attempt_item', 'agent_id = platform.account()'), ('attempt_answer', 'agent_id = platform.account()'),
    ('attempt_event', 'agent_id = platform.account()'), ('attempt_form', ''), ('grading', 'agent_id = platform.account()'),
    ('grading_task', ''), ('mark', ''), ('exam_flag', ''), ('exam_flag_decision', '')
  loop
    execute format('alter table academy.%I enable row level security', t);
    if seen <> '' then
      execute format('create policy own on academy.%I for select to peakseat_app using (%s)', t, seen);
    end if;
    if t <> 'attempt_form' then
      execute format('create policy official on academy.%I for select to peakseat_app using (%s)', t, officials);
      execute format('grant select on academy.%I to peakseat_app', t);
    end if;
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on academy.%I to peakseat_system', t);
    if t in ('accommodation', 'attempt', 'attempt_item', 'attempt_form', 'attempt_event', 'grading_task', 'mark', 'grading', 'exam_flag') then
      execute format('grant insert on academy.%I to peakseat_system', t);
    end if;
    if t in ('paper_window', 'exam_flag_decision') then
      execute format('grant insert on academy.%I to peakseat_app', t);
      execute format('create policy official_write on academy.%I for insert to peakseat_app with check (%s)', t, officials);
    end if;
    if t in ('attempt', 'attempt_answer', 'grading_task') then
      execute format('create trigger undeletable before delete on academy.%I for each row execute function platform.refuse_change()', t);
    else
      execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
    end if;
    execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
  end loop;
end $$;
-- +goose StatementEnd
-- An examinee answers and changes the device, and nothing else, and that while the attempt is open.
grant update (device) on academy.attempt to peakseat_app;
create policy taking_over on academy.attempt for update to peakseat_app using (agent_id = platform.account()) with check (agent_id = platform.account());
grant insert, update (answer, seq, saved_at) on academy.attempt_answer to peakseat_app;
create policy answering on academy.attempt_answer for insert to peakseat_app
  with check (agent_id = platform.account() and exists (select from academy.attempt a where a.id = attempt_id and a.state = 'open'));
create policy changing on academy.attempt_answer for update to peakseat_app
  using (agent_id = platform.account() and exists (select from academy.attempt a where a.id = attempt_id and a.state = 'open'));
grant insert on academy.attempt_event to peakseat_app;
create policy taking_over on academy.attempt_event for insert to peakseat_app with check (agent_id = platform.account() and kind = 'taken_over');
-- The program alone keeps time, closes and grades.
grant update (state, ends_at, pause_left, paused_at, closed_at, closed_by, screened_at) on academy.attempt to peakseat_system;
grant update (open) on academy.grading_task to peakseat_system;
