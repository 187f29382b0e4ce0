-- +goose Up
-- Who an agent is by law. Everything that tells is sealed under the agent's own key; the number is found by a keyed hash.

create table account.identity (
  agent_id uuid primary key references account.account,
  number_index bytea not null constraint identity_number unique,   -- keyed hash: one number is one agent's
  name bytea not null,
  number bytea not null,
  phone bytea not null,
  bank_account bytea not null,
  round int not null default 1 check (round > 0),                  -- another name or number begins a new one, which is undecided
  version int not null default 1 check (version > 0),              -- of any change
  given_at timestamptz not null                                    -- when the round began
);
create index identity_age on account.identity (given_at, agent_id);

-- What operators found. The last of a round counts; what they wrote stands in the audit trail.
create table account.identity_decision (
  id uuid primary key,
  agent_id uuid not null references account.account,
  round int not null check (round > 0),
  refusal text check (refusal in ('name_differs', 'number_unknown', 'phone_unreachable', 'bank_account_differs', 'other')), -- null: verified
  decided_by uuid not null,
  decided_at timestamptz not null
);
create index identity_decision_agent on account.identity_decision (agent_id, id);

alter table account.identity enable row level security;
alter table account.identity_decision enable row level security;

create policy see on account.identity for select to peakseat_app
  using (agent_id = (select platform.account()) or (select platform.role()) = 'operator');
-- operators lock the row (a decision) and may not change it
create policy lock on account.identity for update to peakseat_app
  using ((select platform.role()) = 'operator') with check (false);
grant select, update (version) on account.identity to peakseat_app;
create policy see on account.identity_decision for select to peakseat_app
  using (agent_id = (select platform.account()) or (select platform.role()) = 'operator');
create policy decide on account.identity_decision for insert to peakseat_app
  with check ((select platform.role()) = 'operator' and decided_by = (select platform.account()) and agent_id <> decided_by);
grant select, insert on account.identity_decision to peakseat_app;

create policy everything on account.identity to peakseat_system using (true) with check (true);
create policy everything on account.identity_decision to peakseat_system using (true) with check (true);
grant select, insert, update, delete on account.identity to peakseat_system;
grant select on account.identity_decision to peakseat_system;

create trigger append_only before update or delete on account.identity_decision for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on account.identity_decision for each statement execute function platform.refuse_change();
