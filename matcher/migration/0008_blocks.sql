-- +goose Up
-- How many shifts of one day a plan may give an agent: several are planned with the roster model.
alter table matcher.agent add column blocks_a_day int not null default 1 check (blocks_a_day between 1 and 4);
