-- +goose Up
-- Courses: versions that never change once published, who takes which, what they did in it; paths to a credential.

create table academy.course (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9_]{1,40}$'),
  created_by uuid not null,
  created_at timestamptz not null
);

create table academy.course_attachment (
  id uuid primary key,
  course_id uuid not null references academy.course,
  name text not null check (length(name) between 1 and 200),
  media_type text not null check (media_type in ('application/pdf', 'image/png', 'image/jpeg', 'text/plain', 'text/csv', 'text/markdown')),
  content bytea not null check (octet_length(content) between 1 and 524288),
  created_by uuid not null,
  created_at timestamptz not null
);

-- The content holds the keys of the lessons' quizzes; attachments are those that the lessons show.
create table academy.course_version (
  id uuid primary key,
  course_id uuid not null references academy.course,
  version int not null check (version > 0),
  revision bigint not null check (revision > 0),
  content jsonb not null,
  attachments uuid[] not null,
  created_by uuid not null,
  created_at timestamptz not null,
  published_at timestamptz,
  unique (course_id, version)
);
create unique index course_version_one_draft on academy.course_version (course_id) where published_at is null;

-- place is where the agent left: the lesson, and how far in it, in thousandths.
create table academy.enrolment (
  agent_id uuid not null,
  version_id uuid not null references academy.course_version,
  enrolled_at timestamptz not null,
  place_lesson text not null check (length(place_lesson) <= 40),
  place_at int not null check (place_at between 0 and 1000),
  primary key (agent_id, version_id)
);

create table academy.quiz_try (
  id uuid primary key,
  agent_id uuid not null,
  version_id uuid not null,
  lesson text not null check (length(lesson) between 1 and 40),
  answers jsonb not null,
  correct int not null,
  items int not null check (items > 0),
  passed boolean not null,
  tried_at timestamptz not null,
  constraint quiz_try_correct_check check (correct between 0 and items),
  foreign key (agent_id, version_id) references academy.enrolment
);
create index quiz_try_lesson on academy.quiz_try (agent_id, version_id, lesson);

create table academy.lesson_done (
  agent_id uuid not null,
  version_id uuid not null,
  lesson text not null check (length(lesson) between 1 and 40),
  done_at timestamptz not null,
  primary key (agent_id, version_id, lesson),
  foreign key (agent_id, version_id) references academy.enrolment
);

create table academy.course_completion (
  agent_id uuid not null,
  version_id uuid not null,
  completed_at timestamptz not null,
  primary key (agent_id, version_id),
  foreign key (agent_id, version_id) references academy.enrolment
);

-- A path is the ordered way to the credential whose template has its code. The newest version is in force.
create table academy.learning_path (
  code text not null check (code ~ '^[a-z0-9_]{1,40}$'),
  version int not null check (version > 0),
  terms jsonb not null, -- names, what it is about, steps [{kind, ref}]
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (code, version)
);

-- What agents passed, as facts tell it: the newest of a source alone is the truth.
create table academy.milestone (
  source_id uuid not null, -- the attempt, run, trial shift, or course
  seq int not null check (seq > 0),
  agent_id uuid not null,
  kind text not null check (kind in ('course', 'paper', 'simulation', 'trial_shift')),
  ref text not null check (length(ref) between 1 and 100),
  score int not null check (score between 0 and 10000), -- hundredths of a percent
  passed boolean not null,
  reached_at timestamptz not null,
  primary key (source_id, agent_id, seq)
);
create index milestone_agent on academy.milestone (agent_id, kind, ref);

-- +goose StatementBegin
create function academy.refuse_change_of_published() returns trigger language plpgsql as $$
begin
  if old.published_at is not null or tg_op = 'DELETE' then
    raise exception 'a published version never changes' using errcode = 'restrict_violation', constraint = tg_table_name || '_published';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger published before update or delete on academy.course_version for each row execute function academy.refuse_change_of_published();
create trigger no_truncate before truncate on academy.course_version for each statement execute function platform.refuse_change();
create trigger no_delete before delete on academy.enrolment for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on academy.enrolment for each statement execute function platform.refuse_change();

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
begin
  for t, seen in values
    ('course', 'platform.role() = ''agent'' and exists (select from academy.course_version v where v.course_id = course.id)'),
    ('course_version', 'platform.role() = ''agent'' and published_at is not null'),
    ('course_attachment', 'platform.role() = ''agent'' and exists (select from academy.course_version v where v.course_id = course_attachment.course_id and v.attachments @> array[course_attachment.id])'),
    ('learning_path', 'platform.role() = ''agent'''),
    ('enrolment', 'agent_id = platform.account()'),
    ('quiz_try', 'agent_id = platform.account()'),
    ('lesson_done', 'agent_id = platform.account()'),
    ('course_completion', 'agent_id = platform.account()'),
    ('milestone', 'agent_id = platform.account()')
  loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('create policy own on academy.%I for select to peakseat_app using (%s)', t, seen);
    execute format('create policy official on academy.%I for select to peakseat_app using (platform.role() in (''operator'', ''trainer''))', t);
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on academy.%I to peakseat_app, peakseat_system', t);
    if t not in ('course_version', 'enrolment') then
      execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
      execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
    end if;
  end loop;
  foreach t in array array['course', 'course_attachment', 'course_version', 'learning_path'] loop
    execute format('grant insert on academy.%I to peakseat_app', t);
    execute format('create policy official_write on academy.%I for insert to peakseat_app with check (platform.role() in (''operator'', ''trainer''))', t);
  end loop;
  foreach t in array array['enrolment', 'quiz_try', 'lesson_done', 'course_completion'] loop
    execute format('grant insert on academy.%I to peakseat_app', t);
    execute format('create policy own_write on academy.%I for insert to peakseat_app with check (platform.role() = ''agent'' and agent_id = platform.account())', t);
  end loop;
end $$;
-- +goose StatementEnd
create policy official_change on academy.course_version for update to peakseat_app using (platform.role() in ('operator', 'trainer'));
grant update (revision, content, attachments, published_at) on academy.course_version to peakseat_app;
create policy own_place on academy.enrolment for update to peakseat_app using (agent_id = platform.account()) with check (agent_id = platform.account());
grant update (place_lesson, place_at) on academy.enrolment to peakseat_app;
grant insert on academy.milestone to peakseat_system;
