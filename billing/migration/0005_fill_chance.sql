-- +goose Up
-- What a quote said about who will come, frozen with it: the expected share of seats manned at the start.
alter table billing.quote add column fill_chance double precision check (fill_chance between 0 and 1);
alter table billing.quote_line add column fill_chance double precision check (fill_chance between 0 and 1);
