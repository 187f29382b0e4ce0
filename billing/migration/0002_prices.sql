-- +goose Up
-- The price book, quotes, what a booking holds, top-ups.

create table billing.price_book (
  version int primary key check (version > 0),
  effective_at timestamptz not null,
  created_at timestamptz not null,
  created_by uuid,                             -- null: came with the program
  body jsonb not null                          -- billing.Prices
);
create trigger append_only before update or delete on billing.price_book for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.price_book for each statement execute function platform.refuse_change();
alter table billing.price_book enable row level security;
create policy public_read on billing.price_book for select to peakseat_app using (true);
create policy operators_write on billing.price_book for insert to peakseat_app
  with check (platform.role() = 'operator' and created_by = platform.account());
create policy everything on billing.price_book for select to peakseat_system using (true);
grant select, insert on billing.price_book to peakseat_app;
grant select on billing.price_book to peakseat_system;

-- Version 1, in fen and per ten thousand. Holidays are the statutory ones; a later version brings later years.
insert into billing.price_book (version, effective_at, created_at, body) values (1, '2020-01-01Z', '2020-01-01Z', '{
  "currency": "CNY",
  "base_per_hour": 2200,
  "tags": [
    {"tag": "channel/chat", "level": 1, "per_hour": 100},
    {"tag": "channel/voice", "level": 1, "per_hour": 300},
    {"tag": "function/presale", "level": 1, "per_hour": 200},
    {"tag": "function/presale", "level": 2, "per_hour": 500},
    {"tag": "function/presale", "level": 3, "per_hour": 900},
    {"tag": "function/presale", "level": 4, "per_hour": 1400},
    {"tag": "function/presale", "level": 5, "per_hour": 2000},
    {"tag": "function/aftersale", "level": 1, "per_hour": 200},
    {"tag": "function/aftersale", "level": 2, "per_hour": 400},
    {"tag": "function/aftersale", "level": 3, "per_hour": 700},
    {"tag": "function/aftersale", "level": 4, "per_hour": 1100},
    {"tag": "function/aftersale", "level": 5, "per_hour": 1600},
    {"tag": "industry/*", "level": 1, "per_hour": 100},
    {"tag": "industry/*", "level": 3, "per_hour": 300},
    {"tag": "language/*", "level": 1, "per_hour": 300},
    {"tag": "language/*", "level": 3, "per_hour": 800}
  ],
  "night": {"from": "22:00", "to": "06:00", "multiplier": 12000},
  "weekend": 11000,
  "holiday": 15000,
  "holidays": ["2026-01-01", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-04-05", "2026-05-01", "2026-05-02",
    "2026-06-19", "2026-09-25", "2026-10-01", "2026-10-02", "2026-10-03",
    "2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-04-05", "2027-05-01", "2027-05-02",
    "2027-06-09", "2027-09-15", "2027-10-01", "2027-10-02", "2027-10-03"],
  "lead_times": [{"under_hours": 24, "multiplier": 12000}, {"under_hours": 72, "multiplier": 11000}],
  "commission": 1500,
  "priority_per_hour": 300
}');

create table billing.quote (
  id uuid primary key,
  booking_id uuid not null,
  booking_version bigint not null,
  merchant_id uuid not null,
  price_book int not null references billing.price_book (version),
  rules_version int not null,
  priority smallint not null check (priority in (1, 2)),
  currency text not null,
  pay bigint not null check (pay >= 0),
  commission bigint not null,
  total bigint not null check (total >= 0),
  eligible_free int,
  competing_seats int,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  check (pay + commission = total)
);
create index quote_booking on billing.quote (booking_id, created_at);
create table billing.quote_line (
  id uuid primary key,
  quote_id uuid not null references billing.quote (id),
  position int not null,
  kind text not null check (kind in ('seats', 'priority')),
  shift_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  seats int not null check (seats > 0),
  minutes bigint not null check (minutes > 0), -- of all seats
  pay_per_hour bigint not null check (pay_per_hour >= 0),
  charge_per_hour bigint not null check (charge_per_hour >= pay_per_hour),
  pay bigint not null,
  commission bigint not null,
  charge bigint not null,
  factors jsonb not null,
  unique (quote_id, position),
  check (pay + commission = charge),
  constraint quote_line_is_its_minutes check (charge = (minutes * charge_per_hour + 30) / 60 and pay = (minutes * pay_per_hour + 30) / 60)
);

-- What a booking holds. The row's lock orders everything that moves the booking's money.
create table billing.hold (
  booking_id uuid primary key,
  quote_id uuid not null references billing.quote (id),
  merchant_id uuid not null,
  transaction_id uuid not null references billing.transaction (id),
  currency text not null,
  total bigint not null,
  held_at timestamptz not null,
  constraint hold_quote_once unique (quote_id)
);
-- A shift's share, counted in seat minutes: in escrow, settled from it, frozen by a dispute, ruled to an agent, returned.
create table billing.hold_line (
  shift_id uuid primary key,
  booking_id uuid not null references billing.hold (booking_id),
  merchant_id uuid not null,
  line_id uuid not null references billing.quote_line (id),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  seats int not null check (seats > 0),
  cancelled int not null default 0 check (cancelled between 0 and seats),
  seat_minutes bigint not null check (seat_minutes > 0),
  pay_per_hour bigint not null,
  charge_per_hour bigint not null,
  priority_per_hour bigint not null,
  held bigint not null check (held >= 0),
  settled bigint not null default 0 check (settled >= 0),
  frozen bigint not null default 0 check (frozen >= 0),
  ruled bigint not null default 0 check (ruled >= 0),
  returned bigint not null default 0 check (returned >= 0),
  claimed bigint not null default 0,           -- minutes of timesheets that wait for approval, undisputed
  ended_at timestamptz,
  awaiting int not null default 0 check (awaiting >= 0), -- assignments of the ended shift that have not told their minutes
  constraint hold_line_adds_up check (held + settled + frozen + ruled + returned = seats * seat_minutes),
  constraint hold_line_covers_claims check (claimed between 0 and held)
) with (fillfactor = 70);
create index hold_line_booking on billing.hold_line (booking_id);
create trigger append_only before update or delete on billing.quote for each row execute function platform.refuse_change();
create trigger append_only before update or delete on billing.quote_line for each row execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.quote for each statement execute function platform.refuse_change();
create trigger no_truncate before truncate on billing.quote_line for each statement execute function platform.refuse_change();

create table billing.top_up (
  id uuid primary key,
  merchant_id uuid not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  state text not null default 'pending' check (state in ('pending', 'settled')),
  created_at timestamptz not null,
  created_by uuid not null,
  settled_at timestamptz,
  settled_by uuid,                             -- the operator; null where the development gateway settled it
  check ((state = 'settled') = (settled_at is not null))
);
create index top_up_merchant on billing.top_up (merchant_id, id);

-- +goose StatementBegin
do $$
declare
  t text;
begin
  foreach t in array array['quote', 'hold', 'hold_line', 'top_up'] loop
    execute format('alter table billing.%I enable row level security', t);
    execute format('create policy read_own on billing.%I for select to peakseat_app
      using (merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
    execute format('create policy everything on billing.%I to peakseat_system using (true) with check (true)', t);
  end loop;
  foreach t in array array['quote', 'hold', 'hold_line'] loop
    execute format('create policy write_own on billing.%I for insert to peakseat_app
      with check (merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
  end loop;
  -- an update policy is also what lets a cancellation lock the rows
  foreach t in array array['hold', 'hold_line'] loop
    execute format('create policy change_own on billing.%I for update to peakseat_app
      using (merchant_id = platform.organisation() or platform.role() = ''operator'')
      with check (merchant_id = platform.organisation() or platform.role() = ''operator'')', t);
  end loop;
end $$;
-- +goose StatementEnd
alter table billing.quote_line enable row level security;
create policy read_own on billing.quote_line for select to peakseat_app using (exists (select from billing.quote q where q.id = quote_id));
create policy write_own on billing.quote_line for insert to peakseat_app with check (exists (select from billing.quote q where q.id = quote_id));
create policy everything on billing.quote_line to peakseat_system using (true) with check (true);
grant select, insert on billing.quote, billing.quote_line, billing.hold, billing.hold_line to peakseat_app, peakseat_system;
grant update (total) on billing.hold to peakseat_app, peakseat_system; -- for the lock: a hold's total never changes
grant update (held, returned, cancelled) on billing.hold_line to peakseat_app;
grant update (held, returned, cancelled, settled, frozen, ruled, claimed, ended_at, awaiting) on billing.hold_line to peakseat_system;
grant select on billing.top_up to peakseat_app;
grant select, insert on billing.top_up to peakseat_system;
grant update (state, settled_at, settled_by) on billing.top_up to peakseat_system;
