-- +goose Up
-- That an agent's real-name data are verified is an achievement too, which other templates may ask for.
alter table certification.achievement drop constraint achievement_kind_check, drop constraint achievement_score_kind;
alter table certification.achievement
  add constraint achievement_kind_check check (kind in ('course', 'paper', 'simulation', 'trial_shift', 'identity')),
  add constraint achievement_score_kind check ((kind in ('course', 'identity')) = (score is null));
