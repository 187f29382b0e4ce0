-- +goose Up
-- Latenesses that an appeal lifted. It may be decided before the minutes are in; they are paid when the timesheet comes.

create table billing.lifted_lateness (
  assignment_id uuid primary key,
  decided_by uuid not null,
  told_at timestamptz not null
);
create trigger append_only before update or delete on billing.lifted_lateness for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.lifted_lateness for each statement execute function platform.refuse_change();

alter table billing.lifted_lateness enable row level security;
create policy everything on billing.lifted_lateness to peakseat_system using (true) with check (true);
grant select, insert on billing.lifted_lateness to peakseat_system;
