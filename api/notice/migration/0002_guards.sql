-- +goose Up
-- What is append-only is not emptied either.
create trigger no_truncate before truncate on notice.notice
  for each statement execute function platform.refuse_change();
