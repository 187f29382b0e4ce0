-- +goose Up
-- A claim batch reads every row, and touches those of its actors only: also the row as it was must be theirs.
alter policy claim_change on matcher.agent_day using (agent_id = any ((select platform.actors())::uuid[]));
alter policy claim_change on matcher.agent_week using (agent_id = any ((select platform.actors())::uuid[]));
alter policy claim_change on matcher.assignment using (agent_id = any ((select platform.actors())::uuid[]));
alter policy claim_change on matcher.offer using (agent_id = any ((select platform.actors())::uuid[]));

-- Views are read.
revoke insert, update, delete on matcher.hall, matcher.hall_seats from peakseat_system;
