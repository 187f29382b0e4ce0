-- +goose Up
-- The quiz of a lesson may be drawn from a question bank. What it draws from is frozen when the course's version is published.

create table academy.quiz_pool (
  version_id uuid not null references academy.course_version,
  lesson text not null check (length(lesson) between 1 and 40),
  question_version_id uuid not null references academy.question_version,
  primary key (version_id, lesson, question_version_id)
);
create index quiz_pool_question on academy.quiz_pool (question_version_id);

-- What a drawn quiz asked, in its order: the versions of questions. The next one asks others where there are any.
alter table academy.quiz_try add column questions uuid[] not null default '{}';

-- +goose StatementBegin
create function academy.refuse_pool_of_published_course() returns trigger language plpgsql as $$
begin
  if exists (select from academy.course_version v where v.id = new.version_id and v.published_at is not null) then
    raise exception 'course version % is published', new.version_id using errcode = 'restrict_violation', constraint = 'course_version_published';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger published_stays before insert on academy.quiz_pool for each row execute function academy.refuse_pool_of_published_course();
create trigger append_only before update or delete on academy.quiz_pool for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on academy.quiz_pool for each statement execute function platform.refuse_change();

-- Agents do not see what a quiz may ask: the program draws for them.
alter table academy.quiz_pool enable row level security;
create policy official on academy.quiz_pool to peakseat_app using (platform.role() in ('operator', 'trainer')) with check (platform.role() in ('operator', 'trainer'));
create policy everything on academy.quiz_pool for select to peakseat_system using (true);
grant select, insert on academy.quiz_pool to peakseat_app;
grant select on academy.quiz_pool to peakseat_system;
