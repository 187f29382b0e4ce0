-- +goose Up
-- Trial shifts: the cards by which they are scored, what was worked, and what was found. Rows are only added.

create table academy.trial_card (
  code text not null check (code ~ '^[a-z0-9_]{1,40}$'),
  version int not null check (version > 0),
  name_zh text not null check (length(name_zh) between 1 and 100),
  name_en text not null check (length(name_en) between 1 and 100),
  pass_mark int not null check (pass_mark between 1 and 10000), -- hundredths of a percent
  item_pass int not null check (item_pass between 1 and 4),     -- an item of 0 to 4 points is met from here on
  items jsonb not null,                                         -- [{code, zh, en}]
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (code, version),
  -- who meets every item passes: a trial that fails has an item that is not met, and so a quote that shows why
  constraint trial_card_failure_is_shown check (pass_mark <= item_pass * 2500)
);
insert into academy.trial_card values ('presale', 1, '售前试岗', 'Pre-sale trial', 7000, 3, '[
  {"code": "reply_fast", "zh": "快速响应", "en": "Reply fast"},
  {"code": "probe_need", "zh": "主动询问需求", "en": "Probe the need"},
  {"code": "recommend", "zh": "推荐商品，附链接和卖点", "en": "Recommend with link and selling point"},
  {"code": "shipping_facts", "zh": "主动说明发货信息", "en": "Volunteer shipping facts"},
  {"code": "follow_up", "zh": "未下单时跟进", "en": "Follow up when no order comes"}
]', '01900000-0000-7000-8000-000000000001', '2026-11-22Z');

-- code is what the credential's template calls the card; where it names none, the pre-sale card scores.
create table academy.trial (
  id uuid primary key, -- the assignment's
  agent_id uuid not null,
  mentor_id uuid,      -- null: it left, and a trainer scores
  shift_id uuid not null,
  merchant_id uuid not null,
  credential text not null,
  code text not null,
  card_code text not null,
  card_version int not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  worked_at timestamptz not null,
  assess_by timestamptz not null, -- then a trainer scores
  unique (id, agent_id),
  foreign key (card_code, card_version) references academy.trial_card,
  constraint trial_mentor_is_another check (mentor_id <> agent_id)
);
create index trial_agent on academy.trial (agent_id, id);
create index trial_mentor on academy.trial (mentor_id, id) where mentor_id is not null;

create table academy.trial_assessment (
  trial_id uuid primary key,
  agent_id uuid not null,
  assessed_by uuid not null,
  by text not null check (by in ('mentor', 'trainer')),
  score int not null check (score between 0 and 10000), -- hundredths of a percent
  passed boolean not null,
  marks jsonb not null,                                 -- [{item, score, quote}]
  note text not null check (length(note) <= 2000),
  assessed_at timestamptz not null,
  foreign key (trial_id, agent_id) references academy.trial (id, agent_id),
  constraint trial_nobody_assesses_themselves check (assessed_by <> agent_id)
);

-- +goose StatementBegin
do $$
declare
  t text;
  seen text;
begin
  for t, seen in values
    ('trial_card', 'platform.role() in (''agent'', ''operator'', ''trainer'')'),
    ('trial', 'agent_id = platform.account() or mentor_id = platform.account() or platform.role() in (''operator'', ''trainer'')'),
    ('trial_assessment', 'exists (select from academy.trial t where t.id = trial_id)')
  loop
    execute format('alter table academy.%I enable row level security', t);
    execute format('create policy seen on academy.%I for select to peakseat_app using (%s)', t, seen);
    execute format('create policy everything on academy.%I to peakseat_system using (true) with check (true)', t);
    execute format('grant select on academy.%I to peakseat_app, peakseat_system', t);
    execute format('create trigger append_only before update or delete on academy.%I for each row execute function platform.refuse_change()', t);
    execute format('create trigger no_truncate before truncate on academy.%I for each statement execute function platform.refuse_change()', t);
  end loop;
end $$;
-- +goose StatementEnd
grant insert on academy.trial_card to peakseat_app;
-- A score comes from the program, which looks who may give it.
grant insert on academy.trial, academy.trial_assessment to peakseat_system;
create policy official_write on academy.trial_card for insert to peakseat_app with check (platform.role() in ('operator', 'trainer'));
