-- +goose Up
-- What claims, the hall and the set form of the evaluator read beside the tables of 0001.

-- Minutes of the week (Monday 00:00 = 0, local to the agent) of a weekly pattern, merged, so that whether a
-- shift fits is one containment. An end at or before its start is on the next day; Sunday night goes on in
-- Monday's first minutes. Null: any time.
create function matcher.week_minutes(weekly jsonb) returns int4multirange language sql immutable parallel safe as $$
  select case when weekly is null or jsonb_typeof(weekly) <> 'array' then null else coalesce((
    select range_agg(r.part) from jsonb_array_elements(weekly) w
    cross join lateral (select (w ->> 'weekday')::int * 1440 - 1440 as midnight,
      split_part(w ->> 'start', ':', 1)::int * 60 + split_part(w ->> 'start', ':', 2)::int as s,
      split_part(w ->> 'end', ':', 1)::int * 60 + split_part(w ->> 'end', ':', 2)::int as e) t
    cross join lateral (select midnight + s as a, midnight + e + case when e <= s then 1440 else 0 end as b) m
    cross join lateral (values (int4range(least(a, 10080), least(b, 10080))), (int4range(0, greatest(b - 10080, 0)))) r (part)
  ), '{}') end $$;

-- Whether a stretch of local time lies in the pattern in one piece. The end may be on the next day, and so in the
-- next week.
create function matcher.in_week(pattern int4multirange, start timestamp, minutes int) returns boolean language sql immutable parallel safe as $$
  select case when m + minutes <= 10080 then pattern @> int4range(m, m + minutes)
              else pattern @> int4range(m, 10080) and pattern @> int4range(0, m + minutes - 10080) end
  from (select (extract(isodow from start)::int - 1) * 1440 + extract(hour from start)::int * 60 + extract(minute from start)::int as m) f $$;

-- Whole minutes of local time from one moment to another, begun ones included. Where clocks were turned back over the
-- whole of it, the time that passed.
create function matcher.wall_minutes(zone text, a timestamptz, b timestamptz) returns int language sql stable parallel safe as $$
  select case when wall > 0 then wall else ceil(extract(epoch from b - a) / 60)::int end
  from (select ceil(extract(epoch from (b at time zone zone) - date_trunc('minute', a at time zone zone)) / 60)::int as wall) w $$;

alter table matcher.agent add column weekly_minutes int4multirange generated always as (matcher.week_minutes(weekly)) stored;

-- A claim batch calls it in its last statement: a count that is not what was decided undoes all of it.
-- +goose StatementBegin
create function matcher.must(holds boolean) returns boolean language plpgsql as $$
begin
  if holds is not true then
    raise exception 'a claim batch met rows other than those it read' using errcode = 'PS001';
  end if;
  return true;
end $$;
-- +goose StatementEnd

-- The set form looks by time.
create index assignment_live on matcher.assignment (starts_at) where live;
create index agent_day_of on matcher.agent_day (work_day);
create index agent_week_of on matcher.agent_week (week);
create index availability_over on matcher.availability (ends_at);
create index agent_zone on matcher.agent (time_zone);
create index offer_of_agent_live on matcher.offer (agent_id) where state = 'live';

-- The hall also says whether the shift is of an organisation of the agent's own, and whether a seat is open.
create or replace view matcher.hall with (security_barrier) as
  select s.id, s.starts_at, s.ends_at, s.seats, s.pay_per_hour, s.currency, s.tags, s.levels, s.time_zone, s.state,
         s.campaign_id, h.name as shop_name, h.industry, h.channels, s.rules_version,
         exists (select from matcher.membership m where m.agent_id = platform.account() and m.merchant_id = s.merchant_id) as own_organisation,
         exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular') as has_open_seat
  from matcher.shift s join matcher.shop h on h.id = s.shop_id
  where s.state <> 'draft'
    and not exists (select from matcher.block b where b.agent_id = platform.account() and b.merchant_id = s.merchant_id);
