-- +goose Up
-- A function in SQL that reads a table is parsed and planned at every call; one in PL/pgSQL once a session. Every
-- transaction calls this one.
-- +goose StatementBegin
create or replace function platform.rules_now() returns timestamptz language plpgsql stable as $$
declare
  c platform.clock;
begin
  select * into c from platform.clock;
  if c.rate = 1 and c.anchor_real = c.anchor_rules then
    return transaction_timestamp();
  end if;
  return c.anchor_rules + (transaction_timestamp() - c.anchor_real) * c.rate;
end $$;
-- +goose StatementEnd
