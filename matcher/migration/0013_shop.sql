-- +goose Up
-- Shops change: their name, what they sell and where customers write; the time zone only while nothing was booked in it.

-- Dates and shifts of bookings are of the shop's zone. The lock waits for bookings that are being made.
-- +goose StatementBegin
create function matcher.keep_zone() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform from matcher.shop where id = old.id for update;
  if exists (select from matcher.booking b where b.merchant_id = old.merchant_id and b.shop_id = old.id) then
    raise exception 'shop % has bookings in %', old.id, old.time_zone using errcode = 'check_violation', constraint = 'shop_zone_of_its_bookings';
  end if;
  return new;
end $$;
-- +goose StatementEnd
create trigger keeps_zone before update on matcher.shop for each row
  when (new.time_zone <> old.time_zone) execute function matcher.keep_zone();
revoke execute on function matcher.keep_zone() from public;

revoke update on matcher.shop from peakseat_app;
grant update (name, industry, channels, time_zone, version) on matcher.shop to peakseat_app;
