-- +goose Up
-- How long after a placement the next one may begin; tests from before have none.
alter table academy.placement_test add column cool_down_minutes int not null default 0 check (cool_down_minutes between 0 and 525600);
create index placement_agent on academy.placement (agent_id, test_id, finished_at desc) where state = 'finished';

-- Calibrations are long work, which the program does for whoever asked.
revoke insert on academy.calibration, academy.calibrated_item from peakseat_app;
grant insert on academy.calibration, academy.calibrated_item to peakseat_system;
drop policy official_write on academy.calibration;
drop policy official_write on academy.calibrated_item;
