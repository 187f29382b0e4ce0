-- +goose Up
-- The paths to trials as they were told last.
alter table certification.holder add column trials jsonb not null default '[]';
