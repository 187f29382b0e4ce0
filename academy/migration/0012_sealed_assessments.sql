-- +goose Up
-- What people answered about themselves is sealed under their own keys. Rows from before are sealed by a sweep, which knows the
-- keys; from now on none is written plain.
alter table academy.assessment
  add column sealed bytea,
  alter column answers drop not null,
  add constraint assessment_sealed check (sealed is not null and answers is null) not valid;

-- +goose StatementBegin
create function academy.refuse_but_sealing() returns trigger language plpgsql as $$
begin
  if old.sealed is null and (new.id, new.agent_id, new.form, new.completed_at) = (old.id, old.agent_id, old.form, old.completed_at) then
    return new;
  end if;
  raise exception '%.% may only be sealed', tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd
drop trigger no_update on academy.assessment;
create trigger no_update before update on academy.assessment for each row execute function academy.refuse_but_sealing();
grant update (answers, sealed) on academy.assessment to peakseat_system;
