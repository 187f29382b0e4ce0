-- +goose Up
-- The ledger: accounts, transactions and postings that nobody can edit, and balances that a trigger keeps.

grant usage on schema billing to peakseat_app, peakseat_system;

-- An account is a kind and an owner: a wallet's owner is a merchant, an escrow's a booking, earnings' an agent.
-- The id is computed from kind, owner and currency (billing/ledger.go), so that no look-up is needed.
create table billing.account (
  id uuid primary key,
  kind text not null check (kind in ('gateway', 'wallet', 'escrow', 'disputed', 'earnings', 'tax', 'commission', 'receivable')),
  owner uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  merchant_id uuid,
  agent_id uuid,
  unique (kind, owner, currency),
  unique (id, currency),
  check (merchant_id is null or agent_id is null)
);
create index account_merchant on billing.account (merchant_id, kind) where merchant_id is not null;
create index account_agent on billing.account (agent_id, kind) where agent_id is not null;

-- One row an account; written by the trigger only. What would go below nothing is refused here, whoever asks.
create table billing.balance (
  account_id uuid primary key references billing.account (id),
  kind text not null,
  amount bigint not null default 0,
  constraint balance_wallet_not_negative check (kind <> 'wallet' or amount >= 0),
  constraint balance_escrow_not_negative check (kind <> 'escrow' or amount >= 0),
  constraint balance_disputed_not_negative check (kind <> 'disputed' or amount >= 0),
  constraint balance_earnings_not_negative check (kind <> 'earnings' or amount >= 0),
  constraint balance_tax_not_negative check (kind <> 'tax' or amount >= 0),
  constraint balance_gateway_not_positive check (kind <> 'gateway' or amount <= 0),
  constraint balance_receivable_not_positive check (kind <> 'receivable' or amount <= 0)
) with (fillfactor = 70);

-- A transaction happens for one cause, and for each cause only one: money never moves twice for it.
create table billing.transaction (
  id uuid primary key,
  cause_kind text not null check (cause_kind in ('top_up', 'hold', 'cancellation', 'unfilled', 'settlement', 'freeze', 'ruling', 'extension')),
  cause_id uuid not null,
  corrects uuid references billing.transaction (id),
  merchant_id uuid,
  agent_id uuid,
  booking_id uuid,
  shift_id uuid,
  timesheet_id uuid,
  at timestamptz not null,                     -- the rules' clock
  constraint transaction_cause_once unique (cause_kind, cause_id)
);
create index transaction_booking on billing.transaction (booking_id) where booking_id is not null;
create index transaction_timesheet on billing.transaction (timesheet_id) where timesheet_id is not null;

create table billing.posting (
  transaction_id uuid not null references billing.transaction (id),
  line smallint not null check (line > 0),
  account_id uuid not null,
  amount bigint not null check (amount <> 0),  -- minor units; what an account gains is positive
  currency text not null,
  primary key (transaction_id, line),
  foreign key (account_id, currency) references billing.account (id, currency)
);
create index posting_account on billing.posting (account_id, transaction_id);

-- +goose StatementBegin
create function billing.open_balance() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into billing.balance (account_id, kind) values (new.id, new.kind);
  return null;
end $$;
-- +goose StatementEnd
-- Rows are updated in the order of their ids, whatever the statement's order was: two statements never wait for each other.
-- +goose StatementBegin
create function billing.apply_postings() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  d record;
begin
  for d in select p.account_id, sum(p.amount)::bigint as amount from posted p group by p.account_id order by p.account_id loop
    update billing.balance b set amount = b.amount + d.amount where b.account_id = d.account_id;
  end loop;
  return null;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function billing.refuse_unbalanced() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  moved uuid;
begin
  if tg_table_name = 'transaction' then moved := new.id; else moved := new.transaction_id; end if;
  if not exists (select from billing.posting p where p.transaction_id = moved) then
    raise exception 'transaction % has no postings', moved using errcode = 'check_violation', constraint = 'transaction_has_postings';
  end if;
  if exists (select from billing.posting p where p.transaction_id = moved group by p.currency having sum(p.amount) <> 0) then
    raise exception 'transaction % does not add up to zero', moved using errcode = 'check_violation', constraint = 'transaction_balances';
  end if;
  return null;
end $$;
-- +goose StatementEnd
revoke execute on function billing.open_balance(), billing.apply_postings(), billing.refuse_unbalanced() from public;

create trigger opens after insert on billing.account for each row execute function billing.open_balance();
create trigger applies after insert on billing.posting referencing new table as posted
  for each statement execute function billing.apply_postings();
create constraint trigger balances after insert on billing.posting deferrable initially deferred
  for each row execute function billing.refuse_unbalanced();
create constraint trigger balances after insert on billing.transaction deferrable initially deferred
  for each row execute function billing.refuse_unbalanced();

create trigger append_only before update or delete on billing.account for each row execute function platform.refuse_change();
create trigger append_only before update or delete on billing.transaction for each row execute function platform.refuse_change();
create trigger append_only before update or delete on billing.posting for each row execute function platform.refuse_change();
create trigger no_delete before delete on billing.balance for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.account for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.transaction for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.posting for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.balance for each statement execute function platform.refuse_change();

-- A merchant's request may move money between its own wallet and its own escrow and nowhere else; the rest is the system's.
alter table billing.account enable row level security;
create policy read_own on billing.account for select to peakseat_app
  using (merchant_id = platform.organisation() or agent_id = platform.account() or platform.role() = 'operator');
create policy open_own on billing.account for insert to peakseat_app
  with check (kind in ('wallet', 'escrow') and agent_id is null and (merchant_id = platform.organisation() or platform.role() = 'operator'));
create policy everything on billing.account to peakseat_system using (true) with check (true);
alter table billing.balance enable row level security;
create policy read_own on billing.balance for select to peakseat_app
  using (exists (select from billing.account a where a.id = account_id));
create policy everything on billing.balance for select to peakseat_system using (true);
alter table billing.transaction enable row level security;
create policy read_own on billing.transaction for select to peakseat_app
  using (merchant_id = platform.organisation() or agent_id = platform.account() or platform.role() = 'operator');
create policy write_own on billing.transaction for insert to peakseat_app
  with check (cause_kind in ('hold', 'cancellation') and agent_id is null and (merchant_id = platform.organisation() or platform.role() = 'operator'));
create policy everything on billing.transaction to peakseat_system using (true) with check (true);
alter table billing.posting enable row level security;
create policy read_own on billing.posting for select to peakseat_app
  using (exists (select from billing.account a where a.id = account_id));
create policy write_own on billing.posting for insert to peakseat_app
  with check (exists (select from billing.account a join billing.transaction t on t.id = transaction_id
    where a.id = account_id and a.kind in ('wallet', 'escrow') and a.merchant_id = t.merchant_id and t.cause_kind in ('hold', 'cancellation')));
create policy everything on billing.posting to peakseat_system using (true) with check (true);
grant select, insert on billing.account, billing.transaction, billing.posting to peakseat_app, peakseat_system;
grant select on billing.balance to peakseat_app, peakseat_system;
