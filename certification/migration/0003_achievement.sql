-- +goose Up
-- What agents achieved in the academy, and credentials that issue by themselves.

-- As the academy told it; of a source the highest seq is the truth, and the first says when it was.
create table certification.achievement (
  agent_id uuid not null references certification.holder,
  kind text not null check (kind in ('course', 'paper', 'simulation', 'trial_shift')),
  source_id uuid not null, -- the course, attempt, run or trial
  seq int not null check (seq > 0), -- of a course its version
  ref text not null check (length(ref) between 1 and 100), -- the code that templates name
  score int check (score between 0 and 10000), -- hundredths of a percent
  passed boolean not null,
  achieved_at timestamptz not null,
  primary key (agent_id, kind, source_id, seq),
  constraint achievement_score_kind check ((kind = 'course') = (score is null))
);
create index achievement_ref on certification.achievement (kind, ref, agent_id);

-- Agents to look at again because a template changed; the sweep takes them away.
create table certification.recheck (
  agent_id uuid primary key references certification.holder
);

-- Of whom it was told that the end is near.
create table certification.expiry_notice (
  credential_id uuid primary key references certification.credential,
  told_at timestamptz not null
);
create index credential_valid_until on certification.credential (valid_until);

-- An agent's credentials of a template are a chain: one is the first, and one follows each. Two that issue at once are refused.
alter table certification.credential add column follows uuid;
alter table certification.credential disable trigger append_only;
update certification.credential c set follows = p.follows
  from (select id, lag(id) over (partition by agent_id, template_id order by issued_at, id) as follows from certification.credential) p
  where p.id = c.id and p.follows is not null;
alter table certification.credential enable trigger append_only;
alter table certification.credential
  add constraint credential_of_holder unique (id, agent_id, template_id),
  add constraint credential_follows_once unique nulls not distinct (agent_id, template_id, follows),
  add foreign key (follows, agent_id, template_id) references certification.credential (id, agent_id, template_id);

-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['achievement', 'recheck', 'expiry_notice'] loop
    execute format('alter table certification.%I enable row level security', t);
    execute format('create policy everything on certification.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select, insert on certification.%I to peakseat_system', t);
  end loop;
  foreach t in array array['achievement', 'expiry_notice'] loop
    execute format('create trigger append_only before update or delete on certification.%I for each row execute function platform.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on certification.%I for each statement execute function platform.refuse_change()', t);
  end loop;
end $$;
-- +goose StatementEnd
grant delete on certification.recheck to peakseat_system;
grant select on certification.achievement to peakseat_app;
create policy own on certification.achievement for select to peakseat_app using (agent_id = platform.account() or platform.role() in ('operator', 'trainer'));
