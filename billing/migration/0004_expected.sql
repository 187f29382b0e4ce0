-- +goose Up
-- The shift's end tells how many assignments send their minutes in all, whether before it or after: counting the
-- timesheets against it needs no order of the facts.
alter table billing.hold_line rename column awaiting to expected;
