-- +goose Up
-- The academy: courses, question banks, papers, attempts, simulations. Tables follow, a migration a subject.

grant usage on schema academy to peakseat_app, peakseat_system;
