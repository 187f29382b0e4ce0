-- +goose Up
-- Assessments: the forms lie in the program; here is who answered one, and how. No merchant and no operator sees any of it, and
-- whom it is about may have it forgotten.

create table academy.assessment (
  id uuid primary key,
  agent_id uuid not null,
  form text not null check (form ~ '^[a-z0-9_]{1,40}$'),
  answers int[] not null check (cardinality(answers) between 1 and 200), -- the option chosen of each item, from 0
  completed_at timestamptz not null
);
create index assessment_agent on academy.assessment (agent_id, form, id);

alter table academy.assessment enable row level security;
create policy own on academy.assessment for select to peakseat_app using (platform.role() = 'agent' and agent_id = platform.account());
create policy trainer on academy.assessment for select to peakseat_app using (platform.role() = 'trainer');
create policy own_write on academy.assessment for insert to peakseat_app with check (platform.role() = 'agent' and agent_id = platform.account());
create policy own_delete on academy.assessment for delete to peakseat_app using (platform.role() = 'agent' and agent_id = platform.account());
create policy erased on academy.assessment to peakseat_system using (true) with check (true);
grant select, insert, delete on academy.assessment to peakseat_app;
grant select, delete on academy.assessment to peakseat_system; -- it forgets the erased
create trigger no_update before update on academy.assessment for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on academy.assessment for each statement execute function platform.refuse_change();
