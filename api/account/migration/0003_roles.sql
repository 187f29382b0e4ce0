-- +goose Up
-- Owners give colleagues other roles, and so do operators.

-- A merchant keeps an owner and the platform an operator, however many change its members at once: the organisation's row puts
-- them in line.
-- +goose StatementBegin
create function account.keep_a_head() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform from account.organisation o where o.id = old.organisation_id for update;
  if not exists (select from account.membership m where m.organisation_id = old.organisation_id and m.role = old.role) then
    raise exception 'the last % of organisation % stays', old.role, old.organisation_id
      using errcode = 'check_violation', constraint = 'membership_keeps_a_head';
  end if;
  return null;
end $$;
-- +goose StatementEnd
create trigger keeps_a_head after delete on account.membership for each row
  when (old.role in ('owner', 'operator')) execute function account.keep_a_head();
create trigger keeps_a_head_in_change after update on account.membership for each row
  when (old.role in ('owner', 'operator') and (new.role, new.organisation_id) is distinct from (old.role, old.organisation_id))
  execute function account.keep_a_head();
revoke execute on function account.keep_a_head() from public;

create policy change on account.membership for update to peakseat_app
  using (organisation_id = (select platform.organisation()) and (select platform.role()) in ('owner', 'operator'))
  with check (organisation_id = (select platform.organisation()) and (select platform.role()) in ('owner', 'operator')
    and account_id <> (select platform.account()));
grant update (role) on account.membership to peakseat_app;

-- Owners lock colleagues' accounts against sign-ins, and operators the platform's organisation; neither may change them.
alter policy change on account.account using (id = (select platform.account()) or (select platform.role()) = 'operator'
  or ((select platform.role()) = 'owner'
    and id in (select m.account_id from account.membership m where m.organisation_id = (select platform.organisation()))));
alter policy owners on account.organisation
  using (id = (select platform.organisation()) and (select platform.role()) in ('owner', 'operator'))
  with check (id = (select platform.organisation()) and (select platform.role()) = 'owner');
