-- +goose Up
-- A seat that somebody held or was offered, and that is open again, is to be offered to the next best. That is noted in
-- the transaction that frees it, whoever frees it: no seat is forgotten, and nobody waits for a fact to come around.

-- +goose StatementBegin
create function matcher.note_freed() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into matcher.refill (shift_id, seat_no, wanted_at)
    select new.shift_id, new.seat_no, platform.rules_now() from matcher.shift s join matcher.booking b on b.id = s.booking_id
    where s.id = new.shift_id and s.state = 'open' and (old.state = 'offered' or not b.seeded)
    on conflict do nothing;
  return null;
end $$;
-- +goose StatementEnd
create trigger freed after update of state on matcher.seat for each row
  when (old.state in ('held', 'offered') and new.state = 'open' and new.kind = 'regular') execute function matcher.note_freed();
