-- +goose Up
-- Timesheets, disputes, settlements, credits, and the year's income of a person.

create table billing.timesheet (
  id uuid primary key,
  assignment_id uuid not null constraint timesheet_assignment_once unique,
  shift_id uuid not null references billing.hold_line (shift_id),
  booking_id uuid not null,
  merchant_id uuid not null,
  agent_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  minutes bigint not null check (minutes >= 0),
  pay_per_hour bigint not null check (pay_per_hour >= 0),
  currency text not null,
  swept boolean not null,
  events jsonb not null,
  rules_version int not null,
  submitted_at timestamptz not null,
  approve_by timestamptz not null,
  state text not null default 'submitted' check (state in ('submitted', 'approved')),
  approved_at timestamptz,
  approved_by text check (approved_by in ('approval', 'deadline')),
  disputed bigint not null default 0 check (disputed between 0 and minutes), -- minutes a dispute ever named
  settled bigint not null default 0 check (settled >= 0),                    -- minutes paid so far, with extensions
  version bigint not null default 1,
  check ((state = 'approved') = (approved_at is not null and approved_by is not null))
);
create index timesheet_shift on billing.timesheet (shift_id);
create index timesheet_merchant on billing.timesheet (merchant_id, id);
create index timesheet_agent on billing.timesheet (agent_id, id);
create index timesheet_due on billing.timesheet (approve_by) where state = 'submitted';

-- A merchant's dispute freezes minutes; an agent's objection asks for minutes that the timesheet lacks.
create table billing.dispute (
  id uuid primary key,
  timesheet_id uuid not null references billing.timesheet (id),
  kind text not null check (kind in ('dispute', 'objection')),
  merchant_id uuid not null,
  agent_id uuid not null,
  minutes bigint not null check (minutes > 0),
  amount bigint not null check (amount >= 0),  -- frozen; 0 for an objection
  currency text not null,
  reason text not null check (reason <> ''),
  opened_at timestamptz not null,
  opened_by uuid not null,
  rule_by timestamptz not null,
  transaction_id uuid references billing.transaction (id), -- the freeze
  answer text,
  answered_at timestamptz,
  answered_by uuid,
  state text not null default 'open' check (state in ('open', 'ruled')),
  minutes_to_agent bigint check (minutes_to_agent between 0 and minutes),
  ruling text,
  ruled_at timestamptz,
  ruled_by uuid,                               -- null: the deadline
  constraint dispute_once unique (timesheet_id, kind),
  check ((state = 'ruled') = (ruled_at is not null and minutes_to_agent is not null))
);
create index dispute_due on billing.dispute (rule_by) where state = 'open';
create index dispute_merchant on billing.dispute (merchant_id, id);
create index dispute_agent on billing.dispute (agent_id, id);

-- One row for each time minutes became money: a timesheet's own once, and once for each ruling.
create table billing.settlement (
  id uuid primary key,
  timesheet_id uuid not null references billing.timesheet (id),
  dispute_id uuid references billing.dispute (id),
  transaction_id uuid not null unique references billing.transaction (id),
  merchant_id uuid not null,
  agent_id uuid not null,
  booking_id uuid not null,
  shift_id uuid not null,
  line_id uuid not null references billing.quote_line (id),
  source text not null check (source in ('escrow', 'disputed', 'extension')),
  reason text not null check (reason in ('approval', 'deadline', 'ruling')),
  minutes bigint not null check (minutes > 0),
  currency text not null,
  charge bigint not null,
  pay bigint not null,
  commission bigint not null,
  tax bigint not null check (tax between 0 and pay),
  at timestamptz not null,
  tax_year int not null,
  tax_month int not null check (tax_month between 1 and 12),
  income bigint not null,                      -- of the year, with this one
  withheld bigint not null,                    -- of the year, with this one
  computation jsonb not null,
  check (pay + commission = charge)
);
create unique index settlement_timesheet_once on billing.settlement (timesheet_id) where dispute_id is null;
create unique index settlement_dispute_once on billing.settlement (dispute_id) where dispute_id is not null;
create index settlement_person on billing.settlement (agent_id, tax_year, income);
create index settlement_merchant on billing.settlement (merchant_id, at);
create index settlement_booking on billing.settlement (booking_id);

-- The credit notes of a bill: each names the quote's line that it lessens.
create table billing.credit (
  id uuid primary key,
  merchant_id uuid not null,
  booking_id uuid not null,
  shift_id uuid not null,
  line_id uuid not null references billing.quote_line (id),
  timesheet_id uuid references billing.timesheet (id),
  dispute_id uuid references billing.dispute (id),
  transaction_id uuid not null references billing.transaction (id),
  reason text not null check (reason in ('cancelled', 'unfilled', 'ruling')),
  minutes bigint not null check (minutes > 0),
  amount bigint not null check (amount >= 0),
  currency text not null,
  at timestamptz not null
);
create index credit_booking on billing.credit (booking_id);
create index credit_merchant on billing.credit (merchant_id, at);

-- A person's income of a year. Its row's lock orders that person's withholding.
create table billing.tax_year (
  agent_id uuid not null,
  year int not null,
  first_month int not null check (first_month between 1 and 12),
  income bigint not null default 0 check (income >= 0),
  withheld bigint not null default 0 check (withheld between 0 and income),
  primary key (agent_id, year)
) with (fillfactor = 70);

create trigger no_delete before delete on billing.timesheet for each row execute function platform.refuse_change();
create trigger no_delete before delete on billing.dispute for each row execute function platform.refuse_change();
create trigger append_only before update or delete on billing.settlement for each row execute function platform.refuse_change();
create trigger append_only before update or delete on billing.credit for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.timesheet for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.dispute for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.settlement for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.credit for each statement execute function platform.refuse_change();

-- +goose StatementBegin
do $$
declare
  t text;
begin
  foreach t in array array['timesheet', 'dispute', 'settlement'] loop
    execute format('alter table billing.%I enable row level security', t);
    execute format('create policy read_own on billing.%I for select to peakseat_app
      using (merchant_id = platform.organisation() or agent_id = platform.account() or platform.role() = ''operator'')', t);
    execute format('create policy everything on billing.%I to peakseat_system using (true) with check (true)', t);
  end loop;
end $$;
-- +goose StatementEnd
alter table billing.credit enable row level security;
create policy read_own on billing.credit for select to peakseat_app using (merchant_id = platform.organisation() or platform.role() = 'operator');
create policy write_own on billing.credit for insert to peakseat_app
  with check (reason = 'cancelled' and (merchant_id = platform.organisation() or platform.role() = 'operator'));
create policy everything on billing.credit to peakseat_system using (true) with check (true);
alter table billing.tax_year enable row level security;
create policy read_own on billing.tax_year for select to peakseat_app using (agent_id = platform.account() or platform.role() = 'operator');
create policy everything on billing.tax_year to peakseat_system using (true) with check (true);

grant select on billing.timesheet, billing.dispute, billing.settlement, billing.tax_year to peakseat_app;
grant select, insert on billing.credit to peakseat_app;
grant select, insert on billing.timesheet, billing.dispute, billing.settlement, billing.credit, billing.tax_year to peakseat_system;
grant update (state, approved_at, approved_by, disputed, settled, version) on billing.timesheet to peakseat_system;
grant update (answer, answered_at, answered_by, state, minutes_to_agent, ruling, ruled_at, ruled_by) on billing.dispute to peakseat_system;
grant update (income, withheld) on billing.tax_year to peakseat_system;
