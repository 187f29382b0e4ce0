-- +goose Up
-- Guards that were missing beneath the edge.

-- Campaigns are seen by all and made by operators.
alter table matcher.campaign enable row level security;
create policy seen on matcher.campaign for select to peakseat_app using (true);
create policy operators_add on matcher.campaign for insert to peakseat_app with check (platform.role() = 'operator');
create policy operators_change on matcher.campaign for update to peakseat_app using (platform.role() = 'operator') with check (platform.role() = 'operator');
create policy everything on matcher.campaign to peakseat_system using (true) with check (true);
create policy claim_read on matcher.campaign for select to peakseat_claim using (true);

-- A claim batch counts minutes. It cannot make another agent's row one of its own agents': what the policies check of the
-- new row would then say nothing of the old one.
revoke update on matcher.agent_day, matcher.agent_week from peakseat_claim;
grant update (minutes, cap) on matcher.agent_day, matcher.agent_week to peakseat_claim;

-- Claims never read attendance.
drop policy claim_read on matcher.attendance_event;

-- A merchant's viewers read.
-- +goose StatementBegin
do $$
declare t text;
begin
  foreach t in array array['shop', 'booking', 'booking_requirement', 'core_team', 'shift', 'seat', 'block'] loop
    execute format('create policy viewers_add_nothing on matcher.%I as restrictive for insert to peakseat_app with check (platform.role() is distinct from ''viewer'')', t);
    execute format('create policy viewers_change_nothing on matcher.%I as restrictive for update to peakseat_app using (platform.role() is distinct from ''viewer'')', t);
  end loop;
  foreach t in array array['booking_requirement', 'core_team', 'shift', 'seat', 'block'] loop
    execute format('create policy viewers_remove_nothing on matcher.%I as restrictive for delete to peakseat_app using (platform.role() is distinct from ''viewer'')', t);
  end loop;
end $$;
-- +goose StatementEnd
