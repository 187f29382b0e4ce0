-- +goose Up
-- Trainers answer too. What they say is marked as theirs, and earns nothing: points are the agents'.
alter table academy.peer_answer add column official boolean not null default false;
drop policy own_write on academy.peer_answer;
create policy own_write on academy.peer_answer for insert to peakseat_app
  with check (agent_id = platform.account() and (platform.role() = 'agent' and not official or platform.role() = 'trainer' and official));
