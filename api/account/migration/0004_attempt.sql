-- +goose Up
-- A phone that loses the answer to a refresh asks for it again. The client's own number of the request whose answer a token is
-- tells its second asking from somebody else's reuse.
alter table account.refresh_token add column attempt uuid;
create unique index refresh_token_attempt on account.refresh_token (session_id, attempt);
